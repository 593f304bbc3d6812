"""Entities of organizations: tenants, their members and invitations."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NewType, TypeVar
from uuid import UUID

from accounts.domain.access import OrganizationId, OrganizationStatus, OrgRole, UserId
from accounts.domain.organizations.errors import OrganizationSuspended, UnsuitableOrganization
from authsvc.kernel.errors import FieldError
from authsvc.kernel.text import name_error
from authsvc.kernel.urls import page_url_error

InvitationId = NewType("InvitationId", UUID)
T = TypeVar("T")

INVITATION_LIFETIME: Final = timedelta(days=7)
LONGEST_SLUG: Final = 40
LONGEST_NAME: Final = 200
LONGEST_DESCRIPTION: Final = 500
_SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class Plan(StrEnum):
    FREE = "free"
    TEAM = "team"
    ENTERPRISE = "enterprise"


class OrganizationCreators(StrEnum):
    """Who can create organizations. Values of a setting, so they never change."""

    ANYONE = "anyone"
    VERIFIED = "verified"
    STAFF = "staff"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationPolicy:
    """Who can create organizations, and how many of them a user can own and still create others."""

    creators: OrganizationCreators
    most_per_person: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationChanges:
    """What is edited of an organization; None leaves a value unchanged."""

    name: str | None = None
    plan: Plan | None = None
    url: str | None = None
    description: str | None = None
    image_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization:
    """A tenant. Its slug never changes: the slugs of its courses begin with it.

    `url`, `description` and `image_url`, each empty if there is none, are what it publishes of itself as an issuer.
    """

    id: OrganizationId
    name: str
    slug: str
    plan: Plan
    status: OrganizationStatus
    created_at: datetime
    url: str = ""
    description: str = ""
    image_url: str = ""

    @property
    def is_open(self) -> bool:
        return self.status is OrganizationStatus.ACTIVE

    def checked(self) -> "Organization":
        """Return the organization if what it says of itself is valid. Raises UnsuitableOrganization."""
        if field_errors := tuple(self._profile_errors()):
            raise UnsuitableOrganization(*field_errors)
        if not _SLUG.fullmatch(self.slug) or len(self.slug) > LONGEST_SLUG:
            raise UnsuitableOrganization(
                FieldError(path="slug", detail="Use lowercase letters, digits and single hyphens.")
            )
        if not self.name.strip():
            raise UnsuitableOrganization(FieldError(path="name", detail="Enter a name."))
        if (reason := name_error(self.name)) is not None:
            raise UnsuitableOrganization(FieldError(path="name", detail=reason))
        if len(self.name) > LONGEST_NAME:
            raise UnsuitableOrganization(
                FieldError(path="name", detail=f"Use at most {LONGEST_NAME} characters.")
            )
        return self

    def _profile_errors(self) -> Iterator[FieldError]:
        for path, url in (("url", self.url), ("image_url", self.image_url)):
            if url and (reason := page_url_error(url)) is not None:
                yield FieldError(path=path, detail=reason)
        if len(self.description) > LONGEST_DESCRIPTION or name_error(self.description) is not None:
            detail = f"Use one line of at most {LONGEST_DESCRIPTION} characters."
            yield FieldError(path="description", detail=detail)

    def require_open(self) -> None:
        """Raises OrganizationSuspended."""
        if not self.is_open:
            raise OrganizationSuspended

    def edited(self, changes: OrganizationChanges) -> "Organization":
        """Raises UnsuitableOrganization."""

        def new(value: T | None, old: T) -> T:
            return old if value is None else value

        return replace(
            self,
            name=new(changes.name, self.name),
            plan=new(changes.plan, self.plan),
            url=new(changes.url, self.url),
            description=new(changes.description, self.description),
            image_url=new(changes.image_url, self.image_url),
        ).checked()

    def suspended(self) -> "Organization":
        return replace(self, status=OrganizationStatus.SUSPENDED)

    def reopened(self) -> "Organization":
        return replace(self, status=OrganizationStatus.ACTIVE)

    def deleted(self) -> "Organization":
        return replace(self, status=OrganizationStatus.DELETED)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrgMembership:
    """A user's membership in an organization, and their role there.

    `changed_at` is the time of the last change of the role, None before the first.
    """

    org_id: OrganizationId
    user_id: UserId
    role: OrgRole
    joined_at: datetime
    changed_at: datetime | None = None

    @property
    def changed_or_joined_at(self) -> datetime:
        return self.changed_at or self.joined_at

    def with_role(self, role: OrgRole, *, at: datetime) -> "OrgMembership":
        return self if role is self.role else replace(self, role=role, changed_at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A membership with the name and e-mail address of the user."""

    membership: OrgMembership
    email: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnOrganization:
    """An organization and the caller's role in it; None if the caller is not a member."""

    organization: Organization
    role: OrgRole | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """An invitation by e-mail to join an organization. Of the mailed token only a keyed hash is stored."""

    id: InvitationId
    org_id: OrganizationId
    email: str
    role: OrgRole
    token_hash: str
    invited_by: UserId | None
    created_at: datetime
    expires_at: datetime

    def is_live(self, *, at: datetime) -> bool:
        return at < self.expires_at

    def is_for(self, email: str) -> bool:
        return self.email == email.lower()

    def accepted(self, user_id: UserId, *, at: datetime) -> OrgMembership:
        return OrgMembership(org_id=self.org_id, user_id=user_id, role=self.role, joined_at=at)


class InvitationStanding(StrEnum):
    """What whoever opens the link of an invitation can do with it."""

    OPEN = "open"
    SIGNED_OUT = "signed-out"
    OTHER_ADDRESS = "other-address"
    UNVERIFIED = "unverified"
    MEMBER = "member"
    EXPIRED = "expired"
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedInvitation:
    """An invitation as whoever opens its link sees it.

    `inviter` is the name of whoever sent it, empty if they have none or no account any more, and `inviter_role` their
    role in the organization, if they have one.
    """

    invitation: Invitation
    organization: Organization
    inviter: str
    inviter_role: OrgRole | None
    standing: InvitationStanding
