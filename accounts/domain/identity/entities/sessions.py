"""Session entities: sessions, refresh tokens and how a user authenticated."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from accounts.domain.access import (
    Authentication,
    OrganizationId,
    OrgRole,
    RequestedClaims,
    Right,
    Role,
    SessionId,
    UserId,
    rights_of,
)

FIRST_PARTY_CLIENT: Final = "authsvc"
WALLET: Final = "wallet"
"""The `client_id` of wallets that nobody has registered."""
UNREGISTERED: Final[Mapping[str, str]] = {WALLET: "Wallet"}
"""Names of clients that are not registered, for lists of sessions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPolicy:
    """Lifetimes: `refresh_within` of a refresh token, `ends_after` of a session however often it is refreshed.

    A session in a browser ends if the browser is idle for `browser_idle`.
    Within the grace period `repeats_within` a token may be redeemed again, for the same pair.
    """

    refresh_within: timedelta
    ends_after: timedelta
    repeats_within: timedelta = timedelta(seconds=10)
    browser_idle: timedelta = timedelta(hours=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInPolicy:
    """What a sign-in must include.

    With `needs_verified_email` users must have verified their address, for which `sign_in_url` sends a new link.
    Staff need a second factor if `staff_needs_second_factor`, which they set up at `second_factor_url`. A sign-in
    counts as recent for `fresh_for`. Sign-ins and failed attempts stay recorded for `recorded_for`.
    """

    needs_verified_email: bool
    sign_in_url: str
    staff_needs_second_factor: bool
    second_factor_url: str
    fresh_for: timedelta
    recorded_for: timedelta

    def requires_second_factor(self, *, is_staff: bool) -> bool:
        return is_staff and self.staff_needs_second_factor

    def is_fresh(self, authentication: Authentication | None, *, at: datetime) -> bool:
        return authentication is not None and at - authentication.at < self.fresh_for


class SessionEnd(StrEnum):
    """Reasons for the end of a session. They are stored, so a value never changes."""

    LOGGED_OUT = "logged-out"
    PASSWORD_CHANGED = "password-changed"  # noqa: S105  # a reason, not a secret
    DEACTIVATED = "deactivated"
    TOKEN_REUSED = "token-reused"  # noqa: S105  # a reason, not a secret
    CODE_REUSED = "code-reused"
    REVOKED = "revoked"
    CLIENT_REMOVED = "client-removed"
    ENDED_BY_STAFF = "ended-by-staff"
    SECRET_RENEWED = "secret-renewed"  # noqa: S105  # a reason, not a secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One sign-in and the family of its refresh tokens.

    Without `user_id` a client acts for itself, or for its organization. `resource` is the API that its access tokens
    are for, empty for ours; `authentication` says how the user signed in. `claims` are those that the client gets
    beyond those of the scopes.
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
    claims: RequestedClaims = field(default_factory=RequestedClaims)

    def ended(self, *, at: datetime, because: SessionEnd) -> "Session":
        """The session with its end; a session that has already ended keeps its reason."""
        if self.ended_at is not None:
            return self
        return replace(self, ended_at=at, ended_because=because)

    def is_live(self, *, at: datetime) -> bool:
        return self.ended_at is None and at < self.expires_at

    @property
    def outlives_sign_out(self) -> bool:
        """Whether the session continues when the user signs out in the browser (OpenID Connect Core §11)."""
        return "offline_access" in self.scopes


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSession:
    """A session in its user's list. `client_name` is None for the first-party client."""

    session: Session
    client_name: str | None
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshToken:
    """A stored refresh token: its keyed hash, never the token. `number` counts 1, 2, 3 in its session."""

    hash: str
    session_id: SessionId
    number: int
    issued_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionState:
    """The state of a session and its user that decides whether a verified token is accepted.

    `memberships` are the user's roles in active organizations; `org_id` is set for an organization's service client.
    """

    user_id: UserId | None
    ended_at: datetime | None
    expires_at: datetime
    is_user_active: bool
    roles: tuple[Role, ...]
    memberships: Mapping[OrganizationId, OrgRole] = field(default_factory=dict)
    org_id: OrganizationId | None = None
    is_org_open: bool = True
    claims: RequestedClaims = field(default_factory=RequestedClaims)

    @property
    def rights(self) -> frozenset[Right]:
        """Those of the user's roles; a service client of the platform may follow outgoing events, within its scopes."""
        is_client_of_platform = self.user_id is None and self.org_id is None
        return frozenset({Right.READ_EVENTS}) if is_client_of_platform else rights_of(self.roles)

    @property
    def standing(self) -> Mapping[OrganizationId, OrgRole]:
        """The caller's roles in organizations; a service client is an admin of its organization, within its scopes."""
        return self.memberships if self.org_id is None else {self.org_id: OrgRole.ADMIN}

    def accepts_tokens(self, *, at: datetime) -> bool:
        is_live = self.ended_at is None and at < self.expires_at
        return is_live and self.is_user_active and self.is_org_open
