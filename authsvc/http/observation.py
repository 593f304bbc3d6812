"""Observation of requests: middleware that measures and traces them. It is left out where nothing is recorded."""

from collections.abc import Callable
from functools import lru_cache
from http import HTTPStatus
from time import perf_counter
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponseBase
from django.urls import ResolverMatch

from authsvc.composition.container import services
from authsvc.config.logs import trace_ids
from authsvc.http.operations import Operation
from authsvc.kernel.metrics import REQUEST_SECONDS, REQUEST_STATEMENTS
from authsvc.kernel.tracing import SpanKind
from authsvc.storage.statements import STATEMENTS

METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
NO_VIEW: Final = "none"
"""The operation of requests that no view answers: unknown URLs, and static files."""
_STATUSES: Final = {number: f"{number}xx" for number in range(1, 6)}
_TRACE_HEADERS: Final = {"traceparent": "HTTP_TRACEPARENT", "tracestate": "HTTP_TRACESTATE"}


class MetricsMiddleware:
    """Measures each request: its duration, and its statements."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        if not settings.ENVIRONMENT.has_metrics:
            raise MiddlewareNotUsed

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began_at, statements = perf_counter(), STATEMENTS.number
        response = self.get_response(request)
        seconds, metrics = perf_counter() - began_at, services().ports.metrics
        operation = operation_of(request)
        metrics.observe(REQUEST_SECONDS, seconds, operation, _STATUSES[response.status_code // 100])
        if sent := STATEMENTS.number - statements:
            metrics.count(REQUEST_STATEMENTS, operation, number=sent)
        return response


class TracingMiddleware:
    """Traces each request, as a part of the trace that it states (W3C Trace Context)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        if not settings.ENVIRONMENT.traces_endpoint:
            raise MiddlewareNotUsed

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        carrier = {
            name: request.META[key] for name, key in _TRACE_HEADERS.items() if key in request.META
        }
        method = _known(request.method)
        with services().ports.tracing.span(method, SpanKind.SERVER, within=carrier) as span:
            response = self.get_response(request)
            ids = trace_ids.get()
            span.set("http.request.method", method)
            span.set("http.response.status_code", response.status_code)
            if request.resolver_match is not None:
                route = f"/{request.resolver_match.route}"
                span.rename(f"{method} {route}")
                span.set("http.route", route)
            if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
                span.fail(response.reason_phrase)
        # Django logs a rejected request after the last middleware; clear_ids ends this.
        trace_ids.set(ids)
        return response


def operation_of(request: HttpRequest) -> str:
    """The id of the operation, as in the OpenAPI description; for other views, the method and the name of the view.

    It has few values: what callers make up is not part of it.
    """
    match = request.resolver_match
    if match is None:
        return NO_VIEW
    return _operation_of(match.func, _name_of(match), _known(request.method))


def _name_of(match: ResolverMatch) -> str:
    """The name of the view. All pages of the admin site have the same one."""
    return "admin" if "admin" in match.namespaces else match.view_name


@lru_cache(maxsize=4096)
def _operation_of(view: Callable[..., Any], name: str, method: str) -> str:
    handler = "get" if method == "HEAD" else method.lower()
    operation = getattr(getattr(getattr(view, "cls", None), handler, None), "operation", None)
    return operation.name if isinstance(operation, Operation) else f"{method} {name}"


def _known(method: str | None) -> str:
    """The method, or OTHER for those that do not exist."""
    return method if method in METHODS else "OTHER"
