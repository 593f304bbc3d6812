"""Audit reader: queries and export of the audit log."""

from collections.abc import Iterator
from dataclasses import dataclass

from accounts.domain.access import OrganizationId, Principal, Right
from accounts.domain.audit.entities import AuditEntry, SubjectType
from accounts.domain.audit.repositories.protocols import AuditLogRepository
from accounts.domain.audit.services.verification import chain_of
from accounts.domain.organizations.repositories.protocols import OrganizationRepository
from accounts.domain.organizations.services.tenant_access import TenantAccess
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditReader:
    """Methods that take an `org_id` raise OrganizationNotFound if it is outside the caller's scope."""

    entries: AuditLogRepository
    organizations: OrganizationRepository
    tenant_access: TenantAccess
    unit_of_work: UnitOfWork

    def page_of(
        self, org_id: OrganizationId, request: PageRequest, *, by: Principal
    ) -> Page[AuditEntry]:
        """Return the entries of the organization, most recent first. Raises NotPermitted."""
        with self.unit_of_work.atomic():
            self._authorize(org_id, by)
            return self.entries.page_of(org_id, request, scope=by.tenant_scope)

    def export(self, org_id: OrganizationId, *, by: Principal) -> Iterator[AuditEntry]:
        """Return all entries of the organization, oldest first. Raises NotPermitted."""
        with self.unit_of_work.atomic():
            self._authorize(org_id, by)
        return chain_of(self.entries, org_id, scope=by.tenant_scope)

    def _authorize(self, org_id: OrganizationId, by: Principal) -> None:
        self.organizations.get(org_id, scope=by.tenant_scope)
        by.require(Right.READ_AUDIT, of=org_id)
        self.tenant_access.record_access(
            org_id, at=SubjectType.ORGANIZATION, subject_id=org_id, by=by
        )
