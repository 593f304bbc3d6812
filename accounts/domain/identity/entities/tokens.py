"""Token entities: claims, introspection facts and token pairs."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from accounts.domain.access import Authentication, SessionId, UserId
from accounts.domain.identity.entities.users import User


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessClaims:
    """The claims of a verified access token (RFC 9068 §2.2) that we rely on.

    Without `user_id` a client acts for itself. `audience` is empty for our own API. `token_id` is the `jti`.
    """

    token_id: UUID
    user_id: UserId | None
    session_id: SessionId
    client_id: str
    scopes: frozenset[str]
    audience: str = ""
    authentication: Authentication | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedClaims:
    """The claims of an access token with its time of issue, and when it is valid (RFC 7519 §4.1)."""

    claims: AccessClaims
    issued_at: datetime
    not_before: datetime
    expires_at: datetime

    def is_valid(self, *, at: datetime) -> bool:
        return self.not_before <= at < self.expires_at


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenFacts:
    """Introspection facts of an active token (RFC 7662 §2.2). Without `user_id` its client acts for itself."""

    is_access_token: bool
    token_id: UUID | None
    client_id: str
    user_id: UserId | None
    scopes: frozenset[str]
    resource: str
    authentication: Authentication | None
    issued_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPair:
    """An access token and a refresh token, neither of which is stored. `expires_in_seconds` is the access token's."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_in_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """The result of a sign-in."""

    user: User
    tokens: TokenPair

    @property
    def access_token(self) -> str:
        return self.tokens.access_token

    @property
    def refresh_token(self) -> str:
        return self.tokens.refresh_token

    @property
    def expires_in_seconds(self) -> int:
        return self.tokens.expires_in_seconds
