"""Scope check: whether the token allows this operation."""

from http import HTTPStatus
from typing import Any

from rest_framework.exceptions import APIException
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.public import Scope
from authsvc.http.actors import principal_of
from authsvc.http.protected_resource import challenge, resource_of


class InsufficientScope(APIException):
    """The token lacks a scope, which the challenge names (RFC 6750 §3.1)."""

    status_code = HTTPStatus.FORBIDDEN

    def __init__(self, scope: Scope, *, resource: str) -> None:
        super().__init__(f"This needs a token with the scope {scope.value}.")
        self.auth_header = challenge(resource, error="insufficient_scope", scope=scope.value)


class HasScope(BasePermission):
    """Requires the scope of the operation. Raises NotAuthenticated, InsufficientScope."""

    def has_permission(self, request: Request, view: Any) -> bool:
        principal = principal_of(request)
        scope = view.scopes.get(request.method)
        if scope is not None and scope not in principal.scopes:
            raise InsufficientScope(scope, resource=resource_of(view))
        return True
