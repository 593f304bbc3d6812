"""Repository protocols of the audit log."""

from typing import Final, Protocol

from accounts.domain.access import OrganizationId
from accounts.domain.audit.entities import AuditEntry, AuditHead
from authsvc.kernel.paging import Keyset, Page, PageRequest
from authsvc.kernel.tenancy import TenantScope

AUDIT_ENTRIES: Final = Keyset("audit-entries", {"sequence": int}, descends=True)


class AuditLogRepository(Protocol):
    def head_for_update(self, org_id: OrganizationId | None, *, scope: TenantScope) -> AuditHead:
        """With what the chain ends; nobody else may add to it until the unit of work ends."""

    def append(self, entry: AuditEntry, *, scope: TenantScope) -> None:
        """Keep an entry at the end of its chain, for ever; its head was found for update."""

    def page_of(
        self, org_id: OrganizationId | None, request: PageRequest, *, scope: TenantScope
    ) -> Page[AuditEntry]:
        """The entries of a chain, the last one first."""

    def following(
        self, org_id: OrganizationId | None, *, after: int, limit: int, scope: TenantScope
    ) -> list[AuditEntry]:
        """At most so many entries of a chain after the one with this number, the first one first."""

    def heads(self, *, scope: TenantScope) -> list[AuditHead]:
        """With what every chain ends: that of the platform first, then by organization.

        One that has entries and no head ends with number 0.
        """
