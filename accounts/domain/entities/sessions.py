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
    """How long a refresh token waits to be used, and how long a session lasts however often it is refreshed."""

    refresh_within: timedelta
    ends_after: timedelta


class SessionEnd(StrEnum):
    """Why a session is over."""

    LOGGED_OUT = "logged-out"
    PASSWORD_CHANGED = "password-changed"  # noqa: S105  # a reason, not a secret
    DEACTIVATED = "deactivated"
    TOKEN_REUSED = "token-reused"  # noqa: S105  # a reason, not a secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One sign-in and the family of refresh tokens that came from it."""

    id: SessionId
    user_id: UserId
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
    """The trace of one refresh token: never the token, only its keyed hash."""

    hash: str
    session_id: SessionId
    issued_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessClaims:
    """What a verified access token says (RFC 9068 §2.2), as far as we rely on it."""

    user_id: UserId
    session_id: SessionId
    client_id: str
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionState:
    """What must be looked up before a verified token is honoured."""

    ended_at: datetime | None
    expires_at: datetime
    is_user_active: bool
    roles: tuple[Role, ...]

    def honours_tokens(self, *, at: datetime) -> bool:
        return self.ended_at is None and at < self.expires_at and self.is_user_active


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """What a person gets on signing in. Both tokens are secrets: they are handed out once and kept nowhere."""

    user: User
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_in_seconds: int
