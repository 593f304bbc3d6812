"""Gate two: may this token be used for this?"""

from http import HTTPStatus
from typing import Any

from rest_framework.exceptions import APIException
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.public import Scope
from authsvc.actors import principal_of
from authsvc.problems import CHALLENGE


class InsufficientScope(APIException):
    """RFC 6750 §3.1: says which scope the token lacks."""

    status_code = HTTPStatus.FORBIDDEN

    def __init__(self, scope: Scope) -> None:
        super().__init__(f"This needs a token with the scope {scope.value}.")
        self.auth_header = f'{CHALLENGE}, error="insufficient_scope", scope="{scope.value}"'


class HasScope(BasePermission):
    """Asks for the scope that the view names for the method. Raises InsufficientScope."""

    def has_permission(self, request: Request, view: Any) -> bool:
        principal = principal_of(request)
        method = "GET" if request.method == "HEAD" else request.method
        needed = view.required_scopes.get(method)
        if needed is not None and needed not in principal.scopes:
            raise InsufficientScope(needed)
        return True
