"""Ports of the OAuth services."""

from datetime import datetime
from typing import Protocol

from accounts.domain.access import SessionId, UserId
from accounts.domain.oauth.entities.clients import IdTokenAlgorithm
from accounts.domain.oauth.entities.id_tokens import IdClaims


class IdTokens(Protocol):
    def issue(
        self, claims: IdClaims, *, access_token: str, algorithm: IdTokenAlgorithm, at: datetime
    ) -> str:
        """A signed token that says *claims* to the client which gets the access token with it."""

    def logout_token(
        self,
        *,
        user_id: UserId,
        client_id: str,
        browser_id: SessionId,
        algorithm: IdTokenAlgorithm,
        at: datetime,
    ) -> str:
        """A signed token that tells the client of the end of a browser's session."""

    def read_hint(self, token: str) -> IdClaims | None:
        """Whom an ID token of ours is about, however old it is; None for anything else."""


class LogoutSender(Protocol):
    def send(self, uri: str, *, logout_token: str) -> bool:
        """Tell a client of the end of a session; answer whether it has taken that."""
