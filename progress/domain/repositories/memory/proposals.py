"""Proposed scores in memory."""

from collections.abc import Iterator, MutableMapping, Sequence
from dataclasses import dataclass, field

from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.verification import Stored
from courses.public import QuestionId
from progress.domain.entities.attempts import AttemptId
from progress.domain.entities.proposals import GradeProposal

Key = tuple[AttemptId, QuestionId, str]


@dataclass(frozen=True, slots=True)
class InMemoryGradeProposalRepository:
    store: MutableMapping[Key, GradeProposal] = field(default_factory=dict)

    def add(self, proposals: Sequence[GradeProposal], *, scope: TenantScope) -> int:
        number = 0
        for proposal in proposals:
            scope.require(proposal.org_id)
            key = (proposal.attempt_id, proposal.question_id, proposal.criterion)
            number += key not in self.store
            self.store.setdefault(key, proposal)
        return number

    def of_attempt(self, attempt_id: AttemptId, *, scope: TenantScope) -> list[GradeProposal]:
        proposals = (
            proposal
            for proposal in scope.among(self.store.values())
            if proposal.attempt_id == attempt_id
        )
        return sorted(proposals, key=lambda one: (one.created_at, one.question_id, one.criterion))

    def in_order(self, *, scope: TenantScope) -> Iterator[Stored[GradeProposal]]:
        for proposal in sorted(scope.among(self.store.values()), key=lambda one: one.id):
            yield Stored(key=proposal.id, id=proposal.id, item=proposal)
