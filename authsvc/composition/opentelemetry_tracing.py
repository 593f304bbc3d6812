"""Tracing, implemented with OpenTelemetry. Imported only where it is switched on: its packages are an extra."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.util import Finalize
from typing import Final

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from authsvc.config.logs import trace_ids
from authsvc.kernel.tracing import Carrier, OpenSpan, Span, SpanKind

EXPORT_SECONDS: Final = 3.0
"""How long spans are offered to a collector that does not answer; a process that stops waits for it."""
_TIMEOUTS: Final = {"OTEL_EXPORTER_OTLP_TIMEOUT", "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT"}
_PROPAGATOR: Final = TraceContextTextMapPropagator()
_KINDS: Final = {kind: trace.SpanKind[kind.name] for kind in SpanKind}


def exporting_to(endpoint: str) -> "OpenTelemetryTracing":
    """Tracing that sends spans to a collector in the background (OTLP over HTTP), and the rest of them at the end.

    The other variables of OpenTelemetry, such as OTEL_TRACES_SAMPLER and OTEL_EXPORTER_OTLP_HEADERS, apply, too.
    """
    is_named = SERVICE_NAME in OTELResourceDetector().detect().attributes
    resource = Resource.create({} if is_named else {SERVICE_NAME: "authsvc"})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    timeout = None if _TIMEOUTS & os.environ.keys() else EXPORT_SECONDS
    exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces", timeout=timeout)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    # Workers of Granian are processes of multiprocessing, which run these instead of what `atexit` has.
    Finalize(None, provider.shutdown, exitpriority=10)
    return OpenTelemetryTracing(provider)


class OpenTelemetryTracing:
    is_recording: Final = True

    def __init__(self, provider: TracerProvider) -> None:
        self._tracer = provider.get_tracer("authsvc")

    @contextmanager
    def span(
        self, name: str, kind: SpanKind = SpanKind.INTERNAL, *, within: Carrier | None = None
    ) -> Iterator[Span]:
        context = None if within is None else _PROPAGATOR.extract(within)
        with self._tracer.start_as_current_span(
            name, context, _KINDS[kind], record_exception=False, set_status_on_exception=False
        ) as span:
            ids = span.get_span_context()
            token = trace_ids.set(
                {
                    "trace_id": trace.format_trace_id(ids.trace_id),
                    "span_id": trace.format_span_id(ids.span_id),
                }
            )
            try:
                yield _Span(span)
            except Exception as error:
                span.set_attribute("error.type", type(error).__name__)
                raise
            finally:
                trace_ids.reset(token)

    def begin(self, name: str, kind: SpanKind = SpanKind.INTERNAL, *, within: Carrier) -> OpenSpan:
        span = self._tracer.start_span(name, _PROPAGATOR.extract(within), _KINDS[kind])
        return _Span(span)

    def carrier(self) -> dict[str, str]:
        carrier: dict[str, str] = {}
        _PROPAGATOR.inject(carrier)
        return carrier


@dataclass(frozen=True, slots=True)
class _Span:
    span: trace.Span

    def rename(self, name: str) -> None:
        self.span.update_name(name)

    def set(self, attribute: str, value: str | int) -> None:
        self.span.set_attribute(attribute, value)

    def fail(self, reason: str) -> None:
        self.span.set_status(trace.StatusCode.ERROR, reason)

    def end(self) -> None:
        self.span.end()
