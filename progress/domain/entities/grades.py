"""Grades of assessment attempts: marks for answers, and points for the criteria of rubrics."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NewType
from uuid import UUID

from accounts.public import UserId
from courses.public import Question, QuestionId

GradeProposalId = NewType("GradeProposalId", UUID)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class CriterionScore:
    """Points for one criterion of a rubric."""

    criterion: str
    score: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Points for one answer, with the grader's comment; `criteria` are the points by criterion, if they were stated."""

    question_id: QuestionId
    score: int
    comment: str = ""
    criteria: tuple[CriterionScore, ...] = ()

    @property
    def content(self) -> list[object]:
        """Its members, as they are hashed; marks without criteria are hashed as before there were any."""
        by_criterion = {one.criterion: one.score for one in self.criteria}
        return [
            self.question_id,
            self.score,
            self.comment,
            *([by_criterion] if by_criterion else []),
        ]

    def score_for(self, criterion: str) -> int | None:
        """Return the points for a criterion, or None if they were not stated."""
        return next((one.score for one in self.criteria if one.criterion == criterion), None)

    @property
    def sorted(self) -> "Mark":
        """The mark with its criteria by key."""
        return replace(self, criteria=tuple(sorted(self.criteria)))

    def follows(self, question: Question) -> bool:
        """Whether its criteria are those of the rubric, each with possible points, and add up to the score.

        They may be left out unless a criterion has levels.
        """
        if not self.criteria:
            return not question.has_levels
        rubric = {criterion.key: criterion for criterion in question.rubric}
        is_complete = sorted(one.criterion for one in self.criteria) == sorted(rubric)
        return (
            is_complete
            and all(rubric[one.criterion].allows(one.score) for one in self.criteria)
            and sum(one.score for one in self.criteria) == self.score
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalReference:
    """A proposed score that existed when an attempt was graded, and the model that proposed it."""

    id: GradeProposalId
    provider: str
    model_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """One grading. The last one counts; earlier ones are kept. `graded_by` is None for automatic scoring.

    `proposals` are those that the grader could see. The marks are the grader's own.
    """

    marks: tuple[Mark, ...]
    graded_at: datetime
    graded_by: UserId | None
    reason: str = ""
    proposals: tuple[ProposalReference, ...] = ()

    @property
    def content(self) -> Mapping[str, object]:
        """Its members, as they are hashed; grades without proposals are hashed as before there were any."""
        proposals = [[one.id, one.provider, one.model_id] for one in self.proposals]
        return {
            **({"proposals": proposals} if proposals else {}),
            "marks": [mark.content for mark in self.marks],
            "graded_at": self.graded_at,
            "graded_by": self.graded_by,
            "reason": self.reason,
        }

    @property
    def score(self) -> int:
        return sum(mark.score for mark in self.marks)

    def mark_of(self, question_id: QuestionId) -> Mark | None:
        """Return the mark of the question, if there is one."""
        return next((mark for mark in self.marks if mark.question_id == question_id), None)
