"""Proposed scores: what a language model proposes for the criteria of a rubric, beside the grade of a person."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from accounts.public import OrganizationId, UserId
from authsvc.kernel.canonical import checksum
from courses.public import QuestionId
from progress.domain.entities.attempts import AssessmentAttempt, AttemptId
from progress.domain.entities.grades import GradeProposalId, ProposalReference

LONGEST_REASON: Final = 1_000
"""Characters of the reason for a proposed score."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeProposal:
    """A proposed score for one criterion of one answer. It grades nothing, and never changes.

    `interaction_id` is the logged answer of the model, in an AI session of `requested_by`. `cost_micro_usd` is the
    price of that answer, which proposes scores for all criteria of the question, in millionths of a US dollar.
    """

    id: GradeProposalId
    attempt_id: AttemptId
    org_id: OrganizationId | None
    question_id: QuestionId
    criterion: str
    score: int
    max_score: int
    reason: str
    provider: str
    model_id: str
    prompt_template: str
    prompt_version: str
    cost_micro_usd: int
    interaction_id: UUID
    requested_by: UserId
    created_at: datetime

    @property
    def content_hash(self) -> str:
        """The SHA-256 of all of it, which binds it into the audit log."""
        return checksum(asdict(self))

    @property
    def reference(self) -> ProposalReference:
        """What the grade of the attempt states about it."""
        return ProposalReference(id=self.id, provider=self.provider, model_id=self.model_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class AssistedGrade:
    """The grade of an attempt for which models had proposed scores: the grader, and the models by provider and name."""

    attempt_id: AttemptId
    graded_by: UserId | None
    models: tuple[str, ...]

    @property
    def content(self) -> list[object]:
        """Its members, as they are hashed."""
        return [self.attempt_id, self.graded_by, list(self.models)]


def assistance_of(attempt: AssessmentAttempt) -> AssistedGrade | None:
    """Return who gave the grade that counts, and which models had proposed scores for it; None if none had."""
    grade = attempt.grade
    if grade is None or not grade.proposals:
        return None
    models = sorted({(one.provider, one.model_id) for one in grade.proposals})
    return AssistedGrade(
        attempt_id=attempt.id,
        graded_by=grade.graded_by,
        models=tuple(f"{provider}/{model_id}" for provider, model_id in models),
    )
