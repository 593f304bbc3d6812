"""Who people are here, and how they stay signed in, whatever stores them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NewType
from uuid import UUID

from accounts.domain.errors import NotPermitted, PersonNeeded

UserId = NewType("UserId", UUID)
SessionId = NewType("SessionId", UUID)

FIRST_PARTY_CLIENT: Final = "authsvc"


class Role(StrEnum):
    """What a person is on the whole platform. Everyone is a learner."""

    LEARNER = "learner"
    INSTRUCTOR = "instructor"
    ADMIN = "admin"


class Right(StrEnum):
    """What the services ask for before they act on somebody's behalf."""

    MANAGE_USERS = "manage-users"
    APPOINT_STAFF = "appoint-staff"
    AUTHOR_COURSES = "author-courses"
    AWARD_CREDENTIALS = "award-credentials"


RIGHTS_OF_ROLE: Final[Mapping[Role, frozenset[Right]]] = {
    Role.LEARNER: frozenset(),
    Role.INSTRUCTOR: frozenset({Right.AUTHOR_COURSES}),
    Role.ADMIN: frozenset(Right),
}


class Scope(StrEnum):
    """What a token may be used for. It narrows what its user may do and never widens it."""

    ACCOUNTS_READ = "accounts:read"
    ACCOUNTS_WRITE = "accounts:write"
    COURSES_READ = "courses:read"
    COURSES_WRITE = "courses:write"
    PROGRESS_READ = "progress:read"
    PROGRESS_WRITE = "progress:write"
    CREDENTIALS_READ = "credentials:read"
    CREDENTIALS_WRITE = "credentials:write"


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person. `email` is kept in lower case, because addresses are one person's whatever their case."""

    id: UserId
    email: str
    name: str
    password_hash: str = field(repr=False)
    roles: tuple[Role, ...]
    is_active: bool
    is_staff: bool
    created_at: datetime

    @classmethod
    def registered(
        cls,
        user_id: UserId,
        *,
        email: str,
        name: str,
        password_hash: str,
        at: datetime,
        roles: Collection[Role] = (),
    ) -> "User":
        """Somebody new: everyone is a learner, and an admin is staff."""
        return cls(
            id=user_id,
            email=email.lower(),
            name=name,
            password_hash=password_hash,
            roles=_in_order(roles),
            is_active=True,
            is_staff=Role.ADMIN in roles,
            created_at=at,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class UserChanges:
    """What a user manager wants to be different; None leaves a thing as it is."""

    name: str | None = None
    roles: Collection[Role] | None = None
    is_staff: bool | None = None
    is_active: bool | None = None

    @property
    def is_name_alone(self) -> bool:
        return self == UserChanges(name=self.name)

    def applied_to(self, user: User) -> User:
        """An admin stays staff, whatever `is_staff` says."""
        roles = user.roles if self.roles is None else _in_order(self.roles)
        is_staff = user.is_staff if self.is_staff is None else self.is_staff
        return replace(
            user,
            name=user.name if self.name is None else self.name,
            roles=roles,
            is_staff=is_staff or Role.ADMIN in roles,
            is_active=user.is_active if self.is_active is None else self.is_active,
        )


def _in_order(roles: Collection[Role]) -> tuple[Role, ...]:
    """*roles* once each, learner among them, in the order in which Role names them."""
    return tuple(role for role in Role if role in roles or role is Role.LEARNER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who is asking, as verified for this request. Without `user_id` it is no person, but a program."""

    user_id: UserId | None
    roles: tuple[Role, ...]
    rights: frozenset[Right]
    scopes: frozenset[str]
    client_id: str
    session_id: SessionId | None = None

    @property
    def person(self) -> UserId:
        """The id of the person who asks. Raises PersonNeeded when it is none."""
        if self.user_id is None:
            raise PersonNeeded
        return self.user_id

    def may(self, right: Right) -> bool:
        return right in self.rights

    def require(self, right: Right) -> None:
        """Raise NotPermitted unless this principal has *right*."""
        if not self.may(right):
            raise NotPermitted(right=right.value)


OPERATOR: Final = Principal(
    user_id=None,
    roles=(),
    rights=frozenset(Right),
    scopes=frozenset(Scope),
    client_id="command-line",
)
"""Whoever can run commands on the server, and so may do everything."""


def rights_of(roles: Collection[Role]) -> frozenset[Right]:
    return frozenset().union(*(RIGHTS_OF_ROLE[role] for role in roles))


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An HTTP answer as the request ledger keeps it: its status and its JSON text."""

    status: int
    body: str
    content_type: str
    is_replayed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """What one caller's Idempotency-Key was first used for, and the answer that it got."""

    id: str
    fingerprint: str
    answer: Answer
    kept_at: datetime
