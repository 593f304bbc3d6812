"""Comparison of proposed scores with what the audit log recorded when they were stored."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from accounts.public import AuditBindings, SubjectType
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.verification import (
    Finding,
    FindingKind,
    Stored,
    Tally,
    content_hash_of,
    missing,
)
from progress.domain.entities.proposals import GradeProposal
from progress.domain.repositories.protocols.proposals import GradeProposalRepository

PROPOSALS: Final = "progress_gradeproposal"


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeProposalCheck:
    """Verifies that every proposed score has the hash that the audit log recorded."""

    name: ClassVar[str] = "grade-proposals"

    proposals: GradeProposalRepository
    bindings: AuditBindings

    def findings(self, tally: Tally, *, scope: TenantScope) -> Iterator[Finding]:
        recorded = self.bindings.parts(SubjectType.ATTEMPT, scope=scope)
        for row in self.proposals.in_order(scope=scope):
            tally.count(PROPOSALS)
            if defect := _defect_of(row, recorded.pop(str(row.id), None)):
                kind, detail = defect
                yield Finding(kind=kind, table=PROPOSALS, id=str(row.id), detail=detail)
        for proposal_id in sorted(recorded):
            yield missing(PROPOSALS, proposal_id, log="audit log")


def _defect_of(row: Stored[GradeProposal], sha256: str | None) -> tuple[FindingKind, str] | None:
    if sha256 is None:
        return FindingKind.UNRECORDED, "no entry of the audit log records it"
    if row.item is None:
        return FindingKind.UNREADABLE, row.fault
    if content_hash_of(row.item) != sha256:
        return FindingKind.CHANGED, "it is not what the audit log recorded"
    return None
