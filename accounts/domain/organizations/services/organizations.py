"""Organization service: create, edit, suspend, reopen and delete."""

from dataclasses import dataclass
from uuid import uuid4

from accounts.domain.access import (
    OrganizationId,
    OrganizationStatus,
    OrgRole,
    Principal,
    Right,
    UserId,
)
from accounts.domain.audit.entities import AuditAction, AuditSubject, Members, SubjectType
from accounts.domain.audit.services.audit_log import AuditLog
from accounts.domain.identity.errors import UnverifiedUser
from accounts.domain.identity.repositories.protocols import UserRepository
from accounts.domain.identity.services.mail_budgets import MailBudgets
from accounts.domain.identity.services.users import EmailService
from accounts.domain.organizations.entities import (
    Organization,
    OrganizationChanges,
    OrganizationCreators,
    OrganizationPolicy,
    OrgMembership,
    OwnOrganization,
    Plan,
)
from accounts.domain.organizations.errors import OrganizationLimit
from accounts.domain.organizations.repositories.protocols import (
    MembershipRepository,
    OrganizationRepository,
)
from accounts.domain.organizations.services.members import member_added_message
from accounts.domain.organizations.services.outgoing_events import membership_added
from accounts.domain.organizations.services.tenant_access import TenantAccess
from authsvc.events.services.outbox import EventOutbox
from authsvc.kernel.clock import Clock
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.preconditions import UNCONDITIONAL, Precondition
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationService:
    """Methods that take an `org_id` raise OrganizationNotFound if it is outside the caller's scope."""

    organizations: OrganizationRepository
    memberships: MembershipRepository
    users: UserRepository
    emails: EmailService
    mail_budgets: MailBudgets
    policy: OrganizationPolicy
    tenant_access: TenantAccess
    audit_log: AuditLog
    events: EventOutbox
    unit_of_work: UnitOfWork
    clock: Clock

    def planned(self, name: str, slug: str) -> Organization:
        """A new organization, not stored yet. Raises UnsuitableOrganization."""
        return Organization(
            id=OrganizationId(uuid4()),
            name=name,
            slug=slug,
            plan=Plan.FREE,
            status=OrganizationStatus.ACTIVE,
            created_at=self.clock.now(),
        ).checked()

    def create(
        self, *, name: str, slug: str, owner_id: UserId | None = None, by: Principal
    ) -> Organization:
        """Create an organization owned by the caller or, with Right.MANAGE_ORGANIZATIONS, by another user.

        The other user must have verified their e-mail address, and is told.
        Raises UnsuitableOrganization, OrganizationSlugTaken, NotPermitted, UserNotFound, UnverifiedUser,
        VerifiedEmailNeeded, OrganizationLimit, MailBudgetSpent.
        """
        is_for_other = owner_id is not None and owner_id != by.user_id
        if is_for_other:
            by.require(Right.MANAGE_ORGANIZATIONS)
        organization = self.planned(name, slug)
        with self.unit_of_work.atomic():
            owner = self.users.get_for_update(owner_id or by.person)
            self._require_may_create(by)
            if is_for_other and not self.emails.has_verified(owner):
                raise UnverifiedUser
            self.organizations.add(organization)
            self._add_owner(organization, owner.id)
            after = {"name": name, "slug": slug, "owner": str(owner.id)}
            self.audit_log.record(
                AuditAction.ORGANIZATION_CREATED, _subject(organization), by=by, after=after
            )
            if is_for_other:
                message = member_added_message(organization, owner, OrgRole.OWNER)
                self.mail_budgets.queue([message], by=by, org_id=organization.id)
        return organization

    def create_without_owner(self, *, name: str, slug: str, by: Principal) -> Organization:
        """Create an organization whose owner is yet to be invited, in the unit of work of the caller.

        Raises UnsuitableOrganization, OrganizationSlugTaken, NotPermitted.
        """
        by.require(Right.MANAGE_ORGANIZATIONS)
        organization = self.planned(name, slug)
        with self.unit_of_work.atomic():
            self.organizations.add(organization)
            after = {"name": name, "slug": slug, "owner": None}
            self.audit_log.record(
                AuditAction.ORGANIZATION_CREATED, _subject(organization), by=by, after=after
            )
        return organization

    def get(self, org_id: OrganizationId, *, by: Principal) -> OwnOrganization:
        """Return the organization and the caller's role in it; access by non-members is audited."""
        with self.unit_of_work.atomic():
            organization = self.organizations.get(org_id, scope=by.tenant_scope)
            self.tenant_access.record_access(
                org_id, at=SubjectType.ORGANIZATION, subject_id=org_id, by=by
            )
        return OwnOrganization(organization=organization, role=by.memberships.get(org_id))

    def roles_of(self, user_id: UserId) -> dict[OrganizationId, OrgRole]:
        """Return the user's roles in active organizations."""
        return {
            own.organization.id: own.role
            for own in self.organizations.for_user(user_id)
            if own.organization.is_open and own.role is not None
        }

    def page_of(self, request: PageRequest, *, by: Principal) -> Page[OwnOrganization]:
        """Return the caller's organizations by name on one page; with Right.MANAGE_ORGANIZATIONS all, oldest first."""
        if not by.may(Right.MANAGE_ORGANIZATIONS):
            return Page(items=tuple(self._own_organizations(by)), next_cursor=None)
        page = self.organizations.page_of(request, scope=by.tenant_scope)
        items = tuple(
            OwnOrganization(organization=organization, role=by.memberships.get(organization.id))
            for organization in page.items
        )
        return Page(items=items, next_cursor=page.next_cursor)

    def edit(
        self,
        org_id: OrganizationId,
        changes: OrganizationChanges,
        *,
        if_match: Precondition = UNCONDITIONAL,
        by: Principal,
    ) -> Organization:
        """Change the name, what it publishes of itself or, with Right.MANAGE_ORGANIZATIONS, the plan.

        The precondition is about an `OwnOrganization`.
        Raises NotPermitted, OrganizationSuspended, UnsuitableOrganization, PreconditionFailed.
        """
        with self.unit_of_work.atomic():
            organization = self.organizations.get_for_update(org_id, scope=by.tenant_scope)
            by.require(Right.EDIT_ORGANIZATION, of=org_id)
            if changes.plan not in (None, organization.plan):
                by.require(Right.MANAGE_ORGANIZATIONS)
            organization.require_open()
            role = by.memberships.get(org_id)
            if_match.require(OwnOrganization(organization=organization, role=role))
            edited = organization.edited(changes)
            self._save(AuditAction.ORGANIZATION_EDITED, organization, edited, by=by)
        return edited

    def suspend(self, org_id: OrganizationId, *, reason: str, by: Principal) -> Organization:
        """End all members' access to the organization and to everything it owns. Raises NotPermitted."""
        with self.unit_of_work.atomic():
            organization = self.organizations.get_for_update(org_id, scope=by.tenant_scope)
            by.require(Right.MANAGE_ORGANIZATIONS)
            suspended = organization.suspended()
            action = AuditAction.ORGANIZATION_SUSPENDED
            self._save(action, organization, suspended, reason=reason, by=by)
        return suspended

    def reopen(self, org_id: OrganizationId, *, reason: str = "", by: Principal) -> Organization:
        """Reopen a suspended organization unchanged. Raises NotPermitted."""
        with self.unit_of_work.atomic():
            organization = self.organizations.get_for_update(org_id, scope=by.tenant_scope)
            by.require(Right.MANAGE_ORGANIZATIONS)
            reopened = organization.reopened()
            action = AuditAction.ORGANIZATION_REOPENED
            self._save(action, organization, reopened, reason=reason, by=by)
        return reopened

    def delete(self, org_id: OrganizationId, *, reason: str = "", by: Principal) -> None:
        """Delete the organization for good; learners keep the credentials they earned. Raises NotPermitted."""
        with self.unit_of_work.atomic():
            organization = self.organizations.get_for_update(org_id, scope=by.tenant_scope)
            by.require(Right.DELETE_ORGANIZATION, of=org_id)
            deleted = organization.deleted()
            action = AuditAction.ORGANIZATION_DELETED
            self._save(action, organization, deleted, reason=reason, by=by)

    def _require_may_create(self, by: Principal) -> None:
        """Raises NotPermitted, VerifiedEmailNeeded, OrganizationLimit."""
        if by.may(Right.MANAGE_ORGANIZATIONS):
            return
        if self.policy.creators is OrganizationCreators.STAFF:
            by.require(Right.MANAGE_ORGANIZATIONS)
        if self.policy.creators is OrganizationCreators.VERIFIED:
            self.emails.require_verified(by)
        own = self.organizations.for_user(by.person)
        if sum(owned.role is OrgRole.OWNER for owned in own) >= self.policy.most_per_person:
            raise OrganizationLimit(most=self.policy.most_per_person)

    def _add_owner(self, organization: Organization, owner_id: UserId) -> None:
        membership = OrgMembership(
            org_id=organization.id,
            user_id=owner_id,
            role=OrgRole.OWNER,
            joined_at=organization.created_at,
        )
        self.memberships.add(membership, scope=TenantScope.into(organization.id))
        self.events.record(membership_added(membership))

    def _own_organizations(self, by: Principal) -> list[OwnOrganization]:
        if by.user_id is not None:
            return self.organizations.for_user(by.user_id)
        return [self.get(org_id, by=by) for org_id in by.memberships]

    def _save(
        self,
        action: AuditAction,
        before: Organization,
        after: Organization,
        *,
        reason: str = "",
        by: Principal,
    ) -> None:
        self.organizations.save(after, scope=by.tenant_scope)
        self.audit_log.record(
            action,
            _subject(after),
            by=by,
            because=reason,
            before=_members_of(before),
            after=_members_of(after),
        )


def _subject(organization: Organization) -> AuditSubject:
    return AuditSubject(SubjectType.ORGANIZATION, str(organization.id), organization.id)


def _members_of(organization: Organization) -> Members:
    return {
        "name": organization.name,
        "plan": organization.plan.value,
        "status": organization.status.value,
        "url": organization.url,
        "description": organization.description,
        "image_url": organization.image_url,
    }
