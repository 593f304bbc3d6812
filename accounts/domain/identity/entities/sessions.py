"""How people stay signed in."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from accounts.domain.access import OrganizationId, OrgRole, Role, SessionId, UserId

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
    CODE_REUSED = "code-reused"
    REVOKED = "revoked"
    CLIENT_REMOVED = "client-removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Authentication:
    """How a person has shown who he is: when, by which methods (RFC 8176), and in which session of a browser."""

    at: datetime
    methods: tuple[str, ...]
    browser_id: SessionId

    @property
    def context(self) -> str:
        """The `acr` of it: `mfa` with a second factor, otherwise `pwd`."""
        return "mfa" if "mfa" in self.methods else "pwd"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One sign-in and the family of refresh tokens that came from it.

    Without `user_id` a client acts for itself, or for the organization whose client it is. `resource` is the API that
    its access tokens are for, if it is not ours; `authentication` says how the person had shown who he is, if he did
    that on our pages.
    """

    id: SessionId
    user_id: UserId | None
    client_id: str
    scopes: frozenset[str]
    started_at: datetime
    expires_at: datetime
    resource: str = ""
    authentication: Authentication | None = None
    ended_at: datetime | None = None
    ended_because: SessionEnd | None = None
    org_id: OrganizationId | None = None

    def ended(self, *, at: datetime, because: SessionEnd) -> "Session":
        """Over; the first reason stays."""
        if self.ended_at is not None:
            return self
        return replace(self, ended_at=at, ended_because=because)

    def is_live(self, *, at: datetime) -> bool:
        return self.ended_at is None and at < self.expires_at

    @property
    def outlives_sign_out(self) -> bool:
        """Whether it goes on when the person signs out of his browser (OpenID Connect Core §11)."""
        return "offline_access" in self.scopes


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSession:
    """A session as its person sees it: with the client's name unless that is our own, and whether he asks in it."""

    session: Session
    client_name: str | None
    is_current: bool


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
class SessionState:
    """What must be looked up before a verified token is honoured.

    `memberships` are the person's roles in open organizations; `org_id` is whose client acts for itself.
    """

    user_id: UserId | None
    ended_at: datetime | None
    expires_at: datetime
    is_user_active: bool
    roles: tuple[Role, ...]
    memberships: Mapping[OrganizationId, OrgRole] = field(default_factory=dict)
    org_id: OrganizationId | None = None
    is_org_open: bool = True

    @property
    def standing(self) -> Mapping[OrganizationId, OrgRole]:
        """The asker's roles in organizations; a client of one acts there like an admin, within its scopes."""
        return self.memberships if self.org_id is None else {self.org_id: OrgRole.ADMIN}

    def honours_tokens(self, *, at: datetime) -> bool:
        is_over = self.ended_at is not None or at >= self.expires_at
        return not is_over and self.is_user_active and self.is_org_open
