"""Comparison of proposed scores with what the audit log recorded when they were stored."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from accounts.public import AuditBindings, SubjectType, compared_rows
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.verification import Finding, Tally, content_hash_of
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
        rows = self.proposals.in_order(scope=scope)
        return compared_rows(rows, recorded, _has_hash, table=PROPOSALS, tally=tally)


def _has_hash(proposal: GradeProposal, sha256: str) -> bool:
    return content_hash_of(proposal) == sha256
