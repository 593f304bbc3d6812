"""Principals, roles, rights, scopes and the ids that every app shares."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NewType
from uuid import UUID

from authsvc.kernel.errors import Forbidden
from authsvc.kernel.tenancy import ALL_TENANTS, TenantScope

ClientPk = NewType("ClientPk", UUID)


class GrantType(StrEnum):
    """How a client may come by a token."""

    AUTHORIZATION_CODE = "authorization_code"
    REFRESH_TOKEN = "refresh_token"  # noqa: S105  # a way to tokens, not a secret
    CLIENT_CREDENTIALS = "client_credentials"
    DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"


OrganizationId = NewType("OrganizationId", UUID)


class OrganizationStatus(StrEnum):
    """Only an active organization is open; a deleted one is kept for what learners have of it, and seen by nobody."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    DELETED = "deleted"


class OrgRole(StrEnum):
    """What a person is in one organization."""

    OWNER = "owner"
    ADMIN = "admin"
    INSTRUCTOR = "instructor"
    LEARNER = "learner"


SessionId = NewType("SessionId", UUID)


UserId = NewType("UserId", UUID)


class Role(StrEnum):
    """What a person is on the whole platform. Everyone is a learner."""

    LEARNER = "learner"
    INSTRUCTOR = "instructor"
    ADMIN = "admin"


class NotPermitted(Forbidden):
    code = "not-permitted"
    title = "You may not do this"
    explanation = "This needs the right {right}, which your roles do not give."


class PersonNeeded(Forbidden):
    code = "person-needed"
    title = "Only a person can do this"
    explanation = "The token belongs to a client that acts for no user. Use a token of a user."


class Right(StrEnum):
    """What the services ask for before they act on somebody's behalf."""

    MANAGE_USERS = "manage-users"
    APPOINT_STAFF = "appoint-staff"
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


RIGHTS_OF_ROLE: Final[Mapping[Role, frozenset[Right]]] = {
    Role.LEARNER: frozenset(),
    Role.INSTRUCTOR: frozenset({Right.AUTHOR_COURSES, Right.SEE_PROGRESS, Right.GRADE_ATTEMPTS}),
    Role.ADMIN: frozenset(Right),
}
"""On the platform. Whoever manages organizations has his rights in each of them, too."""

_OF_INSTRUCTORS: Final = frozenset(
    {Right.AUTHOR_COURSES, Right.SEE_PROGRESS, Right.GRADE_ATTEMPTS, Right.SEE_MEMBERS}
)
_OF_ADMINS: Final = _OF_INSTRUCTORS | {
    Right.AWARD_CREDENTIALS,
    Right.MANAGE_MEMBERS,
    Right.EDIT_ORGANIZATION,
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
"""In one organization, and in no other."""


def rights_of(roles: Collection[Role]) -> frozenset[Right]:
    return frozenset().union(*(RIGHTS_OF_ROLE[role] for role in roles))


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
    ORGS_READ = "orgs:read"
    ORGS_WRITE = "orgs:write"


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who is asking, as verified for this request. Without `user_id` it is no person, but a program.

    `memberships` are the roles in organizations that are open. A program of an organization has one there, too.
    """

    user_id: UserId | None
    roles: tuple[Role, ...]
    rights: frozenset[Right]
    scopes: frozenset[str]
    client_id: str
    session_id: SessionId | None = None
    memberships: Mapping[OrganizationId, OrgRole] = field(default_factory=dict)

    @property
    def person(self) -> UserId:
        """The id of the person who asks. Raises PersonNeeded when it is none."""
        if self.user_id is None:
            raise PersonNeeded
        return self.user_id

    @property
    def identity(self) -> str:
        """The id of the person who asks, or the name of the program when it is none."""
        return str(self.user_id or self.client_id)

    @property
    def member_scope(self) -> TenantScope:
        """The view of a member: of the platform, and of the organizations that the asker is in."""
        return TenantScope(frozenset(self.memberships))

    @property
    def tenant_scope(self) -> TenantScope:
        """All that the asker may see: every organization, for whoever may manage them."""
        return ALL_TENANTS if self.may(Right.MANAGE_ORGANIZATIONS) else self.member_scope

    def is_in(self, org_id: OrganizationId) -> bool:
        return org_id in self.memberships

    def may(self, right: Right, *, of: OrganizationId | None = None) -> bool:
        """Whether this may be done to things of the organization, or of the platform if none is named."""
        if of is None:
            return right in self.rights
        role = self.memberships.get(of)
        is_allowed_there = role is not None and right in RIGHTS_OF_ORG_ROLE[role]
        return is_allowed_there or self.rights >= {right, Right.MANAGE_ORGANIZATIONS}

    def require(self, right: Right, *, of: OrganizationId | None = None) -> None:
        """Raise NotPermitted unless this principal has *right*, there."""
        if not self.may(right, of=of):
            raise NotPermitted(right=right.value)


OPERATOR: Final = Principal(
    user_id=None,
    roles=(),
    rights=frozenset(Right),
    scopes=frozenset(Scope),
    client_id="command-line",
)
"""Whoever can run commands on the server, and so may do everything."""
