"""Audit log verification: finds entries that were changed, removed or added afterwards."""

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.domain.access import OrganizationId
from accounts.domain.audit.entities import AuditEntry, AuditHead


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFlaw:
    """A flaw in the chain of an organization, or of the platform if `org_id` is None."""

    org_id: OrganizationId | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditReport:
    """The result of a verification. `entries` is the number of entries according to the heads."""

    chains: int
    entries: int
    flaws: tuple[AuditFlaw, ...]


def broken_link(entries: Iterable[AuditEntry], head: AuditHead) -> str:
    """What is wrong with a chain up to its head; empty if it is intact. Later entries are ignored."""
    if not head.sequence:
        return "its head is missing"
    previous = AuditHead(org_id=head.org_id)
    for entry in entries:
        sequence = previous.sequence + 1
        if entry.sequence != sequence:
            return f"entry {sequence} is missing"
        if entry.previous_hash != previous.hash:
            return f"entry {sequence} does not follow from the one before"
        if entry.hash != entry.computed_hash():
            return f"entry {sequence} was changed"
        if sequence == head.sequence:
            return "" if entry.hash == head.hash else "it ends with another entry"
        previous = previous.after(entry)
    return f"entry {previous.sequence + 1} is missing"
