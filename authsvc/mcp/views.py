"""Endpoint for agents: the Model Context Protocol over Streamable HTTP, without sessions and streams.

Each request is answered with one JSON document, so that any process can answer it and no thread waits for a client.
"""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import orjson
from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from authsvc.composition.container import services
from authsvc.http.actors import principal_of
from authsvc.http.authentication import AgentAuthentication
from authsvc.http.negotiation import JsonNegotiation
from authsvc.http.parsers import JsonParser
from authsvc.http.protected_resource import AGENTS_PATH
from authsvc.http.rendering import response_of
from authsvc.http.views import require_readable_length
from authsvc.mcp.calls import Challenged
from authsvc.mcp.errors import OriginNotAllowed, SessionUnknown
from authsvc.mcp.jsonrpc import (
    PARSE_ERROR,
    RequestId,
    RpcError,
    error_of,
    message_in,
    result_of,
)
from authsvc.mcp.methods import Call, answer
from authsvc.mcp.protocol import SESSION_HEADER, revision_of


class IsAuthenticated(BasePermission):
    """Requires a token. Raises NotAuthenticated."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return bool(principal_of(request))


class McpView(APIView):
    """`POST /mcp`. There is no stream to open with GET, and no session to end with DELETE: both get 405."""

    authentication_classes: Sequence[type[BaseAuthentication]] = (AgentAuthentication,)
    permission_classes: Sequence[type[BasePermission]] = (IsAuthenticated,)
    parser_classes: Sequence[type[BaseParser]] = (JsonParser,)
    content_negotiation_class = JsonNegotiation
    http_method_names = ("post",)
    schema = None
    resource = AGENTS_PATH

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        _require_allowed_origin(request)
        super().initial(request, *args, **kwargs)
        require_readable_length(request)
        if SESSION_HEADER in request.headers:
            raise SessionUnknown

    def post(self, request: Request) -> HttpResponseBase:
        id_: RequestId | None = None
        try:
            message = message_in(request.data)
            id_ = message.id
            revision = revision_of(message, request.headers)
        except ParseError as error:
            return _failed(RpcError(PARSE_ERROR, str(error.detail)))
        except RpcError as error:
            return _failed(error, id_=id_)
        if message.is_notification:
            return response_of(b"", status=HTTPStatus.ACCEPTED)
        return _answered(
            Call(request=request, message=message, revision=revision, by=principal_of(request))
        )

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        final = super().finalize_response(request, response, *args, **kwargs)
        final.setdefault("Cache-Control", "no-store")
        return final


def _answered(call: Call) -> HttpResponseBase:
    id_ = call.message.id
    try:
        response = _json(result_of(id_, answer(call)))
    except RpcError as error:
        return _failed(error, id_=id_, status=call.revision.status_of(error))
    except Challenged as challenged:
        return challenged.response
    for name, value in call.headers.items():
        response[name] = value
    return response


def _require_allowed_origin(request: Request) -> None:
    """Raise OriginNotAllowed for a page that no client has registered, which may have rebound its name to this host."""
    origin = request.headers.get("Origin")
    if origin is None or origin == settings.ENVIRONMENT.public_url:
        return
    if origin not in services().allowed_origins:
        raise OriginNotAllowed


def _failed(
    error: RpcError, *, id_: RequestId | None = None, status: HTTPStatus | None = None
) -> HttpResponse:
    return _json(error_of(id_, error), status=status or error.status)


def _json(message: dict[str, Any], *, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    return response_of(orjson.dumps(message), status=status)
