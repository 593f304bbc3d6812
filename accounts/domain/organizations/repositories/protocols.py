"""Repository protocols of organizations."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from accounts.domain.access import OrganizationId, OrgRole, UserId
from accounts.domain.identity.entities.users import EVERYONE, PersonSearch
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
    """Stored organizations. All methods but `even_deleted` ignore deleted ones; `add` respects their slugs."""

    def add(self, organization: Organization) -> None:
        """Raise OrganizationSlugTaken if any organization, even a deleted one, has this slug."""

    def get(self, org_id: OrganizationId, *, scope: TenantScope) -> Organization:
        """Raise OrganizationNotFound if there is none in scope."""

    def even_deleted(self, org_id: OrganizationId) -> Organization:
        """Return the organization, also a deleted one: what it issued outlives it. Raise OrganizationNotFound."""

    def find_by_slug(self, slug: str, *, scope: TenantScope) -> Organization | None:
        """Return the organization with this slug, if it is in scope."""

    def get_for_update(self, org_id: OrganizationId, *, scope: TenantScope) -> Organization:
        """Like get, but lock the organization and its memberships until the unit of work ends."""

    def save(self, organization: Organization, *, scope: TenantScope) -> None:
        """Replace the stored organization."""

    def page_of(self, request: PageRequest, *, scope: TenantScope) -> Page[Organization]:
        """Return the organizations in scope, oldest first; the id breaks ties."""

    def for_user(self, user_id: UserId) -> list[OwnOrganization]:
        """Return the user's organizations, suspended ones too, sorted by name; the id breaks ties."""


class MembershipRepository(Protocol):
    """Stored memberships."""

    def add(self, membership: OrgMembership, *, scope: TenantScope) -> None:
        """Raise AlreadyMember if the user has a membership in this organization."""

    def get(self, org_id: OrganizationId, user_id: UserId, *, scope: TenantScope) -> OrgMembership:
        """Raise MemberNotFound if there is none in scope."""

    def save(self, membership: OrgMembership, *, scope: TenantScope) -> None:
        """Replace the stored membership."""

    def remove(self, membership: OrgMembership, *, scope: TenantScope) -> None:
        """Delete the membership."""

    def count_of(self, org_id: OrganizationId, role: OrgRole, *, scope: TenantScope) -> int:
        """Count the members with this role."""

    def page_of(
        self,
        org_id: OrganizationId,
        request: PageRequest,
        *,
        search: PersonSearch = EVERYONE,
        changed_since: datetime | None = None,
        scope: TenantScope,
    ) -> Page[Member]:
        """Return the members that the search finds, in the order they joined; the user's id breaks ties.

        With *changed_since*, those who joined or got another role since then.
        """

    def emails_in(
        self, org_id: OrganizationId, *, role: OrgRole | None = None, scope: TenantScope
    ) -> frozenset[str]:
        """Return the e-mail addresses of all members, or of those with this role."""


class InvitationRepository(Protocol):
    """Stored invitations."""

    def save(self, invitation: Invitation, *, scope: TenantScope) -> None:
        """Store the invitation, replacing any other of this organization for the same e-mail address."""

    def save_all(
        self, org_id: OrganizationId, invitations: Sequence[Invitation], *, scope: TenantScope
    ) -> None:
        """Like save, for invitations of one organization to different addresses."""

    def find(self, token_hash: str) -> Invitation | None:
        """Return the invitation with this token hash, unless its organization is deleted.

        There is no scope: whoever presents the token is invited, and has no access to the organization yet.
        """

    def get(
        self, org_id: OrganizationId, invitation_id: InvitationId, *, scope: TenantScope
    ) -> Invitation:
        """Raise InvitationNotFound if there is none in scope."""

    def page_of(
        self, org_id: OrganizationId, request: PageRequest, *, scope: TenantScope
    ) -> Page[Invitation]:
        """Return the invitations of the organization, oldest first; the id breaks ties."""

    def remove(self, invitation: Invitation, *, scope: TenantScope) -> bool:
        """Delete the invitation and return whether it still existed; of concurrent calls only one returns True."""

    def remove_expired(self, *, before: datetime) -> int:
        """Delete the invitations that expired before this time and return their number."""
