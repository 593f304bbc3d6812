"""In-memory repositories of organizations."""

from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from accounts.domain.access import OrganizationId, OrganizationStatus, OrgRole, UserId
from accounts.domain.identity.entities.users import EVERYONE, PersonSearch
from accounts.domain.identity.repositories.memory.users import InMemoryUserRepository
from accounts.domain.organizations.entities import (
    Invitation,
    InvitationId,
    Member,
    Organization,
    OrgMembership,
    OwnOrganization,
)
from accounts.domain.organizations.errors import (
    AlreadyMember,
    InvitationNotFound,
    MemberNotFound,
    OrganizationNotFound,
    OrganizationSlugTaken,
)
from accounts.domain.organizations.repositories.protocols import INVITATIONS, MEMBERS, ORGANIZATIONS
from authsvc.kernel.memory import remove_where
from authsvc.kernel.paging import Key, Page, PageRequest, page_in_memory
from authsvc.kernel.tenancy import Entity, TenantScope

Memberships = MutableMapping[tuple[OrganizationId, UserId], OrgMembership]


@dataclass(frozen=True, slots=True)
class InMemoryOpenMemberships:
    """Memberships in open organizations, for the sessions of identity."""

    memberships: Memberships
    organizations: Mapping[OrganizationId, Organization]

    def open_roles_of(self, user_id: UserId) -> Mapping[OrganizationId, OrgRole]:
        return {
            membership.org_id: membership.role
            for membership in self.memberships.values()
            if membership.user_id == user_id and self.is_open(membership.org_id)
        }

    def is_open(self, org_id: OrganizationId) -> bool:
        return self.organizations[org_id].is_open


@dataclass(frozen=True, slots=True)
class InMemoryOrganizationRepository:
    memberships: Memberships = field(default_factory=dict)
    store: MutableMapping[OrganizationId, Organization] = field(default_factory=dict)

    def add(self, organization: Organization) -> None:
        if any(stored.slug == organization.slug for stored in self.store.values()):
            raise OrganizationSlugTaken(slug=organization.slug)
        self.store[organization.id] = organization

    def get(self, org_id: OrganizationId, *, scope: TenantScope) -> Organization:
        for organization in self._in(scope):
            if organization.id == org_id:
                return organization
        raise OrganizationNotFound

    def even_deleted(self, org_id: OrganizationId) -> Organization:
        if org_id not in self.store:
            raise OrganizationNotFound
        return self.store[org_id]

    def find_by_slug(self, slug: str, *, scope: TenantScope) -> Organization | None:
        return next(
            (organization for organization in self._in(scope) if organization.slug == slug), None
        )

    def get_for_update(self, org_id: OrganizationId, *, scope: TenantScope) -> Organization:
        return self.get(org_id, scope=scope)

    def save(self, organization: Organization, *, scope: TenantScope) -> None:
        scope.require(organization.id)
        self.store[organization.id] = organization

    def page_of(self, request: PageRequest, *, scope: TenantScope) -> Page[Organization]:
        return page_in_memory(self._in(scope), request, ORGANIZATIONS)

    def for_user(self, user_id: UserId) -> list[OwnOrganization]:
        organizations = (
            OwnOrganization(organization=self.store[membership.org_id], role=membership.role)
            for membership in self.memberships.values()
            if membership.user_id == user_id
            and self.store[membership.org_id].status is not OrganizationStatus.DELETED
        )
        return sorted(organizations, key=lambda own: (own.organization.name, own.organization.id))

    def _in(self, scope: TenantScope) -> Iterable[Organization]:
        return (
            organization
            for organization in self.store.values()
            if scope.covers(organization.id)
            and organization.status is not OrganizationStatus.DELETED
        )


@dataclass(frozen=True, slots=True)
class InMemoryMembershipRepository:
    users: InMemoryUserRepository
    store: Memberships = field(default_factory=dict)

    def add(self, membership: OrgMembership, *, scope: TenantScope) -> None:
        scope.require(membership.org_id)
        if _key(membership) in self.store:
            raise AlreadyMember
        self.store[_key(membership)] = membership

    def get(self, org_id: OrganizationId, user_id: UserId, *, scope: TenantScope) -> OrgMembership:
        for membership in self._of(org_id, scope):
            if membership.user_id == user_id:
                return membership
        raise MemberNotFound

    def save(self, membership: OrgMembership, *, scope: TenantScope) -> None:
        scope.require(membership.org_id)
        self.store[_key(membership)] = membership

    def remove(self, membership: OrgMembership, *, scope: TenantScope) -> None:
        scope.require(membership.org_id)
        self.store.pop(_key(membership), None)

    def count_of(self, org_id: OrganizationId, role: OrgRole, *, scope: TenantScope) -> int:
        return sum(membership.role is role for membership in self._of(org_id, scope))

    def page_of(
        self,
        org_id: OrganizationId,
        request: PageRequest,
        *,
        search: PersonSearch = EVERYONE,
        changed_since: datetime | None = None,
        scope: TenantScope,
    ) -> Page[Member]:
        members = (self._member(membership) for membership in self._of(org_id, scope))
        matching = (
            member
            for member in members
            if search.finds(name=member.name, email=member.email)
            and (changed_since is None or member.membership.changed_or_joined_at >= changed_since)
        )
        return page_in_memory(matching, request, MEMBERS, key=_joined_key)

    def emails_in(
        self, org_id: OrganizationId, *, role: OrgRole | None = None, scope: TenantScope
    ) -> frozenset[str]:
        return frozenset(
            self._member(membership).email
            for membership in self._of(org_id, scope)
            if role in (None, membership.role)
        )

    def _of(self, org_id: OrganizationId, scope: TenantScope) -> list[OrgMembership]:
        return _owned_by(org_id, self.store.values(), scope)

    def _member(self, membership: OrgMembership) -> Member:
        user = self.users.get(membership.user_id)
        return Member(membership=membership, email=user.email, name=user.name)


@dataclass(frozen=True, slots=True)
class InMemoryInvitationRepository:
    organizations: Mapping[OrganizationId, Organization]
    store: MutableMapping[InvitationId, Invitation] = field(default_factory=dict)

    def save(self, invitation: Invitation, *, scope: TenantScope) -> None:
        self.save_all(invitation.org_id, [invitation], scope=scope)

    def save_all(
        self, org_id: OrganizationId, invitations: Sequence[Invitation], *, scope: TenantScope
    ) -> None:
        scope.require(org_id)
        emails = {invitation.email for invitation in invitations}
        remove_where(self.store, lambda stored: stored.org_id == org_id and stored.email in emails)
        self.store.update({invitation.id: invitation for invitation in invitations})

    def find(self, token_hash: str) -> Invitation | None:
        for invitation in self.store.values():
            if invitation.token_hash == token_hash:
                status = self.organizations[invitation.org_id].status
                return invitation if status is not OrganizationStatus.DELETED else None
        return None

    def get(
        self, org_id: OrganizationId, invitation_id: InvitationId, *, scope: TenantScope
    ) -> Invitation:
        for invitation in self._of(org_id, scope):
            if invitation.id == invitation_id:
                return invitation
        raise InvitationNotFound

    def page_of(
        self, org_id: OrganizationId, request: PageRequest, *, scope: TenantScope
    ) -> Page[Invitation]:
        return page_in_memory(self._of(org_id, scope), request, INVITATIONS)

    def remove(self, invitation: Invitation, *, scope: TenantScope) -> bool:
        scope.require(invitation.org_id)
        return self.store.pop(invitation.id, None) is not None

    def remove_expired(self, *, before: datetime) -> int:
        return remove_where(self.store, lambda stored: stored.expires_at < before)

    def _of(self, org_id: OrganizationId, scope: TenantScope) -> list[Invitation]:
        return _owned_by(org_id, self.store.values(), scope)


def _owned_by(
    org_id: OrganizationId, entities: Iterable[Entity], scope: TenantScope
) -> list[Entity]:
    return [entity for entity in scope.among(entities) if entity.org_id == org_id]


def _key(membership: OrgMembership) -> tuple[OrganizationId, UserId]:
    return membership.org_id, membership.user_id


def _joined_key(member: Member) -> Key:
    return member.membership.joined_at, member.membership.user_id
