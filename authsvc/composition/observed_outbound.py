"""Outbound HTTP that is measured and traced."""

from dataclasses import dataclass, replace
from time import perf_counter

from authsvc.kernel.metrics import OUTBOUND_SECONDS, Metrics
from authsvc.kernel.outbound import (
    OutboundFailed,
    OutboundHttp,
    OutboundRequest,
    OutboundResponse,
)
from authsvc.kernel.tracing import SpanKind, Tracing


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedOutbound:
    """Sends requests with another implementation. What is traced continues in the other server (W3C Trace Context)."""

    http: OutboundHttp
    metrics: Metrics
    tracing: Tracing

    def send(self, request: OutboundRequest) -> OutboundResponse:
        outcome, began_at = "failed", perf_counter()
        with self.tracing.span(request.method, SpanKind.CLIENT) as span:
            span.set("http.request.method", request.method)
            headers = {**request.headers, **self.tracing.carrier()}
            try:
                response = self.http.send(replace(request, headers=headers))
                outcome = f"{response.status // 100}xx"
                span.set("http.response.status_code", response.status)
            except OutboundFailed as error:
                span.fail(str(error))
                raise
            finally:
                self.metrics.observe(OUTBOUND_SECONDS, perf_counter() - began_at, outcome)
        return response
