"""The OpenAPI description as it is served."""

from functools import cache
from typing import Any, Final

import orjson
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import etag
from drf_spectacular.generators import SchemaGenerator

from authsvc.http.methods import read_only
from authsvc.http.preconditions import etag_of

MEDIA_TYPE: Final = "application/vnd.oai.openapi+json"


@cache
def document() -> bytes:
    """The description as JSON. To generate it takes a second, so a process does that once."""
    generator: Any = SchemaGenerator  # drf-spectacular has no types
    return orjson.dumps(generator().get_schema(public=True))


@cache
def _etag() -> str:
    return etag_of(document())


@read_only
@etag(lambda _request: _etag())
def openapi(_request: HttpRequest) -> HttpResponse:
    """`GET /v1/openapi.json`, for anybody."""
    return HttpResponse(document(), content_type=MEDIA_TYPE)
