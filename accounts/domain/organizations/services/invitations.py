"""Inviting people to an organization by e-mail."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import uuid4

from accounts.domain.access import OrganizationId, OrgRole, Principal, Right
from accounts.domain.audit.entities import AuditAction, AuditSubject, SubjectType
from accounts.domain.audit.services.audit_log import AuditLog
from accounts.domain.identity.ports import OpaqueTokens
from accounts.domain.identity.repositories.protocols import UserRepository
from accounts.domain.organizations.entities import (
    INVITATION_LIVES,
    Invitation,
    InvitationId,
    Organization,
    OrgMembership,
    OwnOrganization,
)
from accounts.domain.organizations.errors import AlreadyMember, InvitationNotFound
from accounts.domain.organizations.ports import InvitationLetter, Mailer
from accounts.domain.organizations.repositories.protocols import (
    InvitationRepository,
    MembershipRepository,
    OrganizationRepository,
)
from accounts.domain.organizations.services.members import MemberService, require_right_to_give
from accounts.domain.organizations.services.tenant_access import TenantAccess
from authsvc.kernel.clock import Clock
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationService:
    """Whoever follows the link in the mail joins, if it was sent to his address: once, and within a week."""

    organizations: OrganizationRepository
    memberships: MembershipRepository
    invitations: InvitationRepository
    users: UserRepository
    members: MemberService
    tenant_access: TenantAccess
    opaque_tokens: OpaqueTokens
    mailer: Mailer
    audit_log: AuditLog
    unit_of_work: UnitOfWork
    clock: Clock

    def invite(
        self, org_id: OrganizationId, *, email: str, role: OrgRole, by: Principal
    ) -> Invitation:
        """Mail an invitation, in place of any other to this address.

        Raises OrganizationNotFound, OrganizationSuspended, NotPermitted, AlreadyMember.
        """
        with self.unit_of_work.atomic():
            by = self.members.enter(org_id, by)
            require_right_to_give(role, of=org_id, by=by)
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
        """Invite each of these lower-case addresses as that; the organization is locked, and the right checked."""
        organization = self.organizations.get(org_id, scope=by.tenant_scope)
        invitations, letters = [], []
        for email, role in invited:
            token = self.opaque_tokens.new()
            invitation = self._invitation(org_id, email, role, token, by)
            self.invitations.keep(invitation, scope=by.tenant_scope)
            self.audit_log.record(
                AuditAction.INVITATION_SENT,
                AuditSubject.of(SubjectType.INVITATION, invitation),
                by=by,
                after={"role": invitation.role.value},
            )
            invitations.append(invitation)
            letters.append(
                InvitationLetter(email=email, organization=organization.name, token=token)
            )
        self.unit_of_work.on_commit(lambda: self.mailer.send_invitations(letters))
        return invitations

    def page_of(
        self, org_id: OrganizationId, request: PageRequest, *, by: Principal
    ) -> Page[Invitation]:
        """Who has not answered yet, oldest first. Raises OrganizationNotFound, NotPermitted."""
        with self.unit_of_work.atomic():
            self.organizations.get(org_id, scope=by.tenant_scope)
            by.require(Right.MANAGE_MEMBERS, of=org_id)
            self.tenant_access.record_access(
                org_id, at=SubjectType.INVITATION, subject_id="all", by=by
            )
            return self.invitations.page_of(org_id, request, scope=by.tenant_scope)

    def take_back(
        self, org_id: OrganizationId, invitation_id: InvitationId, *, by: Principal
    ) -> None:
        """Raises OrganizationNotFound, OrganizationSuspended, NotPermitted, InvitationNotFound."""
        with self.unit_of_work.atomic():
            by = self.members.enter(org_id, by)
            by.require(Right.MANAGE_MEMBERS, of=org_id)
            invitation = self.invitations.get(org_id, invitation_id, scope=by.tenant_scope)
            self.invitations.remove(invitation, scope=by.tenant_scope)
            self.audit_log.record(
                AuditAction.INVITATION_TAKEN_BACK,
                AuditSubject.of(SubjectType.INVITATION, invitation),
                by=by,
                after={"role": invitation.role.value},
            )

    def offered(self, token: str, *, by: Principal) -> OwnOrganization:
        """To what the asker is invited with this token, and as what. Raises InvitationNotFound."""
        invitation = self._found(token, by)
        return OwnOrganization(organization=self._inviting(invitation), role=invitation.role)

    def accept(self, token: str, *, by: Principal) -> OwnOrganization:
        """Join. Raises InvitationNotFound, AlreadyMember."""
        with self.unit_of_work.atomic():
            invitation = self._found(token, by)
            scope = TenantScope.into(invitation.org_id)
            organization = self.organizations.get_for_update(invitation.org_id, scope=scope)
            is_open = organization.is_open  # it may have been closed while we waited for it
            if not is_open or not self.invitations.remove(invitation, scope=scope):
                raise InvitationNotFound
            membership = invitation.accepted(by.person, at=self.clock.now())
            self._join(membership, by=by)
        return OwnOrganization(organization=organization, role=invitation.role)

    def remove_expired(self) -> int:
        """Forget those that were never answered; answer how many."""
        with self.unit_of_work.atomic():
            return self.invitations.remove_expired(before=self.clock.now())

    def _found(self, token: str, by: Principal) -> Invitation:
        invitation = self.invitations.find(self.opaque_tokens.hash(token))
        email = self.users.get(by.person).email
        if invitation is None or not invitation.is_for(email):
            raise InvitationNotFound
        if not invitation.is_live(at=self.clock.now()):
            raise InvitationNotFound
        return invitation

    def _inviting(self, invitation: Invitation) -> Organization:
        return self.organizations.get(invitation.org_id, scope=TenantScope.into(invitation.org_id))

    def _join(self, membership: OrgMembership, *, by: Principal) -> None:
        self.memberships.add(membership, scope=TenantScope.into(membership.org_id))
        subject = AuditSubject(SubjectType.MEMBER, str(membership.user_id), membership.org_id)
        after = {"role": membership.role.value}
        self.audit_log.record(AuditAction.INVITATION_ACCEPTED, subject, by=by, after=after)

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
            expires_at=now + INVITATION_LIVES,
        )
