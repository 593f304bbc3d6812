"""Calls of operations of the API on behalf of an agent, inside its request.

The operation does all that it does for a request over HTTP: it checks the scope and the sign-in, charges the budget,
validates, runs its service and renders the result or the problem. The token alone is verified before.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from io import BytesIO
from typing import Any, Final, cast
from urllib.parse import urlencode

import orjson
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse, HttpResponseBase
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from accounts.public import Principal
from authsvc.http.client_ip import CLIENT_IP_HEADERS
from authsvc.http.operations import Operation
from authsvc.http.positions import POSITION
from authsvc.http.protected_resource import AGENTS_PATH, challenge
from authsvc.http.rate_limits import adopt_charge
from authsvc.http.views import ApiView

_FORWARDED: Final = (*CLIENT_IP_HEADERS, "HTTP_MIN_POSITION")
"""What an operation reads of a request, apart from its parameters."""


class Challenged(Exception):
    """The token does not suffice: the response asks the client for another one."""

    def __init__(self, response: HttpResponseBase) -> None:
        super().__init__(response.status_code)
        self.response = response


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A method of a view of the API."""

    view: type[ApiView]
    method: str

    @property
    def operation(self) -> Operation[Any, Any]:
        operation: Operation[Any, Any] = getattr(self.view, self.method).operation
        return operation

    def call(
        self,
        request: Request,
        *,
        path: Mapping[str, Any],
        query: Mapping[str, str],
        body: Mapping[str, Any] | None = None,
        by: Principal,
    ) -> "Outcome":
        """Perform the operation for the caller of *request*. Raises Challenged."""
        content = b"" if body is None else json.dumps(body).encode()
        inner = WSGIRequest(
            {name: request.META[name] for name in _FORWARDED if name in request.META}
            | {
                "REQUEST_METHOD": self.method.upper(),
                "QUERY_STRING": urlencode(query),
                "CONTENT_TYPE": "application/json" if content else "",
                "CONTENT_LENGTH": str(len(content)),
                "wsgi.input": BytesIO(content),
            }
        )
        view = self.view(
            resource=AGENTS_PATH, authentication_classes=(partial(_Authenticated, by),)
        )
        response = cast("HttpResponse", view.dispatch(inner, **path))
        adopt_charge(inner, request)
        if response.has_header("WWW-Authenticate"):
            raise Challenged(response)
        return Outcome(response)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer of an operation: its result, or a problem."""

    response: HttpResponse

    @property
    def is_problem(self) -> bool:
        return self.response.status_code >= HTTPStatus.BAD_REQUEST

    @property
    def status(self) -> HTTPStatus:
        return HTTPStatus(self.response.status_code)

    @property
    def text(self) -> str:
        return self.response.content.decode()

    @property
    def json(self) -> Any:
        return orjson.loads(self.response.content)

    @property
    def headers(self) -> dict[str, str]:
        """The headers that tell the client about more than the result."""
        names = (POSITION, "Retry-After")
        return {name: self.response[name] for name in names if self.response.has_header(name)}


@dataclass(frozen=True)
class _Authenticated(BaseAuthentication):
    """The caller whose token was verified before."""

    principal: Principal

    def authenticate(self, request: Request) -> tuple[Principal, None]:
        return self.principal, None

    def authenticate_header(self, request: Request) -> str:
        return challenge(AGENTS_PATH)
