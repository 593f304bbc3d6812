"""Repository protocols of the audit log."""

from typing import Final, Protocol

from accounts.domain.access import OrganizationId
from accounts.domain.audit.entities import AuditEntry, AuditHead
from authsvc.kernel.paging import Keyset, Page, PageRequest
from authsvc.kernel.tenancy import TenantScope

AUDIT_ENTRIES: Final = Keyset("audit-entries", {"sequence": int}, descends=True)


class AuditLogRepository(Protocol):
    def head_for_update(self, org_id: OrganizationId | None, *, scope: TenantScope) -> AuditHead:
        """The head of the chain, locked until the unit of work ends."""

    def append(self, entry: AuditEntry, *, scope: TenantScope) -> None:
        """Append an entry to its chain, whose head the caller has locked. Entries are never changed or deleted."""

    def page_of(
        self, org_id: OrganizationId | None, request: PageRequest, *, scope: TenantScope
    ) -> Page[AuditEntry]:
        """The entries of a chain, newest first."""

    def following(
        self, org_id: OrganizationId | None, *, after: int, limit: int, scope: TenantScope
    ) -> list[AuditEntry]:
        """At most *limit* entries of a chain with a higher sequence than *after*, oldest first."""

    def heads(self, *, scope: TenantScope) -> list[AuditHead]:
        """The heads of all chains: the platform's first, then ordered by organization.

        A chain that has entries but no stored head has a head with sequence 0.
        """
