"""What the views of every app's API have in common."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from http import HTTPStatus
from typing import Any, ClassVar, Final
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from accounts.public import Scope
from authsvc.api.authentication import BearerAuthentication
from authsvc.api.negotiation import JsonNegotiation
from authsvc.api.openapi import Schema
from authsvc.api.pages import PageQuerySerializer
from authsvc.api.parsers import JsonParser
from authsvc.api.permissions import HasScope
from authsvc.kernel.pages import Page, PageRequest
from authsvc.problems import BodyTooLarge

_NUMBER: Final = re.compile(r"[0-9]{1,18}")
_HALF_ESCAPE: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")


class ApiView(APIView):
    """For whoever holds a token with the scope that the view names for the method."""

    authentication_classes: Sequence[type[BaseAuthentication]] = (BearerAuthentication,)
    permission_classes: Sequence[type[BasePermission]] = (HasScope,)
    parser_classes: Sequence[type[BaseParser]] = (JsonParser,)
    content_negotiation_class = JsonNegotiation
    schema = Schema()
    required_scopes: ClassVar[Mapping[str, Scope]] = {}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not _NUMBER.fullmatch(length):
            raise ParseError("The Content-Length makes no sense.")
        if int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise BodyTooLarge

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Response:
        """Nothing but the header Allow, which every answer has (RFC 9110 §9.3.7)."""
        return Response(status=HTTPStatus.NO_CONTENT)

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        final = super().finalize_response(request, response, *args, **kwargs)
        final.setdefault("Cache-Control", "no-store")
        return final


class PublicApiView(ApiView):
    """For anybody: a token is neither needed nor looked at."""

    authentication_classes = ()
    permission_classes = ()


def body_of(request: Request, serializer: type[Serializer[Any]]) -> dict[str, Any]:
    """The members of the body, in the shape that *serializer* asks for. Raises ValidationError."""
    return _validated(serializer(data=request.data))


def text_of(request: Request) -> str:
    """The body of a request whose view reads text; empty without one."""
    return request.data if isinstance(request.data, str) else ""


def query_of(request: Request, serializer: type[Serializer[Any]]) -> dict[str, Any]:
    """The parameters of the query, in the shape that *serializer* asks for. Raises ParseError, ValidationError."""
    _require_utf8(request.META["QUERY_STRING"])
    return _validated(serializer(data=request.query_params.dict()))


def page_request_of(request: Request) -> PageRequest:
    """Which page of a list is asked for. Raises ParseError, ValidationError."""
    query = query_of(request, PageQuerySerializer)
    return PageRequest(limit=query["limit"], cursor=query["cursor"])


def json_of(thing: object, serializer: type[Serializer[Any]]) -> Any:
    """The thing in the shape of *serializer*.

    Serializers are made once for all requests: making one copies each of its fields, which costs more than using it.
    """
    return _made(serializer).to_representation(thing)


@cache
def _made(serializer: type[Serializer[Any]]) -> Serializer[Any]:
    return serializer()


def page_response(page: Page[Any], serializer: type[Serializer[Any]]) -> Response:
    items = [json_of(item, serializer) for item in page.items]
    return Response({"items": items, "next": page.next_cursor})


def _validated(serializer: Serializer[Any]) -> dict[str, Any]:
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def _require_utf8(query: str) -> None:
    """Raise ParseError unless the query is percent-encoded UTF-8; Django would make something of it all the same."""
    try:
        unquote_to_bytes(query.encode("latin-1")).decode()
    except UnicodeDecodeError:
        raise ParseError("The query is not UTF-8.") from None
    if _HALF_ESCAPE.search(query):
        raise ParseError("The query has a % that begins no escape.")
