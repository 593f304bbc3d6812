"""Reading the audit log, and proving it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from accounts.domain.entities import (
    AuditEntry,
    AuditHead,
    OrganizationId,
    Principal,
    Right,
    SubjectType,
)
from accounts.domain.repositories.protocols import AuditLogRepository, OrganizationRepository
from accounts.domain.services.gate import Gate
from authsvc.kernel.pages import Page, PageRequest
from authsvc.kernel.reach import Reach
from authsvc.kernel.unit_of_work import UnitOfWork

_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFlaw:
    """Where a chain cannot be believed, and why; without an organization it is that of the platform."""

    org_id: OrganizationId | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditReport:
    """`entries` is how many the chains should have, by their heads."""

    chains: int
    entries: int
    flaws: tuple[AuditFlaw, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditReader:
    """To read the log of one organization raises OrganizationNotFound for those who may not see it."""

    entries: AuditLogRepository
    organizations: OrganizationRepository
    gate: Gate
    unit_of_work: UnitOfWork

    def page_of(
        self, org_id: OrganizationId, request: PageRequest, *, by: Principal
    ) -> Page[AuditEntry]:
        """What was done in the organization, the last thing first. Raises NotPermitted."""
        with self.unit_of_work.atomic():
            self._enter(org_id, by)
            return self.entries.page_of(org_id, request, within=by.reach)

    def export(self, org_id: OrganizationId, *, by: Principal) -> Iterator[AuditEntry]:
        """All that was done in the organization, the first thing first. Raises NotPermitted."""
        with self.unit_of_work.atomic():
            self._enter(org_id, by)
        return self._chain(org_id, within=by.reach)

    def verify(self, *, by: Principal) -> AuditReport:
        """Walk every chain up to its head. Raises NotPermitted."""
        by.require(Right.MANAGE_ORGANIZATIONS)
        heads = self.entries.heads(within=by.reach)
        reasons = [(head.org_id, self._flaw_in(head, within=by.reach)) for head in heads]
        return AuditReport(
            chains=len(heads),
            entries=sum(head.sequence for head in heads),
            flaws=tuple(AuditFlaw(org_id=org_id, reason=why) for org_id, why in reasons if why),
        )

    def _enter(self, org_id: OrganizationId, by: Principal) -> None:
        self.organizations.get(org_id, within=by.reach)
        by.require(Right.READ_AUDIT, of=org_id)
        self.gate.note_look(org_id, at=SubjectType.ORGANIZATION, subject_id=org_id, by=by)

    def _flaw_in(self, head: AuditHead, *, within: Reach) -> str:
        """What is wrong with a chain; nothing when it holds."""
        try:
            return _broken_link(self._chain(head.org_id, within=within), head)
        except ValueError as error:
            return f"an entry cannot be read: {error}"

    def _chain(self, org_id: OrganizationId | None, *, within: Reach) -> Iterator[AuditEntry]:
        last = 0
        while True:
            found = self.entries.following(org_id, after=last, limit=_AT_ONCE, within=within)
            yield from found
            if len(found) < _AT_ONCE:
                return
            last = found[-1].sequence


def _broken_link(entries: Iterable[AuditEntry], head: AuditHead) -> str:
    """What is wrong with a chain up to its head as it was; what has been added since is let be."""
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
