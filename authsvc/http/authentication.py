"""Bearer authentication."""

from dataclasses import dataclass

from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from accounts.public import Principal
from authsvc.composition.container import services
from authsvc.http.protected_resource import challenge


@dataclass(frozen=True)
class BearerAuthentication(BaseAuthentication):
    """Accepts an access token in the Authorization header only (RFC 6750 §2.1). Raises InvalidToken."""

    accepts_ended_sessions: bool = False

    def authenticate(self, request: Request) -> tuple[Principal, None] | None:
        scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        access = services().access
        principal_of = access.leaving if self.accepts_ended_sessions else access.principal_of
        return principal_of(token.strip()), None

    def authenticate_header(self, request: Request) -> str:
        return challenge()
