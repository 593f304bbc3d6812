"""The gate in the wall around an organization."""

from dataclasses import dataclass

from accounts.domain.access import OrganizationId, Principal, UserId
from accounts.domain.audit.entities import AuditAction, AuditSubject, SubjectType
from accounts.domain.audit.services.audit_log import AuditLog
from accounts.domain.organizations.entities import Organization
from accounts.domain.organizations.repositories.protocols import OrganizationRepository
from authsvc.kernel.tenancy import TenantScope


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantAccess:
    """What belongs to the platform has no gate: without an organization, everything here does nothing."""

    organizations: OrganizationRepository
    audit_log: AuditLog

    def record_access(
        self,
        org_id: OrganizationId | None,
        *,
        at: SubjectType,
        subject_id: object,
        by: Principal,
    ) -> None:
        """Record that somebody has looked into an organization that he is not in, as those who manage all may."""
        if org_id is not None and not by.is_in(org_id):
            subject = AuditSubject(at, str(subject_id), org_id)
            self.audit_log.record(AuditAction.LOOKED_INTO, subject, by=by)

    def require_open(self, org_id: OrganizationId | None, *, by: Principal) -> None:
        """Raises OrganizationNotFound, OrganizationSuspended."""
        if org_id is not None and not by.is_in(org_id):
            self.organizations.get(org_id, scope=by.tenant_scope).require_open()

    def organization(self, org_id: OrganizationId, *, by: Principal) -> Organization:
        """The organization, if the asker may see it. Raises OrganizationNotFound."""
        return self.organizations.get(org_id, scope=by.tenant_scope)

    def by_slug(self, slug: str, *, by: Principal) -> Organization | None:
        """The organization with this slug, if the asker may see it."""
        return self.organizations.find_by_slug(slug, scope=by.tenant_scope)

    def view_of(self, user_id: UserId) -> TenantScope:
        """Return the member scope of somebody who is not the caller, for what follows from acts of others."""
        found = self.organizations.for_user(user_id)
        return TenantScope.into(
            *(each.organization.id for each in found if each.organization.is_open)
        )
