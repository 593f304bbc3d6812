"""Who is asking, and for what his token is good."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from accounts.domain.entities.organizations import OrganizationId, OrgRole
from accounts.domain.entities.rights import RIGHTS_OF_ORG_ROLE, Right
from accounts.domain.entities.sessions import SessionId
from accounts.domain.entities.users import Role, UserId
from accounts.domain.errors import NotPermitted, PersonNeeded
from authsvc.kernel.reach import EVERYWHERE, Reach


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
    def own_reach(self) -> Reach:
        """The view of a member: of the platform, and of the organizations that the asker is in."""
        return Reach(frozenset(self.memberships))

    @property
    def reach(self) -> Reach:
        """All that the asker may see: every organization, for whoever may manage them."""
        return EVERYWHERE if self.may(Right.MANAGE_ORGANIZATIONS) else self.own_reach

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
