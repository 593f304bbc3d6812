"""Assessment entities: questions, how they are scored, and the answers to them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, NewType
from uuid import UUID, uuid5

from courses.domain.entities.answer_texts import folded_text, number_in
from courses.domain.errors import QuestionNotFound, UnsuitableAnswer

AssessmentId = NewType("AssessmentId", UUID)
QuestionId = NewType("QuestionId", UUID)

NIL_ID: Final = UUID(int=0)
"""The id of content that is not part of a course yet (the Nil UUID, RFC 9562 §5.9)."""


class AssessmentType(StrEnum):
    QUIZ = "quiz"
    PROJECT = "project"
    EXAM = "exam"


class ScoringModel(StrEnum):
    """Automatic scoring, or graders with a rubric or without one."""

    AUTO = "auto"
    RUBRIC = "rubric"
    MANUAL = "manual"


class LatePolicy(StrEnum):
    """Whether answers submitted after the time limit are refused, or accepted and marked as late."""

    REFUSE = "refuse"
    MARK = "mark"


class QuestionKind(StrEnum):
    MCQ = "mcq"
    SHORT = "short"
    CODE = "code"
    FILE = "file"
    PEER = "peer"

    @property
    def is_auto_scored(self) -> bool:
        return self in (QuestionKind.MCQ, QuestionKind.SHORT)

    @property
    def asks_for(self) -> str:
        """The one member that an answer must have."""
        if self is QuestionKind.MCQ:
            return "choices"
        return "url" if self is QuestionKind.FILE else "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer to a question: the keys of choices, a text, or the URL of a file."""

    choices: frozenset[str] | None = None
    text: str | None = None
    url: str | None = None

    @property
    def given(self) -> set[str]:
        """The names of the members that have a value."""
        members = {"choices": self.choices, "text": self.text, "url": self.url}
        return {name for name, value in members.items() if value is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    key: str
    text: str
    is_right: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """How well an answer can meet a criterion, and the points for that. No other level of the criterion has them."""

    score: int
    text: str

    @property
    def key(self) -> str:
        """The points, which identify the level within its criterion."""
        return str(self.score)


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """A line of a rubric, and the points it is worth.

    Graders choose one of its `levels`, which stand in the order of their points, most first. Without any, all points
    from 0 on are possible.
    """

    key: str
    text: str
    max_score: int
    levels: tuple[Level, ...] = ()

    def allows(self, score: int) -> bool:
        """Whether graders can give these points."""
        if self.levels:
            return self.level_for(score) is not None
        return 0 <= score <= self.max_score

    def level_for(self, score: int | None) -> Level | None:
        """The level with these points, if there is one."""
        return next((level for level in self.levels if level.score == score), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerKey:
    """The right answers to a short question: texts, a number with a tolerance, numbers in a range.

    Texts are compared as keyboards write them (`folded_text`), numbers as decimals: 0.4 is within 0.1 of 0.3, which is
    not true of their floats. A range includes its ends and may have only one.
    """

    texts: tuple[str, ...] = ()
    number: float | None = None
    tolerance: float = 0.0
    minimum: float | None = None
    maximum: float | None = None
    allows_comma: bool = False
    keeps_case: bool = False
    ignores_space: bool = False

    def accepts(self, text: str) -> bool:
        return self._accepts_text(text) or self._accepts_number(text)

    def _accepts_text(self, text: str) -> bool:
        folded = self._folded(text)
        return bool(folded) and any(folded == self._folded(accepted) for accepted in self.texts)

    def _folded(self, text: str) -> str:
        return folded_text(text, keeps_case=self.keeps_case, ignores_space=self.ignores_space)

    def _accepts_number(self, text: str) -> bool:
        answer = number_in(text, allows_comma=self.allows_comma)
        if answer is None:
            return False
        return self._is_near(answer) or self._is_in_range(answer)

    def _is_near(self, answer: float) -> bool:
        if self.number is None:
            return False
        return abs(_decimal(answer) - _decimal(self.number)) <= _decimal(self.tolerance)

    def _is_in_range(self, answer: float) -> bool:
        if self.minimum is None and self.maximum is None:
            return False
        is_enough = self.minimum is None or answer >= self.minimum
        return is_enough and (self.maximum is None or answer <= self.maximum)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question. Only mcq has `choices`, only short an `answer_key`, only questions for graders a `rubric`.

    `feedback` is Markdown that can give the answer away: learners get it with their grade, and nowhere else.

    `id` and `position` are computed when the question becomes part of a course. They do not count for equality.
    """

    key: str
    kind: QuestionKind
    prompt: str
    max_score: int = 1
    choices: tuple[Choice, ...] = ()
    answer_key: AnswerKey | None = None
    rubric: tuple[Criterion, ...] = ()
    feedback: str = ""
    id: QuestionId = field(default=QuestionId(NIL_ID), compare=False)
    position: int = field(default=0, compare=False)

    @property
    def has_levels(self) -> bool:
        """Whether graders choose a level for a criterion, so that they cannot state the score alone."""
        return any(criterion.levels for criterion in self.rubric)

    @property
    def right_choices(self) -> frozenset[str]:
        return frozenset(choice.key for choice in self.choices if choice.is_right)

    def checked(self, answer: Answer) -> Answer:
        """The answer, if it suits this kind of question. Raises UnsuitableAnswer."""
        known = {choice.key for choice in self.choices}
        chosen = answer.choices or frozenset()
        if answer.given != {self.kind.asks_for} or not chosen <= known:
            raise UnsuitableAnswer(question_id=self.id)
        return answer

    def score_of(self, answer: Answer | None) -> int | None:
        """The points for the answer, 0 without one; None if the question needs a grader."""
        if not self.kind.is_auto_scored:
            return None
        return self.max_score if answer is not None and self._is_right(answer) else 0

    def _is_right(self, answer: Answer) -> bool:
        if self.kind is QuestionKind.MCQ:
            return answer.choices == self.right_choices
        return self.answer_key is not None and self.answer_key.accepts(answer.text or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """The questions of an item, and how they are scored.

    It takes `pass_percent` percent of all points, rounded up, to pass. Without `attempt_limit` the number of attempts
    is unlimited; without `time_limit_minutes` so is the time for each. What is submitted after `due_at` is accepted and
    late.

    `id` is computed when the assessment becomes part of a course. It does not count for equality.
    """

    type: AssessmentType = AssessmentType.QUIZ
    scoring: ScoringModel = ScoringModel.AUTO
    pass_percent: int = 60
    attempt_limit: int | None = None
    time_limit_minutes: int | None = None
    late: LatePolicy = LatePolicy.REFUSE
    due_at: datetime | None = None
    questions: tuple[Question, ...]
    id: AssessmentId = field(default=AssessmentId(NIL_ID), compare=False)

    @property
    def max_score(self) -> int:
        return sum(question.max_score for question in self.questions)

    @property
    def pass_score(self) -> int:
        """The points that it takes to pass."""
        return -(-self.max_score * self.pass_percent // 100)

    @property
    def time_limit(self) -> timedelta | None:
        minutes = self.time_limit_minutes
        return None if minutes is None else timedelta(minutes=minutes)

    def is_past_due(self, *, at: datetime) -> bool:
        """Whether it was to be submitted before that time."""
        return self.due_at is not None and at > self.due_at

    @property
    def is_scored_at_once(self) -> bool:
        """Whether the answers need no grader."""
        is_auto = self.scoring is ScoringModel.AUTO
        return is_auto and all(question.kind.is_auto_scored for question in self.questions)

    def question(self, question_id: QuestionId) -> Question:
        """Raises QuestionNotFound."""
        for question in self.questions:
            if question.id == question_id:
                return question
        raise QuestionNotFound(question_id=question_id)

    def placed(self, course_id: UUID, *, item_key: str) -> "Assessment":
        """The assessment as part of an item of the course, with its ids and positions."""
        assessment_id = AssessmentId(uuid5(course_id, f"assessment:{item_key}"))
        questions = tuple(_placed(self.questions, assessment_id))
        return replace(self, id=assessment_id, questions=questions)


ADDED_MEMBERS: Final[Mapping[type[Any], tuple[str, ...]]] = {
    AnswerKey: ("minimum", "maximum", "allows_comma", "keeps_case", "ignores_space"),
    Criterion: ("levels",),
    Question: ("feedback",),
    Assessment: ("due_at",),
}
"""By class, members that it did not have at first. Stored JSON and checksums leave out their defaults.

A class stands after those of its parts.
"""


def _placed(questions: Iterable[Question], assessment_id: AssessmentId) -> Iterable[Question]:
    for position, question in enumerate(questions, start=1):
        question_id = QuestionId(uuid5(assessment_id, f"question:{question.key}"))
        yield replace(question, id=question_id, position=position)


def _decimal(number: float) -> Decimal:
    """The number as it is spelled, not the binary fraction of its float."""
    return Decimal(str(number))
