"""Reviews of attempts: what the grade that counts gives for each question and criterion."""

from collections.abc import Iterator
from dataclasses import dataclass

from courses.public import Assessment, Criterion, Question
from progress.domain.entities.attempts import AssessmentAttempt
from progress.domain.entities.grades import Grade, Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionResult:
    """The points for a criterion of a rubric."""

    criterion: Criterion
    score: int

    @property
    def level(self) -> str:
        """The text of the level that was chosen; empty if the criterion has none."""
        level = self.criterion.level_for(self.score)
        return "" if level is None else level.text


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionResult:
    """The points for a question, and the feedback of its author."""

    question: Question
    mark: Mark

    @property
    def feedback(self) -> str:
        """Markdown, empty without any. It comes with a grade alone: before that it could give the answer away."""
        return self.question.feedback

    @property
    def criteria(self) -> tuple[CriterionResult, ...]:
        """The points by criterion in the order of the rubric; empty if the grader stated only the score."""
        scores = {one.criterion: one.score for one in self.mark.criteria}
        return tuple(
            CriterionResult(criterion=criterion, score=scores[criterion.key])
            for criterion in self.question.rubric
            if criterion.key in scores
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptReview:
    """An attempt with its points by question. There are none before it is graded."""

    attempt: AssessmentAttempt
    questions: tuple[QuestionResult, ...]

    @classmethod
    def of(cls, attempt: AssessmentAttempt, assessment: Assessment) -> "AttemptReview":
        grade = attempt.grade
        questions = () if grade is None else tuple(results_in(grade, assessment))
        return cls(attempt=attempt, questions=questions)


def results_in(grade: Grade, assessment: Assessment) -> Iterator[QuestionResult]:
    """Return what the grade gives, question by question."""
    for question in assessment.questions:
        mark = grade.mark_of(question.id)
        if mark is not None:
            yield QuestionResult(question=question, mark=mark)
