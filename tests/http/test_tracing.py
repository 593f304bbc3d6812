"""Traces: of requests, operations, statements, jobs and requests to other servers, in log lines, and only if wanted."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
import structlog
from django.db import connection

from authsvc.composition.observed_outbound import ObservedOutbound
from authsvc.composition.opentelemetry_tracing import OpenTelemetryTracing
from authsvc.composition.outbound_http import HttpcoreOutbound
from authsvc.config.logs import trace_ids
from authsvc.jobs.entities import JobRequest, Queue
from authsvc.jobs.ports import Run
from authsvc.kernel.metrics import OUTBOUND_SECONDS
from authsvc.kernel.outbound import OutboundFailed, OutboundRequest
from authsvc.kernel.tracing import NoTracing, SpanKind
from authsvc.storage.statements import statement_tracer
from tests.support.collector import CollectedSpan, Collector, running_collector, tracing_to
from tests.support.jobs import engine_with, quiet_queue
from tests.support.log_lines import LogRecords
from tests.support.metrics import RecordedMetrics
from tests.support.postgres import free_port
from tests.support.raw_server import raw_server, sending
from tests.support.server import ROOT, running_server
from tests.support.wire import WireCaller
from tests.support.worlds import World, orm_world

TRACE: Final = "4bf92f3577b34da6a3ce929d0e0e4736"
CALLER: Final = "00f067aa0ba902b7"
TRACEPARENT: Final = f"00-{TRACE}-{CALLER}-01"
MEMORY: Final = {"DATABASE_URL": "", "LOG_LEVEL": "INFO"}
OK: Final = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    with running_collector() as running:
        yield running


@pytest.fixture(scope="module")
def tracing(collector: Collector) -> OpenTelemetryTracing:
    return tracing_to(f"{collector.url}/")


def span_called(name: str, collector: Collector) -> CollectedSpan:
    spans = collector.waits_for(lambda spans: any(span.name == name for span in spans))
    return next(span for span in spans if span.name == name)


def test_blocks_in_a_block_belong_to_it(
    tracing: OpenTelemetryTracing, collector: Collector
) -> None:
    with tracing.span("outer", SpanKind.SERVER), tracing.span("inner") as span:
        span.set("status", 200)
        span.set("method", "GET")

    inner, outer = span_called("inner", collector), span_called("outer", collector)
    assert (inner.trace_id, inner.parent_id) == (outer.trace_id, outer.span_id)
    assert (inner.kind, outer.kind) == ("internal", "server")
    assert inner.attributes == {"status": 200, "method": "GET"}
    assert outer.service == "authsvc"


def test_a_job_continues_the_trace_of_what_stored_it(
    tracing: OpenTelemetryTracing, collector: Collector
) -> None:
    with tracing.span("storing"):
        carrier = tracing.carrier()
    with tracing.span("stored", SpanKind.CONSUMER, within=json.loads(json.dumps(carrier))):
        pass

    job, request = span_called("stored", collector), span_called("storing", collector)
    assert (job.trace_id, job.parent_id) == (request.trace_id, request.span_id)
    assert job.kind == "consumer"


def test_an_attempt_is_a_part_of_the_trace_that_enqueued_the_job(
    memory: World,
    tracing: OpenTelemetryTracing,
    collector: Collector,
    caplog: LogRecords,
) -> None:
    queue = replace(quiet_queue(memory), tracing=tracing)
    engine = replace(engine_with(memory, break_off), tracing=tracing)
    with tracing.span("enqueueing"):
        queue.enqueue(JobRequest(kind="test"))

    engine.run_due(Queue.OUTBOUND)

    cause = span_called("enqueueing", collector)
    spans = collector.waits_for(lambda spans: any("job.kind" in span.attributes for span in spans))
    (job,) = [span for span in spans if "job.kind" in span.attributes]
    assert (job.name, job.trace_id, job.parent_id) == ("job", cause.trace_id, cause.span_id)
    assert job.attributes == {"job.kind": "test", "job.attempt": 1}
    assert (job.kind, job.error) == ("consumer", "ConnectionResetError")
    (line,) = logged_by("authsvc.jobs.services.engine", caplog)
    assert (line["trace_id"], line["span_id"]) == (job.trace_id, job.span_id)


def break_off(run: Run) -> None:
    raise ConnectionResetError


def test_outside_of_any_block_there_is_nothing_to_continue(tracing: OpenTelemetryTracing) -> None:
    assert tracing.carrier() == {}
    assert NoTracing().carrier() == {}
    with NoTracing().span("nothing"):
        assert trace_ids.get() == {}


@pytest.mark.parametrize(
    "traceparent",
    ["", "00", f"00-{'0' * 32}-{CALLER}-01", f"ff-{TRACE}-{CALLER}-01", "\0", "é" * 55],
)
def test_an_invalid_traceparent_begins_a_new_trace(
    tracing: OpenTelemetryTracing, collector: Collector, traceparent: str
) -> None:
    name = f"with {traceparent!r}"
    with tracing.span(name, SpanKind.SERVER, within={"traceparent": traceparent}):
        pass

    span = span_called(name, collector)
    assert span.parent_id == ""
    assert span.trace_id != TRACE


def test_an_error_is_recorded_by_its_type_alone(
    tracing: OpenTelemetryTracing, collector: Collector
) -> None:
    with pytest.raises(ValueError, match="a secret"), tracing.span("failing"):
        raise ValueError("a secret")

    span = span_called("failing", collector)
    assert span.attributes == {"error.type": "ValueError"}
    assert "secret" not in str(span)


def logged_by(name: str, caplog: LogRecords) -> list[dict[str, str]]:
    records: list[Any] = caplog.records
    return [record.msg for record in records if record.name == name]


def test_log_lines_of_a_block_have_its_ids(
    tracing: OpenTelemetryTracing, collector: Collector, caplog: LogRecords
) -> None:
    log = structlog.get_logger("knots")
    with tracing.span("logging"):
        log.warning("inside")
    log.warning("outside")

    inside, outside = logged_by("knots", caplog)
    span = span_called("logging", collector)
    assert (inside["trace_id"], inside["span_id"]) == (span.trace_id, span.span_id)
    assert not {"trace_id", "span_id"} & set(outside)


def test_a_request_to_another_server_passes_the_trace_on(
    tracing: OpenTelemetryTracing, collector: Collector
) -> None:
    metrics = RecordedMetrics()
    http = ObservedOutbound(
        http=HttpcoreOutbound(allows_private_addresses=True), metrics=metrics, tracing=tracing
    )
    with raw_server(sending(OK)) as server, tracing.span("notifying"):
        url = f"http://127.0.0.1:{server.port}/"
        response = http.send(OutboundRequest(method="PUT", url=url, headers={"X-Knot": "bowline"}))
        (head,) = server.requests

    span = span_called("PUT", collector)
    assert response.status == 200
    assert span.parent_id == span_called("notifying", collector).span_id
    assert f"traceparent: 00-{span.trace_id}-{span.span_id}-" in head
    assert "X-Knot: bowline\r\n" in head
    assert span.attributes == {"http.request.method": "PUT", "http.response.status_code": 200}
    assert [(histogram, labels) for histogram, _, labels in metrics.values] == [
        (OUTBOUND_SECONDS, ("2xx",))
    ]


def test_a_request_that_gets_no_response_is_a_failed_one(
    tracing: OpenTelemetryTracing, collector: Collector
) -> None:
    metrics = RecordedMetrics()
    http = ObservedOutbound(
        http=HttpcoreOutbound(allows_private_addresses=True), metrics=metrics, tracing=tracing
    )

    with pytest.raises(OutboundFailed):
        http.send(OutboundRequest(method="DELETE", url=f"http://127.0.0.1:{free_port()}/"))

    assert span_called("DELETE", collector).error
    assert [labels for _, _, labels in metrics.values] == [("failed",)]


def test_without_tracing_a_request_to_another_server_says_nothing_of_traces() -> None:
    http = ObservedOutbound(
        http=HttpcoreOutbound(allows_private_addresses=True),
        metrics=RecordedMetrics(),
        tracing=NoTracing(),
    )
    with raw_server(sending(OK)) as server:
        http.send(OutboundRequest(method="GET", url=f"http://127.0.0.1:{server.port}/"))
        (head,) = server.requests

    assert "trace" not in head.lower()


@pytest.mark.every_database
def test_a_statement_is_traced_without_its_values(
    tracing: OpenTelemetryTracing, collector: Collector
) -> None:
    with connection.execute_wrapper(statement_tracer(tracing)), tracing.span("finding"):
        orm_world().repositories.users.find_by_email("anna@school.example")

    finding = span_called("finding", collector)
    statement = next(span for span in collector.spans if span.parent_id == finding.span_id)
    assert (statement.name, statement.kind) == ("SELECT", "client")
    assert statement.attributes["db.system.name"] == connection.vendor
    assert "accounts_user" in str(statement.attributes["db.query.text"])
    assert "anna" not in str(statement)


def test_requests_are_traced_in_their_log_lines_too_and_answered_without_a_collector(
    tmp_path: Path,
) -> None:
    body = {"email": "anna@school.example", "password": "a secret walk home"}
    environment = MEMORY | {"LOG_FORMAT": "json", "OTEL_BSP_SCHEDULE_DELAY": "10"}
    with (tmp_path / "log").open("w") as errors, ExitStack() as ends:
        with running_collector() as collector:
            environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.url
            server = ends.enter_context(running_server(environment, errors=errors))
            answer = WireCaller(server.port).post("/v1/auth/login", body, traceparent=TRACEPARENT)
            spans = collector.waits_for(lambda spans: any(span.kind == "server" for span in spans))
        without_collector = {WireCaller(server.port).get("/health").status for _ in range(20)}

    assert answer.status == 401
    assert without_collector == {200}
    (request,) = [span for span in spans if span.kind == "server"]
    (operation,) = [span for span in spans if span.name == "logIn"]
    assert (request.name, request.trace_id) == ("POST /v1/auth/login", TRACE)
    assert (request.parent_id, operation.parent_id) == (CALLER, request.span_id)
    assert request.attributes == {
        "http.request.method": "POST",
        "http.response.status_code": 401,
        "http.route": "/v1/auth/login",
    }
    assert not any(word in str(spans) for word in ("anna@", "a secret walk"))
    lines = [
        json.loads(line) for line in (tmp_path / "log").read_text().splitlines() if "{" in line
    ]
    ids = {line["event"]: line.get("trace_id") for line in lines}
    assert ids["sign-in-failed"] == ids["Unauthorized: /v1/auth/login"] == TRACE


def run(code: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | {"APP_ENV": "test", "DATABASE_URL": ""} | environment,
        check=False,
        capture_output=True,
        text=True,
    )


def test_tracing_without_its_packages_ends_the_process_with_what_to_install() -> None:
    ran = run(
        "import sys; sys.modules['opentelemetry'] = None; import authsvc.settings",
        OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:4318",
    )

    assert ran.returncode == 1
    assert ran.stderr.strip() == (
        "authsvc cannot start: OTEL_EXPORTER_OTLP_ENDPOINT needs the packages of requirements-otel.txt. Install them."
    )
