"""Organization services: members, invitations, tenant access and the audit log."""

from functools import cached_property

from accounts.domain.organizations.services.audit_reader import AuditReader
from accounts.domain.organizations.services.invitations import InvitationService
from accounts.domain.organizations.services.member_lists import MemberListService
from accounts.domain.organizations.services.members import MemberService
from accounts.domain.organizations.services.organization_setup import OrganizationSetup
from accounts.domain.organizations.services.organizations import OrganizationService
from accounts.domain.organizations.services.recipients import Recipients
from accounts.domain.organizations.services.tenant_access import TenantAccess
from authsvc.composition.base import Expiring
from authsvc.composition.identity import IdentityServices


class OrganizationServices(IdentityServices):
    @property
    def expiring(self) -> dict[str, Expiring]:
        return super().expiring | {"invitation": self.invitations}

    @cached_property
    def tenant_access(self) -> TenantAccess:
        return TenantAccess(organizations=self.repositories.organizations, audit_log=self.audit_log)

    @cached_property
    def audit_reader(self) -> AuditReader:
        return AuditReader(
            entries=self.repositories.audit_log,
            organizations=self.repositories.organizations,
            tenant_access=self.tenant_access,
            unit_of_work=self.unit_of_work,
        )

    @cached_property
    def organizations(self) -> OrganizationService:
        return OrganizationService(
            organizations=self.repositories.organizations,
            memberships=self.repositories.memberships,
            users=self.repositories.users,
            emails=self.emails,
            mail_budgets=self.mail_budgets,
            policy=self.ports.organization_policy,
            tenant_access=self.tenant_access,
            audit_log=self.audit_log,
            events=self.event_outbox,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def members(self) -> MemberService:
        return MemberService(
            organizations=self.repositories.organizations,
            memberships=self.repositories.memberships,
            users=self.repositories.users,
            emails=self.emails,
            mail_budgets=self.mail_budgets,
            tenant_access=self.tenant_access,
            audit_log=self.audit_log,
            events=self.event_outbox,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def recipients(self) -> Recipients:
        return Recipients(
            users=self.repositories.users,
            memberships=self.repositories.memberships,
            emails=self.emails,
        )

    @cached_property
    def organization_setup(self) -> OrganizationSetup:
        return OrganizationSetup(
            organizations=self.organizations,
            invitations=self.invitations,
            users=self.repositories.users,
            emails=self.emails,
            unit_of_work=self.unit_of_work,
        )

    @cached_property
    def invitations(self) -> InvitationService:
        return InvitationService(
            organizations=self.repositories.organizations,
            memberships=self.repositories.memberships,
            invitations=self.repositories.invitations,
            users=self.repositories.users,
            emails=self.emails,
            members=self.members,
            tenant_access=self.tenant_access,
            opaque_tokens=self.ports.opaque_tokens,
            outbox=self.outbox,
            mail_budgets=self.mail_budgets,
            audit_log=self.audit_log,
            events=self.event_outbox,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def member_lists(self) -> MemberListService:
        return MemberListService(
            memberships=self.repositories.memberships,
            emails=self.emails,
            members=self.members,
            invitations=self.invitations,
            email_addresses=self.ports.email_addresses,
            unit_of_work=self.unit_of_work,
        )
