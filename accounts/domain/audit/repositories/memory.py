"""In-memory repositories of the audit log."""

from collections.abc import MutableMapping
from dataclasses import dataclass, field

from accounts.domain.access import OrganizationId
from accounts.domain.audit.entities import AuditEntry, AuditHead
from accounts.domain.audit.repositories.protocols import AUDIT_ENTRIES
from authsvc.kernel.paging import Page, PageRequest, page_in_memory
from authsvc.kernel.tenancy import TenantScope

Key = tuple[OrganizationId | None, int]


@dataclass(frozen=True, slots=True)
class InMemoryAuditLogRepository:
    heads_store: MutableMapping[OrganizationId | None, AuditHead] = field(default_factory=dict)
    store: MutableMapping[Key, AuditEntry] = field(default_factory=dict)

    def head_for_update(self, org_id: OrganizationId | None, *, scope: TenantScope) -> AuditHead:
        scope.require(org_id)
        return self.heads_store.get(org_id) or AuditHead(org_id=org_id)

    def append(self, entry: AuditEntry, *, scope: TenantScope) -> None:
        org_id = entry.act.org_id
        scope.require(org_id)
        self.store[org_id, entry.sequence] = entry
        self.heads_store[org_id] = AuditHead(org_id=org_id).after(entry)

    def page_of(
        self, org_id: OrganizationId | None, request: PageRequest, *, scope: TenantScope
    ) -> Page[AuditEntry]:
        return page_in_memory(self._chain(org_id, scope), request, AUDIT_ENTRIES)

    def following(
        self, org_id: OrganizationId | None, *, after: int, limit: int, scope: TenantScope
    ) -> list[AuditEntry]:
        entries = [entry for entry in self._chain(org_id, scope) if entry.sequence > after]
        return entries[:limit]

    def heads(self, *, scope: TenantScope) -> list[AuditHead]:
        chains = {*self.heads_store, *(chain for chain, _ in self.store)}
        visible = sorted(filter(scope.covers, chains), key=lambda chain: chain.hex if chain else "")
        return [self.heads_store.get(chain) or AuditHead(org_id=chain) for chain in visible]

    def _chain(self, org_id: OrganizationId | None, scope: TenantScope) -> list[AuditEntry]:
        if not scope.covers(org_id):
            return []
        entries = (entry for (chain, _), entry in self.store.items() if chain == org_id)
        return sorted(entries, key=lambda entry: entry.sequence)
