"""What an assessment is on paper, before it is in any authsvc."""

from dataclasses import dataclass
from uuid import UUID, uuid5

from courses.domain.entities.assessments import (
    AnswerKey,
    Assessment,
    AssessmentId,
    AssessmentType,
    Choice,
    Criterion,
    LatePolicy,
    Question,
    QuestionId,
    QuestionKind,
    ScoringModel,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionDefinition:
    """A question as an author writes it down; its id follows from its key."""

    key: str
    kind: QuestionKind
    prompt: str
    max_score: int = 1
    choices: tuple[Choice, ...] = ()
    answer_key: AnswerKey | None = None
    rubric: tuple[Criterion, ...] = ()

    @classmethod
    def of(cls, question: Question) -> "QuestionDefinition":
        return cls(
            key=question.key,
            kind=question.kind,
            prompt=question.prompt,
            max_score=question.max_score,
            choices=question.choices,
            answer_key=question.answer_key,
            rubric=question.rubric,
        )

    def question_for(self, assessment_id: AssessmentId, *, position: int) -> Question:
        return Question(
            id=QuestionId(uuid5(assessment_id, f"question:{self.key}")),
            position=position,
            key=self.key,
            kind=self.kind,
            prompt=self.prompt,
            max_score=self.max_score,
            choices=self.choices,
            answer_key=self.answer_key,
            rubric=self.rubric,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentDefinition:
    """An assessment as an author writes it down; its id follows from the key of its item."""

    questions: tuple[QuestionDefinition, ...]
    type: AssessmentType = AssessmentType.QUIZ
    scoring: ScoringModel = ScoringModel.AUTO
    pass_percent: int = 60
    attempt_limit: int | None = None
    time_limit_minutes: int | None = None
    late: LatePolicy = LatePolicy.REFUSE

    @classmethod
    def of(cls, assessment: Assessment) -> "AssessmentDefinition":
        return cls(
            questions=tuple(QuestionDefinition.of(each) for each in assessment.questions),
            type=assessment.type,
            scoring=assessment.scoring,
            pass_percent=assessment.pass_percent,
            attempt_limit=assessment.attempt_limit,
            time_limit_minutes=assessment.time_limit_minutes,
            late=assessment.late,
        )

    def assessment_for(self, course_id: UUID, *, item_key: str) -> Assessment:
        assessment_id = AssessmentId(uuid5(course_id, f"assessment:{item_key}"))
        return Assessment(
            id=assessment_id,
            type=self.type,
            scoring=self.scoring,
            pass_percent=self.pass_percent,
            questions=tuple(
                question.question_for(assessment_id, position=position)
                for position, question in enumerate(self.questions, start=1)
            ),
            attempt_limit=self.attempt_limit,
            time_limit_minutes=self.time_limit_minutes,
            late=self.late,
        )
