"""Invitation service: join an organization by e-mail."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import uuid4

from accounts.domain.access import OrganizationId, OrgRole, Principal, Right, UserId
from accounts.domain.audit.entities import AuditAction, AuditSubject, SubjectType
from accounts.domain.audit.services.audit_log import AuditLog
from accounts.domain.identity.errors import VerifiedEmailNeeded
from accounts.domain.identity.ports import OpaqueTokens
from accounts.domain.identity.repositories.protocols import UserRepository
from accounts.domain.identity.services.mail_budgets import MailBudgets
from accounts.domain.identity.services.users import EmailService
from accounts.domain.mail.entities import MailKind
from accounts.domain.mail.services.outbox import Message, Outbox
from accounts.domain.organizations.entities import (
    INVITATION_LIFETIME,
    Invitation,
    InvitationId,
    InvitationStanding,
    OfferedInvitation,
    Organization,
    OrgMembership,
    OwnOrganization,
)
from accounts.domain.organizations.errors import AlreadyMember, InvitationNotFound, MemberNotFound
from accounts.domain.organizations.repositories.protocols import (
    InvitationRepository,
    MembershipRepository,
    OrganizationRepository,
)
from accounts.domain.organizations.services.members import MemberService, require_right_to_assign
from accounts.domain.organizations.services.outgoing_events import membership_added
from accounts.domain.organizations.services.tenant_access import TenantAccess
from authsvc.events.services.outbox import EventOutbox
from authsvc.kernel.clock import Clock
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationService:
    """An invitation can be accepted once, within INVITATION_LIFETIME, by the user who has verified its address."""

    organizations: OrganizationRepository
    memberships: MembershipRepository
    invitations: InvitationRepository
    users: UserRepository
    emails: EmailService
    members: MemberService
    tenant_access: TenantAccess
    opaque_tokens: OpaqueTokens
    outbox: Outbox
    mail_budgets: MailBudgets
    audit_log: AuditLog
    events: EventOutbox
    unit_of_work: UnitOfWork
    clock: Clock

    def invite(
        self, org_id: OrganizationId, *, email: str, role: OrgRole, by: Principal
    ) -> Invitation:
        """Mail an invitation, which replaces any earlier one to this e-mail address.

        Raises OrganizationNotFound, OrganizationSuspended, NotPermitted, VerifiedEmailNeeded, AlreadyMember,
        MailBudgetSpent.
        """
        with self.unit_of_work.atomic():
            by = self.members.lock(org_id, by)
            require_right_to_assign(role, of=org_id, by=by)
            if email.lower() in self.memberships.emails_in(org_id, scope=by.tenant_scope):
                raise AlreadyMember
            (invitation,) = self.send(org_id, {email.lower(): role}.items(), by=by)
        return invitation

    def send(
        self,
        org_id: OrganizationId,
        invited: Collection[tuple[str, OrgRole]],
        *,
        by: Principal,
    ) -> list[Invitation]:
        """Invite each lower-case e-mail address, in an organization the caller has locked and may invite to.

        Raises VerifiedEmailNeeded unless the caller has verified their own address, and MailBudgetSpent.
        """
        self.emails.require_verified(by)
        organization = self.organizations.get(org_id, scope=by.tenant_scope)
        invitations, messages = [], []
        for email, role in invited:
            token = self.opaque_tokens.new()
            invitations.append(self._invitation(org_id, email, role, token, by))
            messages.append(self._message(email, organization, token))
        self.invitations.save_all(org_id, invitations, scope=by.tenant_scope)
        sent = [
            (AuditSubject.of(SubjectType.INVITATION, invitation), {"role": invitation.role.value})
            for invitation in invitations
        ]
        self.audit_log.record_each(AuditAction.INVITATION_SENT, sent, of=org_id, by=by)
        self.mail_budgets.queue(messages, by=by, org_id=org_id)
        return invitations

    def page_of(
        self, org_id: OrganizationId, request: PageRequest, *, by: Principal
    ) -> Page[Invitation]:
        """Return the pending invitations, oldest first. Raises OrganizationNotFound, NotPermitted."""
        with self.unit_of_work.atomic():
            self.tenant_access.require_to_list(
                org_id, Right.MANAGE_MEMBERS, of=SubjectType.INVITATION, by=by
            )
            return self.invitations.page_of(org_id, request, scope=by.tenant_scope)

    def cancel(self, org_id: OrganizationId, invitation_id: InvitationId, *, by: Principal) -> None:
        """Cancel an invitation.

        Raises OrganizationNotFound, OrganizationSuspended, NotPermitted, InvitationNotFound.
        """
        with self.unit_of_work.atomic():
            by = self.members.lock(org_id, by)
            by.require(Right.MANAGE_MEMBERS, of=org_id)
            invitation = self.invitations.get(org_id, invitation_id, scope=by.tenant_scope)
            self.invitations.remove(invitation, scope=by.tenant_scope)
            self.audit_log.record(
                AuditAction.INVITATION_TAKEN_BACK,
                AuditSubject.of(SubjectType.INVITATION, invitation),
                by=by,
                after={"role": invitation.role.value},
            )

    def offered(self, token: str, *, by: Principal) -> OfferedInvitation:
        """Return what the invitation says, and what the caller can do with it.

        The link was mailed to the person who is invited, so whoever opens it may read this, signed in or not. Raises
        InvitationNotFound, also if the invitation was used, cancelled or replaced.
        """
        invitation = self._with_token(token)
        scope = TenantScope.into(invitation.org_id)
        organization = self.organizations.get(invitation.org_id, scope=scope)
        inviters = self.users.with_ids([invitation.invited_by] if invitation.invited_by else [])
        return OfferedInvitation(
            invitation=invitation,
            organization=organization,
            inviter=inviters[0].name if inviters else "",
            inviter_role=self._role_in(organization, inviters[0].id) if inviters else None,
            standing=self._standing(invitation, organization, by),
        )

    def decline(self, token: str, *, by: Principal) -> Organization:
        """Delete the invitation, for whoever opens its link, and return its organization.

        Raises Impersonating, InvitationNotFound.
        """
        by.require_in_person()
        with self.unit_of_work.atomic():
            invitation = self._with_token(token)
            scope = TenantScope.into(invitation.org_id)
            organization = self.organizations.get_for_update(invitation.org_id, scope=scope)
            if not self.invitations.remove(invitation, scope=scope):
                raise InvitationNotFound
            subject = AuditSubject.of(SubjectType.INVITATION, invitation)
            before = {"role": invitation.role.value}
            self.audit_log.record(AuditAction.INVITATION_DECLINED, subject, by=by, before=before)
        return organization

    def accept(self, token: str, *, by: Principal) -> OwnOrganization:
        """Accept the invitation and join its organization.

        Raises Impersonating, InvitationNotFound, VerifiedEmailNeeded, AlreadyMember.
        """
        by.require_in_person()
        with self.unit_of_work.atomic():
            invitation = self._pending(token, by)
            scope = TenantScope.into(invitation.org_id)
            organization = self.organizations.get_for_update(invitation.org_id, scope=scope)
            is_open = (
                organization.is_open
            )  # it may have been suspended while we waited for the lock
            if not is_open or not self.invitations.remove(invitation, scope=scope):
                raise InvitationNotFound
            membership = invitation.accepted(by.person, at=self.clock.now())
            self._join(membership, by=by)
        return OwnOrganization(organization=organization, role=invitation.role)

    def remove_expired(self) -> int:
        """Delete expired invitations and return their number."""
        with self.unit_of_work.atomic():
            return self.invitations.remove_expired(before=self.clock.now())

    def _with_token(self, token: str) -> Invitation:
        invitation = self.invitations.find(self.opaque_tokens.hash(token))
        if invitation is None:
            raise InvitationNotFound
        return invitation

    def _standing(
        self, invitation: Invitation, organization: Organization, by: Principal
    ) -> InvitationStanding:
        if not invitation.is_live(at=self.clock.now()):
            return InvitationStanding.EXPIRED
        if not organization.is_open:
            return InvitationStanding.SUSPENDED
        if by.user_id is None:
            return InvitationStanding.SIGNED_OUT
        user = self.users.get(by.user_id)
        if not invitation.is_for(user.email):
            return InvitationStanding.OTHER_ADDRESS
        if not self.emails.has_verified(user):
            return InvitationStanding.UNVERIFIED
        is_member = self._role_in(organization, user.id) is not None
        return InvitationStanding.MEMBER if is_member else InvitationStanding.OPEN

    def _role_in(self, organization: Organization, user_id: UserId) -> OrgRole | None:
        scope = TenantScope.into(organization.id)
        try:
            return self.memberships.get(organization.id, user_id, scope=scope).role
        except MemberNotFound:
            return None

    def _pending(self, token: str, by: Principal) -> Invitation:
        invitation = self._with_token(token)
        user = self.users.get(by.person)
        if not invitation.is_for(user.email):
            raise InvitationNotFound
        if not invitation.is_live(at=self.clock.now()):
            raise InvitationNotFound
        if not self.emails.has_verified(user):
            raise VerifiedEmailNeeded
        return invitation

    def _join(self, membership: OrgMembership, *, by: Principal) -> None:
        self.memberships.add(membership, scope=TenantScope.into(membership.org_id))
        self.events.record(membership_added(membership))
        subject = AuditSubject(SubjectType.MEMBER, str(membership.user_id), membership.org_id)
        after = {"role": membership.role.value}
        self.audit_log.record(AuditAction.INVITATION_ACCEPTED, subject, by=by, after=after)

    def _message(self, email: str, organization: Organization, token: str) -> Message:
        return Message(
            kind=MailKind.INVITATION,
            recipient=email,
            names={"organization": organization.name},
            facts={"link": self.outbox.url_of(f"/account/invitations/{token}/")},
            lifetime=INVITATION_LIFETIME,
        )

    def _invitation(
        self, org_id: OrganizationId, email: str, role: OrgRole, token: str, by: Principal
    ) -> Invitation:
        now = self.clock.now()
        return Invitation(
            id=InvitationId(uuid4()),
            org_id=org_id,
            email=email,
            role=role,
            token_hash=self.opaque_tokens.hash(token),
            invited_by=by.user_id,
            created_at=now,
            expires_at=now + INVITATION_LIFETIME,
        )
