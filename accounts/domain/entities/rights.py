"""The permission table: what each role may do, on the platform and in an organization. docs/permissions.md shows it."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Final

from accounts.domain.entities.organizations import OrgRole
from accounts.domain.entities.users import Role


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
