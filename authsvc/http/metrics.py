"""Metrics page, for Prometheus alone: everybody else gets 404, as for a page that does not exist."""

from collections.abc import Iterator
from hmac import compare_digest
from typing import Final

import structlog
from django.conf import settings
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase

from authsvc.composition.container import services
from authsvc.http.client_ip import direct_address_of
from authsvc.http.methods import read_only
from authsvc.kernel.metrics import SOURCE_UP, Reading

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"

log: Final = structlog.get_logger(__name__)


def metrics(request: HttpRequest) -> HttpResponseBase:
    """`GET /metrics`, in the text format of Prometheus: of all processes, whichever of them answers."""
    if not _is_permitted(request):
        raise Http404
    return _metrics(request)


@read_only
def _metrics(request: HttpRequest) -> HttpResponse:
    content = services().ports.metrics.exposition(_readings())
    return HttpResponse(content, content_type=CONTENT_TYPE, headers={"Cache-Control": "no-store"})


def _is_permitted(request: HttpRequest) -> bool:
    """Whether the request has the token, or comes from a permitted network without a proxy in between."""
    environment = settings.ENVIRONMENT
    if environment.metrics_token:
        expected = f"Bearer {environment.metrics_token}".encode()
        return compare_digest(request.META.get("HTTP_AUTHORIZATION", "").encode(), expected)
    address = direct_address_of(request)
    return address is not None and any(
        address in network for network in environment.metrics_networks
    )


def _readings() -> Iterator[Reading]:
    """The values of all gauges. Those that need the database are missing while it is down."""
    for name, source in services().gauge_sources.items():
        try:
            readings, is_up = list(source.readings()), True
        except DatabaseError as error:
            log.warning("gauges could not be read", source=name, error=str(error))
            readings, is_up = [], False
        yield from readings
        yield Reading(SOURCE_UP, is_up, (name,))
