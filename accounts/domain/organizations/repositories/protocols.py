"""Repository protocols of organizations."""

from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from accounts.domain.access import OrganizationId, OrgRole, UserId
from accounts.domain.organizations.entities import (
    Invitation,
    InvitationId,
    Member,
    Organization,
    OrgMembership,
    OwnOrganization,
)
from authsvc.kernel.paging import Keyset, Page, PageRequest
from authsvc.kernel.tenancy import TenantScope

ORGANIZATIONS: Final = Keyset("organizations", {"created_at": datetime, "id": UUID})
MEMBERS: Final = Keyset("members", {"joined_at": datetime, "user_id": UUID})
INVITATIONS: Final = Keyset("invitations", {"created_at": datetime, "id": UUID})


class OrganizationRepository(Protocol):
    """None of these sees an organization that is deleted."""

    def add(self, organization: Organization) -> None:
        """Raise OrganizationSlugTaken rather than keep a second one with this slug, were the first deleted."""

    def get(self, org_id: OrganizationId, *, scope: TenantScope) -> Organization:
        """Raise OrganizationNotFound when there is none in view."""

    def find_by_slug(self, slug: str, *, scope: TenantScope) -> Organization | None:
        """The organization with this slug, if it is in view."""

    def get_for_update(self, org_id: OrganizationId, *, scope: TenantScope) -> Organization:
        """Like get, and nobody else may change it or who is in it until the unit of work ends."""

    def save(self, organization: Organization, *, scope: TenantScope) -> None:
        """Replace the kept organization."""

    def page_of(self, request: PageRequest, *, scope: TenantScope) -> Page[Organization]:
        """Those in view, oldest first; the id breaks ties."""

    def for_user(self, user_id: UserId) -> list[OwnOrganization]:
        """Those that the user is in, suspended ones too, by their names; the id breaks ties."""


class MembershipRepository(Protocol):
    def add(self, membership: OrgMembership, *, scope: TenantScope) -> None:
        """Raise AlreadyMember rather than keep a second one of this person in this organization."""

    def get(self, org_id: OrganizationId, user_id: UserId, *, scope: TenantScope) -> OrgMembership:
        """Raise MemberNotFound when there is none in view."""

    def save(self, membership: OrgMembership, *, scope: TenantScope) -> None:
        """Replace the kept membership."""

    def remove(self, membership: OrgMembership, *, scope: TenantScope) -> None:
        """Forget it."""

    def count_of(self, org_id: OrganizationId, role: OrgRole, *, scope: TenantScope) -> int:
        """How many have this role in the organization."""

    def page_of(
        self, org_id: OrganizationId, request: PageRequest, *, scope: TenantScope
    ) -> Page[Member]:
        """Who is in the organization, by the moment of joining; the person's id breaks ties."""

    def emails_in(self, org_id: OrganizationId, *, scope: TenantScope) -> frozenset[str]:
        """The addresses of all who are in the organization."""


class InvitationRepository(Protocol):
    def keep(self, invitation: Invitation, *, scope: TenantScope) -> None:
        """Keep it in place of any other for this address to this organization."""

    def find(self, token_hash: str) -> Invitation | None:
        """What was mailed with this token, to an organization that is open: the token is what opens it."""

    def get(
        self, org_id: OrganizationId, invitation_id: InvitationId, *, scope: TenantScope
    ) -> Invitation:
        """Raise InvitationNotFound when there is none in view."""

    def page_of(
        self, org_id: OrganizationId, request: PageRequest, *, scope: TenantScope
    ) -> Page[Invitation]:
        """Those of the organization, oldest first; the id breaks ties."""

    def remove(self, invitation: Invitation, *, scope: TenantScope) -> bool:
        """Forget it; answer whether it was still there: of several who ask at once, one is told so."""

    def remove_expired(self, *, before: datetime) -> int:
        """Forget those that expired before then; answer how many."""
