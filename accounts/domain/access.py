"""Access: ids, roles, rights, scopes and the principal, which every app shares."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NewType
from uuid import UUID

from authsvc.kernel.errors import Forbidden, Unauthenticated
from authsvc.kernel.tenancy import ALL_TENANTS, TenantScope

UserId = NewType("UserId", UUID)
SessionId = NewType("SessionId", UUID)
OrganizationId = NewType("OrganizationId", UUID)
ClientPk = NewType("ClientPk", UUID)

PASSWORD: Final = "pwd"  # noqa: S105  # a method of RFC 8176, not a secret
SECOND_FACTOR: Final = "mfa"
"""Authentication methods (`amr`, RFC 8176), which are the contexts (`acr`), too."""

STAFF_SITE: Final = "back-office"
"""The `client_id` of callers on the admin site."""


class OrganizationStatus(StrEnum):
    """A deleted organization is stored for its learners' records, but never shown."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    DELETED = "deleted"


class GrantType(StrEnum):
    """OAuth grant types (RFC 6749, RFC 8628)."""

    AUTHORIZATION_CODE = "authorization_code"
    REFRESH_TOKEN = "refresh_token"  # noqa: S105  # a grant type, not a secret
    CLIENT_CREDENTIALS = "client_credentials"
    DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"


PRE_AUTHORIZED_CODE: Final = "urn:ietf:params:oauth:grant-type:pre-authorized_code"
"""The grant type of wallets (OpenID4VCI §6), for which nobody has to be registered."""


class Role(StrEnum):
    """Roles on the whole platform. Every user is a learner."""

    LEARNER = "learner"
    INSTRUCTOR = "instructor"
    ADMIN = "admin"


class OrgRole(StrEnum):
    """Roles in one organization."""

    OWNER = "owner"
    ADMIN = "admin"
    INSTRUCTOR = "instructor"
    LEARNER = "learner"


class Right(StrEnum):
    """Rights that services require of a principal."""

    MANAGE_USERS = "manage-users"
    APPOINT_STAFF = "appoint-staff"
    IMPERSONATE = "impersonate"
    ACT_AS_USERS = "act-as-users"
    MANAGE_ORGANIZATIONS = "manage-organizations"
    MANAGE_CLIENTS = "manage-clients"
    AUTHOR_COURSES = "author-courses"
    SEE_PROGRESS = "see-progress"
    GRADE_ATTEMPTS = "grade-attempts"
    AWARD_CREDENTIALS = "award-credentials"
    SEE_MEMBERS = "see-members"
    MANAGE_MEMBERS = "manage-members"
    ASSIGN_ROLES = "assign-roles"
    EDIT_ORGANIZATION = "edit-organization"
    DELETE_ORGANIZATION = "delete-organization"
    READ_AUDIT = "read-audit"
    READ_EVENTS = "read-events"
    MANAGE_WEBHOOKS = "manage-webhooks"
    MANAGE_PROMPTS = "manage-prompts"


RIGHTS_OF_ROLE: Final[Mapping[Role, frozenset[Right]]] = {
    Role.LEARNER: frozenset(),
    Role.INSTRUCTOR: frozenset({Right.AUTHOR_COURSES, Right.SEE_PROGRESS, Right.GRADE_ATTEMPTS}),
    Role.ADMIN: frozenset(Right),
}
"""Rights on the platform. With MANAGE_ORGANIZATIONS they hold in every organization, too."""

_OF_INSTRUCTORS: Final = frozenset(
    {Right.AUTHOR_COURSES, Right.SEE_PROGRESS, Right.GRADE_ATTEMPTS, Right.SEE_MEMBERS}
)
_OF_ADMINS: Final = _OF_INSTRUCTORS | {
    Right.AWARD_CREDENTIALS,
    Right.MANAGE_MEMBERS,
    Right.EDIT_ORGANIZATION,
    Right.READ_EVENTS,
    Right.MANAGE_WEBHOOKS,
}
_OF_OWNERS: Final = _OF_ADMINS | {
    Right.ASSIGN_ROLES,
    Right.DELETE_ORGANIZATION,
    Right.MANAGE_CLIENTS,
    Right.READ_AUDIT,
}

RIGHTS_OF_ORG_ROLE: Final[Mapping[OrgRole, frozenset[Right]]] = {
    OrgRole.LEARNER: frozenset(),
    OrgRole.INSTRUCTOR: _OF_INSTRUCTORS,
    OrgRole.ADMIN: _OF_ADMINS,
    OrgRole.OWNER: _OF_OWNERS,
}
"""Rights in the organization of the membership only."""


def rights_of(roles: Collection[Role]) -> frozenset[Right]:
    return frozenset().union(*(RIGHTS_OF_ROLE[role] for role in roles))


class Scope(StrEnum):
    """OAuth scopes of access tokens. A scope narrows the rights of the user and never widens them.

    Open Badges 3.0 (§6.2.1) names those of its API.
    """

    ACCOUNTS_READ = "accounts:read"
    ACCOUNTS_WRITE = "accounts:write"
    COURSES_READ = "courses:read"
    COURSES_WRITE = "courses:write"
    PROGRESS_READ = "progress:read"
    PROGRESS_WRITE = "progress:write"
    CREDENTIALS_READ = "credentials:read"
    CREDENTIALS_WRITE = "credentials:write"
    ORGS_READ = "orgs:read"
    ORGS_WRITE = "orgs:write"
    EVENTS_READ = "events:read"
    AI_READ = "ai:read"
    AI_WRITE = "ai:write"
    BADGES_READ = "https://purl.imsglobal.org/spec/ob/v3p0/scope/credential.readonly"
    BADGE_PROFILE_READ = "https://purl.imsglobal.org/spec/ob/v3p0/scope/profile.readonly"


class WalletScope(StrEnum):
    """Scopes of the credential endpoint for wallets, which no operation of the API accepts."""

    COLLECT = "credentials:collect"


def scope_of_credential(credential_id: UUID) -> str:
    """The scope of tokens with which a wallet can collect this credential and no other."""
    return f"{WalletScope.COLLECT}:{credential_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Authentication:
    """An authentication of a user: its time and methods (RFC 8176), and the browser session if there was one.

    Everything in `methods` was performed at `at`, or shortly after it in the same sign-in.
    """

    at: datetime
    methods: tuple[str, ...]
    browser_id: SessionId | None = None

    @property
    def has_second_factor(self) -> bool:
        return SECOND_FACTOR in self.methods

    @property
    def context(self) -> str:
        """Its `acr`: `mfa` with a second factor, otherwise `pwd`."""
        return SECOND_FACTOR if self.has_second_factor else PASSWORD

    @property
    def claims(self) -> Mapping[str, Any]:
        """Its claims in tokens (OpenID Connect Core §2, RFC 9068 §2.2.1)."""
        return {
            "auth_time": int(self.at.timestamp()),
            "acr": self.context,
            "amr": list(self.methods),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestedClaims:
    """Claims about a user that a client requests one by one, beyond those of its scopes, by the place of delivery."""

    userinfo: frozenset[str] = frozenset()
    id_token: frozenset[str] = frozenset()

    @classmethod
    def of(cls, members: Mapping[str, Collection[str]]) -> "RequestedClaims":
        """The claims in stored members."""
        return cls(**{place: frozenset(claims) for place, claims in members.items()})

    @property
    def members(self) -> dict[str, list[str]]:
        """The members to store: places without claims are left out."""
        claims = {"userinfo": sorted(self.userinfo), "id_token": sorted(self.id_token)}
        return {place: names for place, names in claims.items() if names}


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """The authenticated caller of a request. Without `user_id` it is a client that acts for itself.

    `memberships` are the caller's roles in active organizations; a service client has one in its organization. A right
    in `withheld` needs a sign-in with a second factor. `claims` are those that its token covers beyond its scopes. An
    agent acts for a user through the endpoint for agents, and what it changes is marked with its client id. With an
    `impersonator`, a member of staff is signed in as the user.
    """

    user_id: UserId | None
    roles: tuple[Role, ...]
    rights: frozenset[Right]
    scopes: frozenset[str]
    client_id: str
    session_id: SessionId | None = None
    memberships: Mapping[OrganizationId, OrgRole] = field(default_factory=dict)
    authentication: Authentication | None = None
    withheld: frozenset[Right] = frozenset()
    claims: RequestedClaims = field(default_factory=RequestedClaims)
    is_agent: bool = False
    impersonator: UserId | None = None

    @property
    def agent(self) -> str | None:
        """The client id if somebody else acts for the user: an agent, or staff who are signed in as the user."""
        return self.client_id if self.is_agent or self.impersonator else None

    @property
    def person(self) -> UserId:
        """The id of the calling user. Raises PersonNeeded if a client acts for itself."""
        if self.user_id is None:
            raise PersonNeeded
        return self.user_id

    @property
    def identity(self) -> str:
        """The id of the calling user, or the client id if a client acts for itself."""
        return str(self.user_id or self.client_id)

    @property
    def member_scope(self) -> TenantScope:
        """The tenant scope of a member: the platform and the caller's organizations."""
        return TenantScope(frozenset(self.memberships))

    @property
    def tenant_scope(self) -> TenantScope:
        """The widest tenant scope of the caller: all tenants if they may manage organizations."""
        return ALL_TENANTS if self.may(Right.MANAGE_ORGANIZATIONS) else self.member_scope

    @property
    def event_scope(self) -> TenantScope:
        """The tenants whose outgoing events the caller may read: all with that right on the platform."""
        if self.may(Right.READ_EVENTS):
            return ALL_TENANTS
        return TenantScope(
            frozenset(id_ for id_ in self.memberships if self.may(Right.READ_EVENTS, of=id_))
        )

    @property
    def audit_scope(self) -> TenantScope:
        """The tenants whose audit logs the caller may search: all with that right on the platform."""
        return ALL_TENANTS if self.may(Right.READ_AUDIT) else TenantScope()

    @property
    def standing(self) -> Mapping[str, Any]:
        """The caller's rights and roles, as JSON values, for `still_has`."""
        return {
            "rights": sorted(self.rights),
            "memberships": {str(org_id): role.value for org_id, role in self.memberships.items()},
        }

    def still_has(self, standing: Mapping[str, Any]) -> bool:
        """Whether the caller has lost none of the rights of an earlier standing."""
        if not self.rights >= set(standing.get("rights", ())):
            return False
        now = {str(org_id): role for org_id, role in self.memberships.items()}
        return all(
            org_id in now and RIGHTS_OF_ORG_ROLE[now[org_id]] >= RIGHTS_OF_ORG_ROLE[OrgRole(role)]
            for org_id, role in standing.get("memberships", {}).items()
        )

    def require_in_person(self) -> None:
        """Raise Impersonating if staff are signed in as the user: some acts are for the user alone."""
        if self.impersonator is not None:
            raise Impersonating

    def is_in(self, org_id: OrganizationId) -> bool:
        return org_id in self.memberships

    def may(self, right: Right, *, of: OrganizationId | None = None) -> bool:
        """Whether the caller has *right* in the organization, or on the platform if *of* is None."""
        if of is None:
            return right in self.rights
        role = self.memberships.get(of)
        is_allowed_there = role is not None and right in RIGHTS_OF_ORG_ROLE[role]
        return is_allowed_there or self.rights >= {right, Right.MANAGE_ORGANIZATIONS}

    def require(self, right: Right, *, of: OrganizationId | None = None) -> None:
        """Raise NotPermitted unless the caller has *right* there; InsufficientAuthentication if it is withheld."""
        if self.may(right, of=of):
            return
        if right in self.withheld:
            raise InsufficientAuthentication(acr_values=SECOND_FACTOR)
        raise NotPermitted(right=right.value)


OPERATOR: Final = Principal(
    user_id=None,
    roles=(),
    rights=frozenset(Right),
    scopes=frozenset(Scope),
    client_id="command-line",
)
"""The principal of management commands, with every right and scope."""


class NotPermitted(Forbidden):
    code = "not-permitted"
    title = "You may not do this"
    explanation = "This needs the right {right}, which your roles do not give."


class Impersonating(Forbidden):
    code = "impersonating"
    title = "Only the user themselves can do this"
    explanation = "You are signed in as another user. Stop that first."


class PersonNeeded(Forbidden):
    code = "person-needed"
    title = "Only a person can do this"
    explanation = "The token belongs to a client that acts for no user. Use a token of a user."


class InsufficientAuthentication(Unauthenticated):
    """The sign-in of a token does not suffice (RFC 9470): the contexts that do, and its greatest age in seconds."""

    code = "insufficient-user-authentication"
    title = "A more recent or stronger sign-in is required"
    explanation = "The sign-in is too old or lacks a second factor. Sign in again as `acr_values` and `max_age` ask."
