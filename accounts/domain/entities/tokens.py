"""What tokens say, and what is said about them."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from accounts.domain.entities.sessions import Authentication, SessionId
from accounts.domain.entities.users import User, UserId


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
class IdClaims:
    """What an ID token says to a client of the person who is signed in (OpenID Connect Core §2)."""

    user_id: UserId
    client_id: str
    nonce: str = ""
    authentication: Authentication | None = None


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
class PersonClaims:
    """What one token lets its client know of a person. What it does not open is None."""

    user_id: UserId
    name: str | None = None
    email: str | None = None
    is_email_verified: bool | None = None

    def named(self, name: str) -> "PersonClaims":
        return replace(self, name=name or None)

    def reached_at(self, email: str, *, is_verified: bool) -> "PersonClaims":
        return replace(self, email=email, is_email_verified=is_verified)


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
