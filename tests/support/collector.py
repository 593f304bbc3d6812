"""An OpenTelemetry collector: an HTTP server that keeps the spans that it is sent (OTLP over HTTP)."""

import gzip
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Thread
from typing import Any, Final
from unittest.mock import patch

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from authsvc.composition.opentelemetry_tracing import OpenTelemetryTracing, exporting_to

LONG_ENOUGH: Final = 20.0


@dataclass(frozen=True)
class CollectedSpan:
    name: str
    kind: str
    trace_id: str
    span_id: str
    parent_id: str
    attributes: dict[str, str | int]
    error: str
    service: str


@dataclass
class Collector:
    """The spans so far, in the order in which they ended."""

    port: int
    spans: list[CollectedSpan] = field(default_factory=list)
    changed: Condition = field(default_factory=Condition)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def waits_for(self, condition: Callable[[list[CollectedSpan]], bool]) -> list[CollectedSpan]:
        """The spans, once the condition holds."""
        with self.changed:
            assert self.changed.wait_for(lambda: condition(self.spans), LONG_ENOUGH), self.spans
            return list(self.spans)


@contextmanager
def running_collector() -> Iterator[Collector]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Receiver) as server:
        vars(server)["collector"] = collector = Collector(server.server_port)
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield collector
        finally:
            server.shutdown()
            thread.join()


def tracing_to(url: str) -> OpenTelemetryTracing:
    """Tracing of this process, which exports soon."""
    with patch.dict(os.environ, {"OTEL_BSP_SCHEDULE_DELAY": "50"}):
        return exporting_to(url)


class _Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        collector: Collector = vars(self.server)["collector"]
        assert self.path == "/v1/traces"
        with collector.changed:
            collector.spans.extend(_spans_in(ExportTraceServiceRequest.FromString(body)))
            collector.changed.notify_all()
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Nothing is logged."""


def _spans_in(request: Any) -> Iterator[CollectedSpan]:
    for resource in request.resource_spans:
        service = _attributes_of(resource.resource)["service.name"]
        for scope in resource.scope_spans:
            for span in scope.spans:
                yield CollectedSpan(
                    name=span.name,
                    kind=span.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_").lower(),
                    trace_id=span.trace_id.hex(),
                    span_id=span.span_id.hex(),
                    parent_id=span.parent_span_id.hex(),
                    attributes=_attributes_of(span),
                    error=span.status.message if span.status.code == 2 else "",
                    service=str(service),
                )


def _attributes_of(thing: Any) -> dict[str, str | int]:
    return {pair.key: pair.value.string_value or pair.value.int_value for pair in thing.attributes}
