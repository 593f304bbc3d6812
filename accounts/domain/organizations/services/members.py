"""Member service: memberships in organizations and their roles."""

from dataclasses import dataclass, replace
from datetime import datetime

from accounts.domain.access import OrganizationId, OrgRole, Principal, Right, UserId
from accounts.domain.audit.entities import AuditAction, AuditSubject, Members, SubjectType
from accounts.domain.audit.services.audit_log import AuditLog
from accounts.domain.identity.entities.users import PersonSearch, User
from accounts.domain.identity.errors import UnverifiedUser
from accounts.domain.identity.repositories.protocols import UserRepository
from accounts.domain.identity.services.mail_budgets import MailBudgets
from accounts.domain.identity.services.users import EmailService
from accounts.domain.mail.entities import MailKind
from accounts.domain.mail.services.outbox import NOTICE_LIFETIME, Message
from accounts.domain.organizations.entities import Member, Organization, OrgMembership
from accounts.domain.organizations.errors import (
    AlreadyMember,
    InvitationNeeded,
    LastOwner,
    MemberNotFound,
)
from accounts.domain.organizations.repositories.protocols import (
    MembershipRepository,
    OrganizationRepository,
)
from accounts.domain.organizations.services.outgoing_events import (
    membership_added,
    membership_changed,
    membership_removed,
)
from accounts.domain.organizations.services.tenant_access import TenantAccess
from authsvc.events.services.outbox import EventOutbox
from authsvc.kernel.clock import Clock
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.preconditions import UNCONDITIONAL, Precondition
from authsvc.kernel.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberService:
    """All methods raise OrganizationNotFound outside the caller's scope; changes raise OrganizationSuspended.

    Changes to one organization are serialized, so two owners cannot demote each other at the same time.
    """

    organizations: OrganizationRepository
    memberships: MembershipRepository
    users: UserRepository
    emails: EmailService
    mail_budgets: MailBudgets
    tenant_access: TenantAccess
    audit_log: AuditLog
    events: EventOutbox
    unit_of_work: UnitOfWork
    clock: Clock

    def page_of(
        self,
        org_id: OrganizationId,
        request: PageRequest,
        *,
        search: str = "",
        changed_since: datetime | None = None,
        by: Principal,
    ) -> Page[Member]:
        """Return those with *search* in their name or e-mail address, in the order they joined.

        With *changed_since*, those who joined or got another role since then. Raises NotPermitted.
        """
        with self.unit_of_work.atomic():
            self.tenant_access.require_to_list(
                org_id, Right.SEE_MEMBERS, of=SubjectType.MEMBER, by=by
            )
            return self.memberships.page_of(
                org_id,
                request,
                search=PersonSearch(search),
                changed_since=changed_since,
                scope=by.tenant_scope,
            )

    def add(
        self, org_id: OrganizationId, user_id: UserId, *, role: OrgRole, by: Principal
    ) -> OrgMembership:
        """Add a user who has verified their e-mail address, and tell them. Needs Right.MANAGE_ORGANIZATIONS.

        Everybody else invites: an id is no consent.
        Raises NotPermitted, InvitationNeeded, UserNotFound, UnverifiedUser, AlreadyMember.
        """
        with self.unit_of_work.atomic():
            by = self.lock(org_id, by)
            require_right_to_assign(role, of=org_id, by=by)
            if not by.may(Right.MANAGE_ORGANIZATIONS):
                self._require_no_member(org_id, user_id, by)
                raise InvitationNeeded(org_id=org_id)
            user = self.users.get(user_id)
            if not (user.is_active and self.emails.has_verified(user)):
                raise UnverifiedUser
            return self.join(org_id, user, role=role, by=by)

    def get(self, org_id: OrganizationId, user_id: UserId, *, by: Principal) -> OrgMembership:
        """Raises NotPermitted, MemberNotFound."""
        with self.unit_of_work.atomic():
            self.tenant_access.require_to_list(
                org_id, Right.SEE_MEMBERS, of=SubjectType.MEMBER, by=by
            )
            return self.memberships.get(org_id, user_id, scope=by.tenant_scope)

    def assign(
        self,
        org_id: OrganizationId,
        user_id: UserId,
        *,
        role: OrgRole,
        if_match: Precondition = UNCONDITIONAL,
        by: Principal,
    ) -> OrgMembership:
        """Change the role of a member. Raises NotPermitted, MemberNotFound, LastOwner, PreconditionFailed."""
        with self.unit_of_work.atomic():
            by = self.lock(org_id, by)
            by.require(Right.ASSIGN_ROLES, of=org_id)
            before = self.memberships.get(org_id, user_id, scope=by.tenant_scope)
            if_match.require(before)
            if role is not OrgRole.OWNER:
                self._require_another_owner(before, by)
            after = before.with_role(role, at=self.clock.now())
            self.memberships.save(after, scope=by.tenant_scope)
            if after.role is not before.role:
                self.events.record(membership_changed(before, after, at=self.clock.now()))
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
        """Remove a member; members may remove themselves.

        Raises Impersonating, NotPermitted, MemberNotFound, LastOwner.
        """
        by.require_in_person()
        is_leaving = user_id == by.user_id
        with self.unit_of_work.atomic():
            by = self.lock(org_id, by)
            if not is_leaving:
                by.require(Right.MANAGE_MEMBERS, of=org_id)
            before = self.memberships.get(org_id, user_id, scope=by.tenant_scope)
            if not is_leaving and before.role in (OrgRole.OWNER, OrgRole.ADMIN):
                by.require(Right.ASSIGN_ROLES, of=org_id)
            self._require_another_owner(before, by)
            self.memberships.remove(before, scope=by.tenant_scope)
            self.events.record(membership_removed(before, at=self.clock.now()))
            self.audit_log.record(
                AuditAction.MEMBER_LEFT if is_leaving else AuditAction.MEMBER_REMOVED,
                _subject(before),
                by=by,
                because=reason,
                before=_members_of(before),
            )

    def lock(self, org_id: OrganizationId, by: Principal) -> Principal:
        """Lock an open organization for a change and return the caller with their current role in it.

        Raises OrganizationNotFound, OrganizationSuspended.
        """
        self.organizations.get_for_update(org_id, scope=by.tenant_scope).require_open()
        if by.user_id is None or not by.is_in(org_id):
            return by
        try:
            role = self.memberships.get(org_id, by.user_id, scope=by.tenant_scope).role
        except MemberNotFound:
            role = OrgRole.LEARNER
        return replace(by, memberships={**by.memberships, org_id: role})

    def join(
        self, org_id: OrganizationId, user: User, *, role: OrgRole, by: Principal
    ) -> OrgMembership:
        """Add a verified user to an organization that the caller has locked, and tell them. Raises AlreadyMember."""
        membership = OrgMembership(
            org_id=org_id, user_id=user.id, role=role, joined_at=self.clock.now()
        )
        self.memberships.add(membership, scope=by.tenant_scope)
        self.events.record(membership_added(membership))
        self.audit_log.record(
            AuditAction.MEMBER_ADDED, _subject(membership), by=by, after=_members_of(membership)
        )
        organization = self.organizations.get(org_id, scope=by.tenant_scope)
        message = member_added_message(organization, user, role)
        self.mail_budgets.queue([message], by=by, org_id=org_id)
        return membership

    def _require_no_member(self, org_id: OrganizationId, user_id: UserId, by: Principal) -> None:
        """Raises AlreadyMember."""
        try:
            self.memberships.get(org_id, user_id, scope=by.tenant_scope)
        except MemberNotFound:
            return
        raise AlreadyMember

    def _require_another_owner(self, membership: OrgMembership, by: Principal) -> None:
        """Raises LastOwner if this is the membership of the only owner."""
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


def member_added_message(organization: Organization, user: User, role: OrgRole) -> Message:
    """What a user is told whom a platform admin has made a member."""
    return Message(
        kind=MailKind.MEMBER_ADDED,
        recipient=user.email,
        names={"organization": organization.name},
        facts={"role": role.value},
        lifetime=NOTICE_LIFETIME,
    )


def require_right_to_assign(role: OrgRole, *, of: OrganizationId, by: Principal) -> None:
    """Require Right.MANAGE_MEMBERS and, for any role but learner, Right.ASSIGN_ROLES. Raises NotPermitted."""
    by.require(Right.MANAGE_MEMBERS, of=of)
    if role is not OrgRole.LEARNER:
        by.require(Right.ASSIGN_ROLES, of=of)
