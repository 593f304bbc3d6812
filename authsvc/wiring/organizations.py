"""Who belongs to which organization, and what was done there."""

from functools import cached_property

from accounts.domain.services import (
    AuditReader,
    Gate,
    InvitationService,
    MemberListService,
    MemberService,
    OrganizationService,
)
from authsvc.wiring.accounts import Accounts


class Organizations(Accounts):
    @cached_property
    def gate(self) -> Gate:
        return Gate(organizations=self.repositories.organizations, audit_log=self.audit_log)

    @cached_property
    def audit_reader(self) -> AuditReader:
        return AuditReader(
            entries=self.repositories.audit_log,
            organizations=self.repositories.organizations,
            gate=self.gate,
            unit_of_work=self.unit_of_work,
        )

    @cached_property
    def organizations(self) -> OrganizationService:
        return OrganizationService(
            organizations=self.repositories.organizations,
            memberships=self.repositories.memberships,
            users=self.repositories.users,
            gate=self.gate,
            audit_log=self.audit_log,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def members(self) -> MemberService:
        return MemberService(
            organizations=self.repositories.organizations,
            memberships=self.repositories.memberships,
            users=self.repositories.users,
            gate=self.gate,
            audit_log=self.audit_log,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def invitations(self) -> InvitationService:
        return InvitationService(
            organizations=self.repositories.organizations,
            memberships=self.repositories.memberships,
            invitations=self.repositories.invitations,
            users=self.repositories.users,
            members=self.members,
            gate=self.gate,
            opaque_tokens=self.ports.opaque_tokens,
            mailer=self.ports.mailer,
            audit_log=self.audit_log,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def member_lists(self) -> MemberListService:
        return MemberListService(
            memberships=self.repositories.memberships,
            users=self.repositories.users,
            members=self.members,
            invitations=self.invitations,
            email_addresses=self.ports.email_addresses,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )
