"""Proposed scores in the database."""

from collections.abc import Iterator, Sequence

from accounts.public import OrganizationId, UserId
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.verification import Stored
from authsvc.storage.inserts import insert
from authsvc.storage.rows import values_of
from authsvc.storage.tenancy import owned_within
from authsvc.storage.verification import stored_rows
from courses.public import QuestionId
from progress import models as rows
from progress.domain.entities.attempts import AttemptId
from progress.domain.entities.grades import GradeProposalId
from progress.domain.entities.proposals import GradeProposal


class OrmGradeProposalRepository:
    def add(self, proposals: Sequence[GradeProposal], *, scope: TenantScope) -> int:
        for proposal in proposals:
            scope.require(proposal.org_id)
        return insert(
            rows.GradeProposal,
            [values_of(rows.GradeProposal, proposal) for proposal in proposals],
            unless_taken=("attempt_id", "question_id", "criterion"),
        )

    def of_attempt(self, attempt_id: AttemptId, *, scope: TenantScope) -> list[GradeProposal]:
        stored = rows.GradeProposal.objects.filter(owned_within(scope), attempt_id=attempt_id)
        return [_proposal(row) for row in stored.order_by("created_at", "question_id", "criterion")]

    def in_order(self, *, scope: TenantScope) -> Iterator[Stored[GradeProposal]]:
        stored = rows.GradeProposal.objects.filter(owned_within(scope)).order_by("pk")
        return stored_rows(stored, _proposal, key=lambda row: row.pk)


def _proposal(row: rows.GradeProposal) -> GradeProposal:
    return GradeProposal(
        id=GradeProposalId(row.id),
        attempt_id=AttemptId(row.attempt_id),
        org_id=OrganizationId(row.org_id) if row.org_id else None,
        question_id=QuestionId(row.question_id),
        criterion=row.criterion,
        score=row.score,
        max_score=row.max_score,
        reason=row.reason,
        provider=row.provider,
        model_id=row.model_id,
        prompt_template=row.prompt_template,
        prompt_version=row.prompt_version,
        cost_micro_usd=row.cost_micro_usd,
        interaction_id=row.interaction_id,
        requested_by=UserId(row.requested_by),
        created_at=row.created_at,
    )
