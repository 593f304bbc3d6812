"""Request parsing: the body, the query and the page of a request, validated by serializers."""

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import unquote_to_bytes

from django.http import QueryDict
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.serializers import Serializer

from authsvc.kernel.paging import PageRequest

Members = Mapping[str, Any]
"""The validated members of a body or a query."""

_REMEMBERED_QUERIES: Final = 512
_INCOMPLETE_ESCAPE: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")


def body_of(serializer: type[Serializer[Any]], request: Request) -> Members:
    """The members of the JSON body. Raises ParseError, UnsupportedMediaType, ValidationError."""
    return _validated(serializer, request.data)


def content_of(request: Request) -> Any:
    """The body as its parser read it. Raises ParseError, UnsupportedMediaType."""
    return request.data


def query_of(serializer: type[Serializer[Any]], request: Request) -> Members:
    """The parameters of the query. Raises ParseError, ValidationError."""
    return _query(serializer, request.META["QUERY_STRING"])


def page_request_of(serializer: type[Serializer[Any]], request: Request) -> PageRequest:
    """The requested page of a list. Raises ParseError, ValidationError."""
    query = query_of(serializer, request)
    return PageRequest(limit=query["limit"], cursor=query["cursor"])


@lru_cache(maxsize=_REMEMBERED_QUERIES)
def _query(serializer: type[Serializer[Any]], text: str) -> Members:
    """Cached: validation depends on the text alone, and most callers send the same few queries."""
    _require_utf8(text)
    parameters = QueryDict(text.encode("latin-1")).dict()
    return MappingProxyType(_validated(serializer, parameters))


def _validated(serializer: type[Serializer[Any]], data: Any) -> dict[str, Any]:
    members: dict[str, Any] = _validator(serializer).run_validation(data)
    return members


@cache
def _validator(serializer: type[Serializer[Any]]) -> Serializer[Any]:
    """Created once: construction copies every field, which costs more than a validation."""
    return serializer(error_messages={"null": "Send a JSON object."})


def _require_utf8(query: str) -> None:
    """Raises ParseError unless the query is percent-encoded UTF-8. Django would replace what it cannot decode."""
    try:
        unquote_to_bytes(query.encode("latin-1")).decode()
    except UnicodeDecodeError:
        raise ParseError("The query is not UTF-8.") from None
    if _INCOMPLETE_ESCAPE.search(query):
        raise ParseError("The query contains a % that is not followed by two hexadecimal digits.")
