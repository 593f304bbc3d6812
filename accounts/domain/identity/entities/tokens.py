"""What tokens say, and what is said about them."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from accounts.domain.access import SessionId, UserId
from accounts.domain.identity.entities.users import User


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessClaims:
    """What a verified access token says (RFC 9068 §2.2), as far as we rely on it.

    Without `user_id` a client acts for itself, without `audience` it is for our API. `token_id` is its `jti`.
    """

    token_id: UUID
    user_id: UserId | None
    session_id: SessionId
    client_id: str
    scopes: frozenset[str]
    audience: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedClaims:
    """What one of our access tokens says, and from when until when."""

    claims: AccessClaims
    issued_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenFacts:
    """What a living token is good for (RFC 7662 §2.2). Without `user_id` its client acts for itself."""

    is_access_token: bool
    token_id: UUID | None
    client_id: str
    user_id: UserId | None
    scopes: frozenset[str]
    resource: str
    issued_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPair:
    """Two secrets that are handed out and kept nowhere, and how long the first of them still lives."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_in_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """What a person gets on signing in."""

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
