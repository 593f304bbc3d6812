"""Items as they were posted: read even if they are incomplete.

So parts can be added, moved and removed before anything is saved; the forms say what is missing.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import ValidationError

from courses.admin.item_forms import TimeField
from courses.domain.entities.assessments import (
    AnswerKey,
    Assessment,
    AssessmentType,
    Choice,
    Criterion,
    LatePolicy,
    Level,
    Question,
    QuestionKind,
    ScoringModel,
)
from courses.domain.entities.outlines import ItemType, ModuleItem

Posted = Mapping[str, Any]
MOST_DIGITS: Final = 9


def item_in(data: Posted, item: ModuleItem) -> ModuleItem:
    """The item as it was posted. What is no number or time counts as left out; the forms say so."""
    posted = replace(
        item,
        title=data.get("title", ""),
        body=_lines(data.get("body", "")),
        url=data.get("url", "").strip() if item.type is ItemType.EXTERNAL else "",
        is_required="is_required" in data,
    )
    if item.type is not ItemType.ASSESSMENT:
        return posted
    count = _whole(data.get("questions", ""), 0)
    questions = tuple(_question_in(data, f"q{number}") for number in range(min(count, 200)))
    return replace(posted, assessment=_assessment_in(data, questions))


def _assessment_in(data: Posted, questions: tuple[Question, ...]) -> Assessment | None:
    """The posted terms; there are none without a question."""
    if not questions:
        return None
    minutes = _whole_or_none(data.get("time_limit_minutes", ""))
    late = _member(LatePolicy, data.get("late", ""), LatePolicy.REFUSE)
    return Assessment(
        type=_member(AssessmentType, data.get("type", ""), AssessmentType.QUIZ),
        scoring=_member(ScoringModel, data.get("scoring", ""), ScoringModel.AUTO),
        pass_percent=_whole(data.get("pass_percent", ""), 60),
        attempt_limit=_whole_or_none(data.get("attempt_limit", "")),
        time_limit_minutes=minutes,
        late=LatePolicy.REFUSE if minutes is None else late,
        due_at=_time(data.get("due_at", "")),
        questions=questions,
    )


def _question_in(data: Posted, prefix: str) -> Question:
    kind = _member(QuestionKind, data.get(f"{prefix}-kind", ""), QuestionKind.MCQ)
    choices = range(min(_whole(data.get(f"{prefix}-choices", ""), 0), 50))
    criteria = range(min(_whole(data.get(f"{prefix}-criteria", ""), 0), 50))
    return Question(
        key=data.get(f"{prefix}-key", ""),
        kind=kind,
        prompt=_lines(data.get(f"{prefix}-prompt", "")),
        max_score=_whole(data.get(f"{prefix}-max_score", ""), 1),
        choices=tuple(_choice_in(data, f"{prefix}-c{at}") for at in choices),
        answer_key=_answer_key_in(data, prefix) if kind is QuestionKind.SHORT else None,
        rubric=tuple(_criterion_in(data, f"{prefix}-r{at}") for at in criteria),
        feedback=_lines(data.get(f"{prefix}-feedback", "")),
    )


def _choice_in(data: Posted, prefix: str) -> Choice:
    return Choice(
        key=data.get(f"{prefix}-key", ""),
        text=data.get(f"{prefix}-text", ""),
        is_right=f"{prefix}-is_right" in data,
    )


def _criterion_in(data: Posted, prefix: str) -> Criterion:
    levels = range(min(_whole(data.get(f"{prefix}-levels", ""), 0), 20))
    return Criterion(
        key=data.get(f"{prefix}-key", ""),
        text=data.get(f"{prefix}-text", ""),
        max_score=_whole(data.get(f"{prefix}-max_score", ""), 1),
        levels=tuple(_level_in(data, f"{prefix}-l{at}") for at in levels),
    )


def _level_in(data: Posted, prefix: str) -> Level:
    score = _whole(data.get(f"{prefix}-score", ""), 0)
    return Level(score=score, text=data.get(f"{prefix}-text", ""))


def _answer_key_in(data: Posted, prefix: str) -> AnswerKey:
    texts = _lines(data.get(f"{prefix}-texts", "")).split("\n")
    numbers = {
        name: _number(data.get(f"{prefix}-{name}", ""))
        for name in ("number", "tolerance", "minimum", "maximum")
    }
    has_text = any(text.strip() for text in texts)
    has_number = any(numbers[name] is not None for name in ("number", "minimum", "maximum"))
    return AnswerKey(
        texts=tuple(text for text in texts if text.strip()),
        number=numbers["number"],
        tolerance=(numbers["tolerance"] or 0.0) if numbers["number"] is not None else 0.0,
        minimum=numbers["minimum"],
        maximum=numbers["maximum"],
        allows_comma=has_number and f"{prefix}-allows_comma" in data,
        keeps_case=has_text and f"{prefix}-keeps_case" in data,
        ignores_space=has_text and f"{prefix}-ignores_space" in data,
    )


def _member(kind: Any, value: str, otherwise: Any) -> Any:
    return kind(value) if value in {member.value for member in kind} else otherwise


def _lines(text: str) -> str:
    """The text with LF line endings, in place of the CRLF that browsers send."""
    return text.replace("\r\n", "\n")


def _whole(text: str, otherwise: int) -> int:
    number = _whole_or_none(text)
    return otherwise if number is None else number


def _whole_or_none(text: str) -> int | None:
    text = text.strip()
    is_number = text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
    return int(text) if is_number else None


def _time(text: str) -> datetime | None:
    try:
        time: datetime | None = TimeField(required=False).clean(text)
    except ValidationError:
        return None
    return time


def _number(text: str) -> float | None:
    """The number as it is spelled: a whole one stays whole."""
    whole = _whole_or_none(text)
    if whole is not None:
        return whole
    try:
        return float(text)
    except ValueError:
        return None
