"""Audit log verification: finds entries that were changed, removed or added afterwards."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from accounts.domain.access import OrganizationId
from accounts.domain.audit.entities import AuditEntry, AuditHead
from accounts.domain.audit.repositories.protocols import AuditLogRepository
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.verification import Finding, FindingKind, Tally

ENTRIES: Final = "accounts_auditentry"
HEADS: Final = "accounts_audithead"
_BATCH: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLogCheck:
    """Verifies the hash chain of every audit log up to its head, and that nothing follows the head."""

    name: ClassVar[str] = "audit-log"

    entries: AuditLogRepository

    def findings(self, tally: Tally, *, scope: TenantScope) -> Iterator[Finding]:
        for head in self.entries.heads(scope=scope):
            tally.count(HEADS)
            try:
                yield from self._findings_in(head, tally, scope)
            except ValueError as error:
                detail = f"an entry cannot be read: {error}"
                yield _finding(FindingKind.UNREADABLE, head, ENTRIES, detail)

    def _findings_in(self, head: AuditHead, tally: Tally, scope: TenantScope) -> Iterator[Finding]:
        """Yield the first defect of a chain."""
        if not head.sequence:
            yield _finding(FindingKind.MISSING, head, HEADS, "its head is missing")
            return
        last = AuditHead(org_id=head.org_id)
        for entry in chain_of(self.entries, head.org_id, scope=scope):
            tally.count(ENTRIES)
            if defect := _defect_of(entry, last):
                yield _finding(defect[0], head, ENTRIES, defect[1])
                return
            last = last.after(entry)
        if last.sequence < head.sequence:
            detail = f"entry {last.sequence + 1} is missing"
            yield _finding(FindingKind.MISSING, head, ENTRIES, detail)
        elif last != head:
            yield _finding(FindingKind.HEAD_DIFFERS, head, HEADS, "it ends with another entry")


def chain_of(
    entries: AuditLogRepository, org_id: OrganizationId | None, *, scope: TenantScope
) -> Iterator[AuditEntry]:
    """Yield all entries of a chain, oldest first. Raises ValueError for one that cannot be read."""
    last = 0
    while True:
        batch = entries.following(org_id, after=last, limit=_BATCH, scope=scope)
        yield from batch
        if len(batch) < _BATCH:
            return
        last = batch[-1].sequence


def _defect_of(entry: AuditEntry, last: AuditHead) -> tuple[FindingKind, str] | None:
    """Return what is wrong with the entry that follows *last*, if anything is."""
    sequence = last.sequence + 1
    if entry.sequence != sequence:
        return FindingKind.MISSING, f"entry {sequence} is missing"
    if entry.previous_hash != last.hash:
        return FindingKind.UNLINKED, f"entry {sequence} does not follow from the one before"
    if entry.hash != entry.computed_hash():
        return FindingKind.CHANGED, f"entry {sequence} was changed"
    return None


def _finding(kind: FindingKind, head: AuditHead, table: str, detail: str) -> Finding:
    name = f"organization {head.org_id}" if head.org_id else "the platform"
    return Finding(kind=kind, table=table, id=name, detail=detail)
