"""Tenant access: which organizations a caller may enter, and a record of access from outside."""

from dataclasses import dataclass

from accounts.domain.access import OrganizationId, Principal, Right, UserId
from accounts.domain.audit.entities import AuditAction, AuditSubject, SubjectType
from accounts.domain.audit.services.audit_log import AuditLog
from accounts.domain.organizations.entities import Organization
from accounts.domain.organizations.repositories.protocols import OrganizationRepository
from authsvc.kernel.tenancy import TenantScope


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantAccess:
    """Access to organizations. What belongs to the platform is open: `org_id=None` passes every check unrecorded."""

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
        """Record in the audit log that someone accessed an organization they are not a member of."""
        if org_id is not None and not by.is_in(org_id):
            subject = AuditSubject(at, str(subject_id), org_id)
            self.audit_log.record(AuditAction.LOOKED_INTO, subject, by=by)

    def require_to_list(
        self, org_id: OrganizationId, right: Right, *, of: SubjectType, by: Principal
    ) -> None:
        """Check the right to list something of an organization, and record access from outside.

        Raises OrganizationNotFound, NotPermitted.
        """
        self.organizations.get(org_id, scope=by.tenant_scope)
        by.require(right, of=org_id)
        self.record_access(org_id, at=of, subject_id="all", by=by)

    def require_open(self, org_id: OrganizationId | None, *, by: Principal) -> None:
        """Raises OrganizationNotFound, OrganizationSuspended."""
        if org_id is not None and not by.is_in(org_id):
            self.organizations.get(org_id, scope=by.tenant_scope).require_open()

    def organization(self, org_id: OrganizationId, *, by: Principal) -> Organization:
        """Return the organization if it is in the caller's scope. Raises OrganizationNotFound."""
        return self.organizations.get(org_id, scope=by.tenant_scope)

    def even_deleted(self, org_id: OrganizationId) -> Organization:
        """Return an organization whatever its status, to name who issued a credential. Raises OrganizationNotFound."""
        return self.organizations.even_deleted(org_id)

    def by_slug(self, slug: str, *, by: Principal) -> Organization | None:
        """Return the organization with this slug if it is in the caller's scope."""
        return self.organizations.find_by_slug(slug, scope=by.tenant_scope)

    def member_scope_of(self, user_id: UserId) -> TenantScope:
        """Return the open organizations of a user who is not the caller, to act on their behalf."""
        memberships = self.organizations.for_user(user_id)
        return TenantScope.into(
            *(own.organization.id for own in memberships if own.organization.is_open)
        )
