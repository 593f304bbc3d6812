"""ORM repositories of organizations."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db.models import QuerySet

from accounts import models as rows
from accounts.domain.access import OrganizationId, OrganizationStatus, OrgRole, UserId
from accounts.domain.identity.entities.users import EVERYONE, PersonSearch
from accounts.domain.identity.repositories.orm.users import found_by
from accounts.domain.organizations.entities import (
    Invitation,
    InvitationId,
    Member,
    Organization,
    OrgMembership,
    OwnOrganization,
    Plan,
)
from accounts.domain.organizations.errors import (
    AlreadyMember,
    InvitationNotFound,
    MemberNotFound,
    OrganizationNotFound,
    OrganizationSlugTaken,
)
from accounts.domain.organizations.repositories.protocols import INVITATIONS, MEMBERS, ORGANIZATIONS
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.tenancy import TenantScope
from authsvc.storage.changes import since
from authsvc.storage.inserts import insert, parts_of
from authsvc.storage.paging import page_of_rows
from authsvc.storage.prepared import PreparedQuery
from authsvc.storage.rows import Row, first_of, values_of

# Read for each credential that an organization issues.
_ORGANIZATION: Final = PreparedQuery(lambda org_id: rows.Organization.objects.filter(pk=org_id))


class OrmOrganizationRepository:
    def add(self, organization: Organization) -> None:
        values = values_of(rows.Organization, organization)
        if not insert(rows.Organization, [values], unless_taken=("slug",)):
            raise OrganizationSlugTaken(slug=organization.slug)

    def get(self, org_id: OrganizationId, *, scope: TenantScope) -> Organization:
        return self._one(rows.Organization.objects.all(), org_id, scope)

    def even_deleted(self, org_id: OrganizationId) -> Organization:
        row = _ORGANIZATION.first(org_id)
        if row is None:
            raise OrganizationNotFound
        return _organization(row)

    def find_by_slug(self, slug: str, *, scope: TenantScope) -> Organization | None:
        row = _in_scope(rows.Organization.objects.filter(slug=slug), scope).first()
        return _organization(row) if row else None

    def get_for_update(self, org_id: OrganizationId, *, scope: TenantScope) -> Organization:
        return self._one(rows.Organization.objects.select_for_update(), org_id, scope)

    def save(self, organization: Organization, *, scope: TenantScope) -> None:
        scope.require(organization.id)
        stored = rows.Organization.objects.filter(pk=organization.id)
        stored.update(**values_of(rows.Organization, organization))

    def page_of(self, request: PageRequest, *, scope: TenantScope) -> Page[Organization]:
        organizations = _in_scope(rows.Organization.objects.all(), scope)
        return page_of_rows(organizations, request, ORGANIZATIONS, _organization)

    def for_user(self, user_id: UserId) -> list[OwnOrganization]:
        memberships = rows.OrgMembership.objects.filter(user_id=user_id).select_related("org")
        memberships = memberships.exclude(org__status=OrganizationStatus.DELETED)
        return [
            OwnOrganization(organization=_organization(row.org), role=OrgRole(row.role))
            for row in memberships.order_by("org__name", "org_id")
        ]

    def _one(
        self, organizations: QuerySet[rows.Organization], org_id: OrganizationId, scope: TenantScope
    ) -> Organization:
        organizations = _in_scope(organizations.filter(pk=org_id), scope)
        return _organization(first_of(organizations, missing=OrganizationNotFound))


class OrmMembershipRepository:
    def add(self, membership: OrgMembership, *, scope: TenantScope) -> None:
        scope.require(membership.org_id)
        values = values_of(rows.OrgMembership, membership)
        if not insert(rows.OrgMembership, [values], unless_taken=("user_id", "org_id")):
            raise AlreadyMember

    def get(self, org_id: OrganizationId, user_id: UserId, *, scope: TenantScope) -> OrgMembership:
        memberships = _members(org_id, scope).filter(user_id=user_id)
        return _membership(first_of(memberships, missing=MemberNotFound))

    def save(self, membership: OrgMembership, *, scope: TenantScope) -> None:
        scope.require(membership.org_id)
        stored = _members(membership.org_id, scope).filter(user_id=membership.user_id)
        stored.update(**values_of(rows.OrgMembership, membership))

    def remove(self, membership: OrgMembership, *, scope: TenantScope) -> None:
        scope.require(membership.org_id)
        _members(membership.org_id, scope).filter(user_id=membership.user_id).delete()

    def count_of(self, org_id: OrganizationId, role: OrgRole, *, scope: TenantScope) -> int:
        return _members(org_id, scope).filter(role=role).count()

    def page_of(
        self,
        org_id: OrganizationId,
        request: PageRequest,
        *,
        search: PersonSearch = EVERYONE,
        changed_since: datetime | None = None,
        scope: TenantScope,
    ) -> Page[Member]:
        members = _members(org_id, scope).filter(found_by(search, user="user__"))
        members = members.filter(since(changed_since, "changed_at", "joined_at"))
        members = members.select_related("user")
        return page_of_rows(members, request, MEMBERS, _member)

    def emails_in(
        self, org_id: OrganizationId, *, role: OrgRole | None = None, scope: TenantScope
    ) -> frozenset[str]:
        members = _members(org_id, scope)
        if role is not None:
            members = members.filter(role=role)
        return frozenset(members.values_list("user__email", flat=True))


class OrmInvitationRepository:
    def save(self, invitation: Invitation, *, scope: TenantScope) -> None:
        self.save_all(invitation.org_id, [invitation], scope=scope)

    def save_all(
        self, org_id: OrganizationId, invitations: Sequence[Invitation], *, scope: TenantScope
    ) -> None:
        scope.require(org_id)
        for part in parts_of(invitations):
            emails = [invitation.email for invitation in part]
            _invitations(org_id, scope).filter(email__in=emails).delete()
        insert(
            rows.Invitation, [values_of(rows.Invitation, invitation) for invitation in invitations]
        )

    def find(self, token_hash: str) -> Invitation | None:
        invitations = rows.Invitation.objects.filter(token_hash=token_hash)
        row = invitations.exclude(org__status=OrganizationStatus.DELETED).first()
        return _invitation(row) if row else None

    def get(
        self, org_id: OrganizationId, invitation_id: InvitationId, *, scope: TenantScope
    ) -> Invitation:
        invitations = _invitations(org_id, scope).filter(pk=invitation_id)
        return _invitation(first_of(invitations, missing=InvitationNotFound))

    def page_of(
        self, org_id: OrganizationId, request: PageRequest, *, scope: TenantScope
    ) -> Page[Invitation]:
        return page_of_rows(_invitations(org_id, scope), request, INVITATIONS, _invitation)

    def remove(self, invitation: Invitation, *, scope: TenantScope) -> bool:
        scope.require(invitation.org_id)
        stored = _invitations(invitation.org_id, scope).filter(pk=invitation.id)
        return bool(stored.delete()[0])

    def remove_expired(self, *, before: datetime) -> int:
        return rows.Invitation.objects.filter(expires_at__lt=before).delete()[0]


def _in_scope(
    organizations: QuerySet[rows.Organization], scope: TenantScope
) -> QuerySet[rows.Organization]:
    existing = organizations.exclude(status=OrganizationStatus.DELETED)
    return existing if scope.is_all_tenants else existing.filter(pk__in=list(scope.organizations))


def _members(org_id: OrganizationId, scope: TenantScope) -> QuerySet[rows.OrgMembership]:
    return _of(org_id, rows.OrgMembership.objects.all(), scope)


def _invitations(org_id: OrganizationId, scope: TenantScope) -> QuerySet[rows.Invitation]:
    return _of(org_id, rows.Invitation.objects.all(), scope)


def _of(org_id: OrganizationId, owned: QuerySet[Row], scope: TenantScope) -> QuerySet[Row]:
    return owned.filter(org_id=org_id) if scope.covers(org_id) else owned.none()


def _organization(row: rows.Organization) -> Organization:
    return Organization(
        id=OrganizationId(row.id),
        name=row.name,
        slug=row.slug,
        plan=Plan(row.plan),
        status=OrganizationStatus(row.status),
        created_at=row.created_at,
        url=row.url,
        description=row.description,
        image_url=row.image_url,
    )


def _membership(row: rows.OrgMembership) -> OrgMembership:
    return OrgMembership(
        org_id=OrganizationId(row.org_id),
        user_id=UserId(row.user_id),
        role=OrgRole(row.role),
        joined_at=row.joined_at,
        changed_at=row.changed_at,
    )


def _member(row: rows.OrgMembership) -> Member:
    return Member(membership=_membership(row), email=row.user.email, name=row.user.name)


def _invitation(row: rows.Invitation) -> Invitation:
    return Invitation(
        id=InvitationId(row.id),
        org_id=OrganizationId(row.org_id),
        email=row.email,
        role=OrgRole(row.role),
        token_hash=row.token_hash,
        invited_by=UserId(row.invited_by) if row.invited_by else None,
        created_at=row.created_at,
        expires_at=row.expires_at,
    )
