"""Organizations, memberships and invitations in dicts."""

from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import datetime

from accounts.domain.entities import (
    Invitation,
    InvitationId,
    Member,
    Organization,
    OrganizationId,
    OrganizationStatus,
    OrgMembership,
    OrgRole,
    OwnOrganization,
    UserId,
)
from accounts.domain.errors import (
    AlreadyMember,
    InvitationNotFound,
    MemberNotFound,
    OrganizationNotFound,
    OrganizationSlugTaken,
)
from accounts.domain.repositories.memory.users import InMemoryUserRepository
from accounts.domain.repositories.protocols.organizations import (
    INVITATIONS,
    MEMBERS,
    ORGANIZATIONS,
)
from authsvc.kernel.pages import Key, Page, PageRequest, page_in_memory
from authsvc.kernel.reach import Reach

Memberships = MutableMapping[tuple[OrganizationId, UserId], OrgMembership]


@dataclass(frozen=True, slots=True)
class InMemoryOrganizationRepository:
    memberships: Memberships = field(default_factory=dict)
    store: MutableMapping[OrganizationId, Organization] = field(default_factory=dict)

    def add(self, organization: Organization) -> None:
        if any(kept.slug == organization.slug for kept in self.store.values()):
            raise OrganizationSlugTaken(slug=organization.slug)
        self.store[organization.id] = organization

    def get(self, org_id: OrganizationId, *, within: Reach) -> Organization:
        for organization in self._in(within):
            if organization.id == org_id:
                return organization
        raise OrganizationNotFound

    def find_by_slug(self, slug: str, *, within: Reach) -> Organization | None:
        return next((each for each in self._in(within) if each.slug == slug), None)

    def get_for_update(self, org_id: OrganizationId, *, within: Reach) -> Organization:
        return self.get(org_id, within=within)

    def save(self, organization: Organization, *, within: Reach) -> None:
        within.require(organization.id)
        self.store[organization.id] = organization

    def page_of(self, request: PageRequest, *, within: Reach) -> Page[Organization]:
        return page_in_memory(self._in(within), request, ORGANIZATIONS)

    def for_user(self, user_id: UserId) -> list[OwnOrganization]:
        mine = (each for each in self.memberships.values() if each.user_id == user_id)
        found = (
            OwnOrganization(organization=self.store[each.org_id], role=each.role) for each in mine
        )
        seen = (own for own in found if own.organization.status is not OrganizationStatus.DELETED)
        return sorted(seen, key=lambda own: (own.organization.name, own.organization.id))

    def _in(self, within: Reach) -> Iterable[Organization]:
        return (
            organization
            for organization in self.store.values()
            if within.covers(organization.id)
            and organization.status is not OrganizationStatus.DELETED
        )


@dataclass(frozen=True, slots=True)
class InMemoryMembershipRepository:
    users: InMemoryUserRepository
    store: Memberships = field(default_factory=dict)

    def add(self, membership: OrgMembership, *, within: Reach) -> None:
        within.require(membership.org_id)
        if _key(membership) in self.store:
            raise AlreadyMember
        self.store[_key(membership)] = membership

    def get(self, org_id: OrganizationId, user_id: UserId, *, within: Reach) -> OrgMembership:
        for membership in self._of(org_id, within):
            if membership.user_id == user_id:
                return membership
        raise MemberNotFound

    def save(self, membership: OrgMembership, *, within: Reach) -> None:
        within.require(membership.org_id)
        self.store[_key(membership)] = membership

    def remove(self, membership: OrgMembership, *, within: Reach) -> None:
        within.require(membership.org_id)
        self.store.pop(_key(membership), None)

    def count_of(self, org_id: OrganizationId, role: OrgRole, *, within: Reach) -> int:
        return sum(membership.role is role for membership in self._of(org_id, within))

    def page_of(
        self, org_id: OrganizationId, request: PageRequest, *, within: Reach
    ) -> Page[Member]:
        members = (self._member(membership) for membership in self._of(org_id, within))
        return page_in_memory(members, request, MEMBERS, key=_joining)

    def emails_in(self, org_id: OrganizationId, *, within: Reach) -> frozenset[str]:
        return frozenset(self._member(each).email for each in self._of(org_id, within))

    def _of(self, org_id: OrganizationId, within: Reach) -> list[OrgMembership]:
        if not within.covers(org_id):
            return []
        return [membership for membership in self.store.values() if membership.org_id == org_id]

    def _member(self, membership: OrgMembership) -> Member:
        user = self.users.get(membership.user_id)
        return Member(membership=membership, email=user.email, name=user.name)


@dataclass(frozen=True, slots=True)
class InMemoryInvitationRepository:
    organizations: Mapping[OrganizationId, Organization]
    store: MutableMapping[InvitationId, Invitation] = field(default_factory=dict)

    def keep(self, invitation: Invitation, *, within: Reach) -> None:
        within.require(invitation.org_id)
        for kept in list(self.store.values()):
            if (kept.org_id, kept.email) == (invitation.org_id, invitation.email):
                del self.store[kept.id]
        self.store[invitation.id] = invitation

    def find(self, token_hash: str) -> Invitation | None:
        for invitation in self.store.values():
            if invitation.token_hash == token_hash:
                return invitation if self.organizations[invitation.org_id].is_open else None
        return None

    def get(
        self, org_id: OrganizationId, invitation_id: InvitationId, *, within: Reach
    ) -> Invitation:
        for invitation in self._of(org_id, within):
            if invitation.id == invitation_id:
                return invitation
        raise InvitationNotFound

    def page_of(
        self, org_id: OrganizationId, request: PageRequest, *, within: Reach
    ) -> Page[Invitation]:
        return page_in_memory(self._of(org_id, within), request, INVITATIONS)

    def remove(self, invitation: Invitation, *, within: Reach) -> bool:
        within.require(invitation.org_id)
        return self.store.pop(invitation.id, None) is not None

    def remove_expired(self, *, before: datetime) -> int:
        gone = [each.id for each in self.store.values() if each.expires_at < before]
        for invitation_id in gone:
            del self.store[invitation_id]
        return len(gone)

    def _of(self, org_id: OrganizationId, within: Reach) -> list[Invitation]:
        if not within.covers(org_id):
            return []
        return [invitation for invitation in self.store.values() if invitation.org_id == org_id]


def _key(membership: OrgMembership) -> tuple[OrganizationId, UserId]:
    return membership.org_id, membership.user_id


def _joining(member: Member) -> Key:
    return member.membership.joined_at, member.membership.user_id
