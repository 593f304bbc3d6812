"""Ports of the OAuth services."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from accounts.domain.access import SessionId, UserId
from accounts.domain.oauth.entities.clients import IdTokenAlgorithm
from accounts.domain.oauth.entities.id_tokens import IdClaims


class IdTokens(Protocol):
    def issue(
        self,
        claims: IdClaims,
        *,
        about_user: Mapping[str, Any],
        access_token: str,
        algorithm: IdTokenAlgorithm,
        at: datetime,
    ) -> str:
        """A signed ID token with these claims, for the client that receives the access token."""

    def logout_token(
        self,
        *,
        user_id: UserId,
        client_id: str,
        browser_id: SessionId,
        algorithm: IdTokenAlgorithm,
        at: datetime,
    ) -> str:
        """A signed logout token (OpenID Connect Back-Channel Logout §2.4) for a browser session."""

    def read_hint(self, token: str) -> IdClaims | None:
        """The claims of an ID token that we issued, expired or not; None for anything else."""


class ClientDocuments(Protocol):
    """Client ID metadata documents, as decoded JSON."""

    @property
    def are_enabled(self) -> bool:
        """Whether documents of any host are accepted."""

    def accepts(self, url: str) -> bool:
        """Whether documents of the host of this URL are accepted."""

    def known(self, url: str) -> Any:
        """The document, if it was fetched a short time ago; None otherwise."""

    def fetch(self, url: str) -> Any:
        """The document, fetched unless it is known. Raises DocumentUnavailable."""


class LogoutSender(Protocol):
    def send(self, uri: str, *, logout_token: str) -> bool:
        """Send a logout token to a client. Return whether the client accepted it."""
