"""Bearer authentication."""

from dataclasses import dataclass

from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from accounts.public import Principal
from authsvc.composition.container import services
from authsvc.http.protected_resource import AGENTS_PATH, challenge, resource_url


@dataclass(frozen=True)
class BearerAuthentication(BaseAuthentication):
    """Accepts an access token in the Authorization header only (RFC 6750 §2.1). Raises InvalidToken."""

    accepts_ended_sessions: bool = False

    def authenticate(self, request: Request) -> tuple[Principal, None] | None:
        scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        return self._principal_of(token.strip()), None

    def authenticate_header(self, request: Request) -> str:
        return challenge()

    def _principal_of(self, token: str) -> Principal:
        access = services().access
        return access.leaving(token) if self.accepts_ended_sessions else access.principal_of(token)


class AgentAuthentication(BearerAuthentication):
    """The same for agents, whose tokens are for their endpoint alone."""

    def authenticate_header(self, request: Request) -> str:
        return challenge(AGENTS_PATH)

    def _principal_of(self, token: str) -> Principal:
        return services().access.agent_of(token, resource=resource_url(AGENTS_PATH))
