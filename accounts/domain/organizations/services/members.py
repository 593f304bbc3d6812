"""Who belongs to an organization, and as what."""

from dataclasses import dataclass, replace

from accounts.domain.access import OrganizationId, OrgRole, Principal, Right, UserId
from accounts.domain.audit.entities import AuditAction, AuditSubject, Members, SubjectType
from accounts.domain.audit.services.audit_log import AuditLog
from accounts.domain.identity.repositories.protocols import UserRepository
from accounts.domain.organizations.entities import Member, OrgMembership
from accounts.domain.organizations.errors import LastOwner, MemberNotFound
from accounts.domain.organizations.repositories.protocols import (
    MembershipRepository,
    OrganizationRepository,
)
from accounts.domain.organizations.services.tenant_access import TenantAccess
from authsvc.kernel.clock import Clock
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberService:
    """Raises OrganizationNotFound for those who may not see the organization, OrganizationSuspended while it is closed.

    Changes to one organization take turns, so that of two owners who demote each other one is refused.
    """

    organizations: OrganizationRepository
    memberships: MembershipRepository
    users: UserRepository
    tenant_access: TenantAccess
    audit_log: AuditLog
    unit_of_work: UnitOfWork
    clock: Clock

    def page_of(
        self, org_id: OrganizationId, request: PageRequest, *, by: Principal
    ) -> Page[Member]:
        """Who is in the organization, by the moment of joining. Raises NotPermitted."""
        with self.unit_of_work.atomic():
            self.organizations.get(org_id, scope=by.tenant_scope)
            by.require(Right.SEE_MEMBERS, of=org_id)
            self.tenant_access.record_access(org_id, at=SubjectType.MEMBER, subject_id="all", by=by)
            return self.memberships.page_of(org_id, request, scope=by.tenant_scope)

    def add(
        self, org_id: OrganizationId, user_id: UserId, *, role: OrgRole, by: Principal
    ) -> OrgMembership:
        """Take a person in. Raises NotPermitted, UserNotFound, AlreadyMember."""
        with self.unit_of_work.atomic():
            by = self.enter(org_id, by)
            require_right_to_give(role, of=org_id, by=by)
            membership = OrgMembership(
                org_id=org_id,
                user_id=self.users.get(user_id).id,
                role=role,
                joined_at=self.clock.now(),
            )
            self.join(membership, AuditAction.MEMBER_ADDED, by=by)
        return membership

    def assign(
        self, org_id: OrganizationId, user_id: UserId, *, role: OrgRole, by: Principal
    ) -> OrgMembership:
        """Give a member another role. Raises NotPermitted, MemberNotFound, LastOwner."""
        with self.unit_of_work.atomic():
            by = self.enter(org_id, by)
            by.require(Right.ASSIGN_ROLES, of=org_id)
            before = self.memberships.get(org_id, user_id, scope=by.tenant_scope)
            if role is not OrgRole.OWNER:
                self._keep_an_owner(before, by)
            after = replace(before, role=role)
            self.memberships.save(after, scope=by.tenant_scope)
            self.audit_log.record(
                AuditAction.MEMBER_ROLE_CHANGED,
                _subject(after),
                by=by,
                before=_members_of(before),
                after=_members_of(after),
            )
        return after

    def remove(
        self, org_id: OrganizationId, user_id: UserId, *, reason: str = "", by: Principal
    ) -> None:
        """Send a member away, or leave oneself. Raises NotPermitted, MemberNotFound, LastOwner."""
        is_leaving = user_id == by.user_id
        with self.unit_of_work.atomic():
            by = self.enter(org_id, by)
            if not is_leaving:
                by.require(Right.MANAGE_MEMBERS, of=org_id)
            before = self.memberships.get(org_id, user_id, scope=by.tenant_scope)
            if not is_leaving and before.role in (OrgRole.OWNER, OrgRole.ADMIN):
                by.require(Right.ASSIGN_ROLES, of=org_id)
            self._keep_an_owner(before, by)
            self.memberships.remove(before, scope=by.tenant_scope)
            self.audit_log.record(
                AuditAction.MEMBER_LEFT if is_leaving else AuditAction.MEMBER_REMOVED,
                _subject(before),
                by=by,
                because=reason,
                before=_members_of(before),
            )

    def enter(self, org_id: OrganizationId, by: Principal) -> Principal:
        """Lock the open organization for a change; answer the asker with the role that he has there by now."""
        self.organizations.get_for_update(org_id, scope=by.tenant_scope).require_open()
        if by.user_id is None or not by.is_in(org_id):
            return by
        try:
            role = self.memberships.get(org_id, by.user_id, scope=by.tenant_scope).role
        except MemberNotFound:
            role = OrgRole.LEARNER
        return replace(by, memberships={**by.memberships, org_id: role})

    def join(self, membership: OrgMembership, action: AuditAction, *, by: Principal) -> None:
        """Keep the membership in an organization that is locked. Raises AlreadyMember."""
        self.memberships.add(membership, scope=by.tenant_scope)
        self.audit_log.record(action, _subject(membership), by=by, after=_members_of(membership))

    def _keep_an_owner(self, membership: OrgMembership, by: Principal) -> None:
        """Raises LastOwner if this membership is what gives the organization its only owner."""
        if membership.role is OrgRole.OWNER:
            owners = self.memberships.count_of(
                membership.org_id, OrgRole.OWNER, scope=by.tenant_scope
            )
            if owners == 1:
                raise LastOwner


def _subject(membership: OrgMembership) -> AuditSubject:
    return AuditSubject(SubjectType.MEMBER, str(membership.user_id), membership.org_id)


def _members_of(membership: OrgMembership) -> Members:
    return {"role": membership.role.value}


def require_right_to_give(role: OrgRole, *, of: OrganizationId, by: Principal) -> None:
    """Whoever manages members takes learners in; any other role is the owners' to give. Raises NotPermitted."""
    by.require(Right.MANAGE_MEMBERS, of=of)
    if role is not OrgRole.LEARNER:
        by.require(Right.ASSIGN_ROLES, of=of)
