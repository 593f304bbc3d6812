"""How people stay signed in."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NewType
from uuid import UUID

from accounts.domain.entities.users import Role, User, UserId

SessionId = NewType("SessionId", UUID)

FIRST_PARTY_CLIENT: Final = "authsvc"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPolicy:
    """How long a refresh token waits to be used, and how long a session lasts however often it is refreshed.

    Within the moment `repeats_within` a token may be taken again, for the same pair.
    """

    refresh_within: timedelta
    ends_after: timedelta
    repeats_within: timedelta = timedelta(seconds=10)


class SessionEnd(StrEnum):
    """Why a session is over."""

    LOGGED_OUT = "logged-out"
    PASSWORD_CHANGED = "password-changed"  # noqa: S105  # a reason, not a secret
    DEACTIVATED = "deactivated"
    TOKEN_REUSED = "token-reused"  # noqa: S105  # a reason, not a secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One sign-in and the family of refresh tokens that came from it.

    Without `user_id` a client acts for itself.
    """

    id: SessionId
    user_id: UserId | None
    client_id: str
    scopes: frozenset[str]
    started_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None
    ended_because: SessionEnd | None = None

    def ended(self, *, at: datetime, because: SessionEnd) -> "Session":
        """Over; the first reason stays."""
        if self.ended_at is not None:
            return self
        return replace(self, ended_at=at, ended_because=because)

    def is_live(self, *, at: datetime) -> bool:
        return self.ended_at is None and at < self.expires_at


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshToken:
    """The trace of one refresh token: never the token, only its keyed hash. Those of a session count 1, 2, 3."""

    hash: str
    session_id: SessionId
    number: int
    issued_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessClaims:
    """What a verified access token says (RFC 9068 §2.2), as far as we rely on it.

    Without `user_id` a client acts for itself. `token_id` is its `jti`.
    """

    token_id: UUID
    user_id: UserId | None
    session_id: SessionId
    client_id: str
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionState:
    """What must be looked up before a verified token is honoured."""

    user_id: UserId | None
    ended_at: datetime | None
    expires_at: datetime
    is_user_active: bool
    roles: tuple[Role, ...]

    def honours_tokens(self, *, at: datetime) -> bool:
        return self.ended_at is None and at < self.expires_at and self.is_user_active


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
