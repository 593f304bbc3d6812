"""The base class of API views."""

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, ClassVar, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.public import Scope
from authsvc.http.authentication import BearerAuthentication
from authsvc.http.negotiation import JsonNegotiation
from authsvc.http.openapi import Schema
from authsvc.http.operations import operations_of
from authsvc.http.parsers import JsonParser
from authsvc.http.permissions import HasScope
from authsvc.http.problems import BodyTooLarge
from authsvc.http.protected_resource import API_PATH
from authsvc.http.rate_limits import charge, cost_of
from authsvc.http.rendering import response_of
from authsvc.kernel.request_budgets import Cost

_NUMBER: Final = re.compile(r"[0-9]{1,18}")


class ApiView(APIView):
    """A URL whose methods are operations. It needs a token, unless all of them are public."""

    authentication_classes: Sequence[type[BaseAuthentication]] = (BearerAuthentication,)
    permission_classes: Sequence[type[BasePermission]] = (HasScope,)
    parser_classes: Sequence[type[BaseParser]] = (JsonParser,)
    content_negotiation_class = JsonNegotiation
    schema = Schema()
    resource: str = API_PATH
    scopes: ClassVar[Mapping[str, Scope | None]]
    costs: ClassVar[Mapping[str, Cost | None]]
    allowed: ClassVar[str]

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        operations = operations_of(cls)
        cls.scopes = {method: operation.scope for method, operation in operations.items()}
        if "GET" in operations:
            cls.scopes |= {"HEAD": operations["GET"].scope}
        cls.costs = {method: operation.cost(method) for method, operation in operations.items()}
        cls.allowed = ", ".join(name for name in _METHODS if name in {*cls.scopes, "OPTIONS"})
        if operations and all(operation.is_public for operation in operations.values()):
            cls.authentication_classes = cls.permission_classes = ()

    @property
    def default_response_headers(self) -> dict[str, str]:
        vary = {"Vary": "Accept"} if len(self.renderer_classes) > 1 else {}
        return {"Allow": self.allowed, **vary}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        require_readable_length(request)

    def perform_authentication(self, request: Request) -> None:
        """Also charge the request to the budget of the caller, before anything else is done for it."""
        super().perform_authentication(request)
        cost = self.costs.get(request.method or "", cost_of(request.method))
        if cost is not None:
            charge(cost, request)

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # type: ignore[override]  # DRF takes any
        """Answer with the header Allow alone (RFC 9110 §9.3.7)."""
        return response_of(b"", status=HTTPStatus.NO_CONTENT)

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        final = super().finalize_response(request, response, *args, **kwargs)
        final.setdefault("Cache-Control", "no-store")
        return final


def require_readable_length(request: Request) -> None:
    """Raise ParseError, BodyTooLarge unless the body is as long as one may be."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not _NUMBER.fullmatch(length):
        raise ParseError("The Content-Length is not a number of bytes.")
    if int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        raise BodyTooLarge


_METHODS: Final = [method.upper() for method in APIView.http_method_names]
