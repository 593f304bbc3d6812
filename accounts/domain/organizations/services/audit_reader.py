"""Audit reader: queries, export and verification of the audit log."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from accounts.domain.access import OrganizationId, Principal, Right
from accounts.domain.audit.entities import AuditEntry, AuditHead, SubjectType
from accounts.domain.audit.repositories.protocols import AuditLogRepository
from accounts.domain.audit.services.verification import AuditFlaw, AuditReport, broken_link
from accounts.domain.organizations.repositories.protocols import OrganizationRepository
from accounts.domain.organizations.services.tenant_access import TenantAccess
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.unit_of_work import UnitOfWork

_BATCH: Final = 500


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
        return self._chain(org_id, scope=by.tenant_scope)

    def verify(self, *, by: Principal) -> AuditReport:
        """Verify every chain up to its head. Raises NotPermitted."""
        by.require(Right.MANAGE_ORGANIZATIONS)
        heads = self.entries.heads(scope=by.tenant_scope)
        reasons = [(head.org_id, self._flaw_in(head, scope=by.tenant_scope)) for head in heads]
        return AuditReport(
            chains=len(heads),
            entries=sum(head.sequence for head in heads),
            flaws=tuple(
                AuditFlaw(org_id=org_id, reason=reason) for org_id, reason in reasons if reason
            ),
        )

    def _authorize(self, org_id: OrganizationId, by: Principal) -> None:
        self.organizations.get(org_id, scope=by.tenant_scope)
        by.require(Right.READ_AUDIT, of=org_id)
        self.tenant_access.record_access(
            org_id, at=SubjectType.ORGANIZATION, subject_id=org_id, by=by
        )

    def _flaw_in(self, head: AuditHead, *, scope: TenantScope) -> str:
        """Describe the first flaw in a chain; an empty string if it is intact."""
        try:
            return broken_link(self._chain(head.org_id, scope=scope), head)
        except ValueError as error:
            return f"an entry cannot be read: {error}"

    def _chain(self, org_id: OrganizationId | None, *, scope: TenantScope) -> Iterator[AuditEntry]:
        last = 0
        while True:
            batch = self.entries.following(org_id, after=last, limit=_BATCH, scope=scope)
            yield from batch
            if len(batch) < _BATCH:
                return
            last = batch[-1].sequence
