"""What measures whether somebody has learned something, and how answers are scored."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from math import isfinite
from typing import NewType
from uuid import UUID

from courses.domain.errors import QuestionNotFound, UnsuitableAnswer

AssessmentId = NewType("AssessmentId", UUID)
QuestionId = NewType("QuestionId", UUID)


class AssessmentType(StrEnum):
    QUIZ = "quiz"
    PROJECT = "project"
    EXAM = "exam"


class ScoringModel(StrEnum):
    """Who scores: a program, people along a rubric, or people as they see fit."""

    AUTO = "auto"
    RUBRIC = "rubric"
    MANUAL = "manual"


class LatePolicy(StrEnum):
    """What becomes of answers that are handed in after the time is up."""

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
        """The member of an answer that it must have, and no other."""
        if self is QuestionKind.MCQ:
            return "choices"
        return "url" if self is QuestionKind.FILE else "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What somebody has answered: the keys of choices, a text, or where a file is found."""

    choices: frozenset[str] | None = None
    text: str | None = None
    url: str | None = None

    @property
    def given(self) -> set[str]:
        """The names of the members that were given."""
        members = {"choices": self.choices, "text": self.text, "url": self.url}
        return {name for name, value in members.items() if value is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    key: str
    text: str
    is_right: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """A line of a rubric: what is looked at, and how many points there are for it."""

    key: str
    text: str
    max_score: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerKey:
    """What a short answer is compared with.

    Texts are right whatever their case and white space, numbers within a tolerance: 0.4 is within 0.1 of 0.3, although
    their floats are not.
    """

    texts: tuple[str, ...] = ()
    number: float | None = None
    tolerance: float = 0.0

    def accepts(self, text: str) -> bool:
        folded = _folded(text)
        if any(folded == _folded(accepted) for accepted in self.texts):
            return True
        if self.number is None:
            return False
        try:
            said = float(folded)
        except ValueError:
            return False
        return isfinite(said) and self._is_near(said, self.number)

    def _is_near(self, said: float, number: float) -> bool:
        return abs(_decimal(said) - _decimal(number)) <= _decimal(self.tolerance)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question. `choices` are of mcq, `answer_key` is of short, `rubric` of what people score."""

    id: QuestionId
    position: int
    key: str
    kind: QuestionKind
    prompt: str
    max_score: int
    choices: tuple[Choice, ...] = ()
    answer_key: AnswerKey | None = None
    rubric: tuple[Criterion, ...] = ()

    @property
    def right_choices(self) -> frozenset[str]:
        return frozenset(choice.key for choice in self.choices if choice.is_right)

    def checked(self, answer: Answer) -> Answer:
        """The answer, if it has the form that this kind of question asks for. Raises UnsuitableAnswer."""
        known = {choice.key for choice in self.choices}
        chosen = answer.choices or frozenset()
        if answer.given != {self.kind.asks_for} or not chosen <= known:
            raise UnsuitableAnswer(question_id=self.id)
        return answer

    def score_of(self, answer: Answer | None) -> int | None:
        """The points for an answer that a program can score, none without an answer; None if people have to."""
        if not self.kind.is_auto_scored:
            return None
        return self.max_score if answer is not None and self._is_right(answer) else 0

    def _is_right(self, answer: Answer) -> bool:
        if self.kind is QuestionKind.MCQ:
            return answer.choices == self.right_choices
        return self.answer_key is not None and self.answer_key.accepts(answer.text or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What is behind an item: questions, and how they are scored.

    It is passed with `pass_percent` of all points, rounded up. Without `attempt_limit` it may be tried as often as one
    likes, without `time_limit_minutes` it takes as long as one likes.
    """

    id: AssessmentId
    type: AssessmentType
    scoring: ScoringModel
    pass_percent: int
    questions: tuple[Question, ...]
    attempt_limit: int | None = None
    time_limit_minutes: int | None = None
    late: LatePolicy = LatePolicy.REFUSE

    @property
    def max_score(self) -> int:
        return sum(question.max_score for question in self.questions)

    @property
    def pass_score(self) -> int:
        """With how many points it is passed."""
        return -(-self.max_score * self.pass_percent // 100)

    @property
    def time_limit(self) -> timedelta | None:
        minutes = self.time_limit_minutes
        return None if minutes is None else timedelta(minutes=minutes)

    @property
    def is_scored_at_once(self) -> bool:
        """Whether no person has to look at the answers."""
        is_auto = self.scoring is ScoringModel.AUTO
        return is_auto and all(question.kind.is_auto_scored for question in self.questions)

    def question(self, question_id: QuestionId) -> Question:
        """Raises QuestionNotFound."""
        for question in self.questions:
            if question.id == question_id:
                return question
        raise QuestionNotFound(question_id=question_id)


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def _decimal(number: float) -> Decimal:
    """The number as it is spelled, not as its float is."""
    return Decimal(str(number))
