"""In-memory repositories of the audit log."""

from collections.abc import Iterator, MutableMapping, Sequence
from dataclasses import dataclass, field

from accounts.domain.access import OrganizationId
from accounts.domain.audit.entities import (
    BOUND,
    Anchor,
    AuditEntry,
    AuditHead,
    AuditSelection,
    SubjectType,
)
from accounts.domain.audit.repositories.protocols import AUDIT_ENTRIES
from authsvc.kernel.paging import Keyset, Page, PageRequest, page_in_memory
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.verification import Stored

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

    def append_all(
        self, org_id: OrganizationId | None, entries: Sequence[AuditEntry], *, scope: TenantScope
    ) -> None:
        scope.require(org_id)
        for entry in entries:
            self.append(entry, scope=scope)

    def page_of(
        self, org_id: OrganizationId | None, request: PageRequest, *, scope: TenantScope
    ) -> Page[AuditEntry]:
        return page_in_memory(self._chain(org_id, scope), request, AUDIT_ENTRIES)

    def selected(
        self, selection: AuditSelection, request: PageRequest, order: Keyset, *, scope: TenantScope
    ) -> Page[AuditEntry]:
        entries = (
            entry
            for (org_id, _), entry in self.store.items()
            if scope.covers(org_id) and selection.selects(entry)
        )
        return page_in_memory(entries, request, order)

    def following(
        self, org_id: OrganizationId | None, *, after: int, limit: int, scope: TenantScope
    ) -> list[AuditEntry]:
        entries = [entry for entry in self._chain(org_id, scope) if entry.sequence > after]
        return entries[:limit]

    def binding(
        self, subject_type: SubjectType, *, scope: TenantScope
    ) -> Iterator[Stored[AuditEntry]]:
        for entry in list(self.store.values()):
            is_covered = entry.act.subject_type is subject_type and scope.covers(entry.act.org_id)
            if is_covered and entry.act.after.keys() & {"version", BOUND}:
                yield Stored(key=entry.act.subject_id, id=str(entry.id), item=entry)

    def last_position(self) -> int:
        return len(self.store)

    def settled_position(self) -> int:
        return len(self.store)

    def hashes(self, *, after: int, up_to: int | None = None) -> Iterator[tuple[int, str]]:
        for position, entry in enumerate(list(self.store.values()), start=1):
            if after < position and (up_to is None or position <= up_to):
                yield position, entry.hash

    def count(self) -> int:
        return len(self.store)

    def heads(self, *, scope: TenantScope) -> list[AuditHead]:
        chains = {*self.heads_store, *(chain for chain, _ in self.store)}
        visible = sorted(filter(scope.covers, chains), key=lambda chain: chain.hex if chain else "")
        return [self.heads_store.get(chain) or AuditHead(org_id=chain) for chain in visible]

    def _chain(self, org_id: OrganizationId | None, scope: TenantScope) -> list[AuditEntry]:
        if not scope.covers(org_id):
            return []
        entries = (entry for (chain, _), entry in self.store.items() if chain == org_id)
        return sorted(entries, key=lambda entry: entry.sequence)


@dataclass(frozen=True, slots=True)
class InMemoryAnchorRepository:
    store: MutableMapping[int, Anchor] = field(default_factory=dict)

    def add(self, anchor: Anchor) -> bool:
        if anchor.sequence in self.store:
            return False
        self.store[anchor.sequence] = anchor
        return True

    def last(self) -> Anchor | None:
        return max(self.store.values(), key=lambda anchor: anchor.sequence, default=None)

    def in_order(self) -> Iterator[Anchor]:
        yield from sorted(self.store.values(), key=lambda anchor: anchor.sequence)
