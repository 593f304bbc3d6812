"""Assessments in course definitions: from and to what YAML and JSON hold, and what the schema cannot say of them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from math import isfinite
from typing import Any

from courses.definitions.marked_yaml import Path
from courses.domain.entities import (
    AnswerKey,
    AssessmentDefinition,
    AssessmentType,
    Choice,
    Criterion,
    LatePolicy,
    QuestionDefinition,
    QuestionKind,
    ScoringModel,
)

Complaints = Iterator[tuple[Path, str]]


def assessment_in(value: Any) -> AssessmentDefinition:
    """The assessment that a value holds which suits the schema."""
    return AssessmentDefinition(
        questions=tuple(_question(question) for question in value["questions"]),
        type=AssessmentType(value.get("type", AssessmentType.QUIZ)),
        scoring=ScoringModel(value.get("scoring", ScoringModel.AUTO)),
        pass_percent=int(value.get("pass_percent", 60)),
        attempt_limit=_whole(value.get("attempts")),
        time_limit_minutes=_whole(value.get("minutes")),
        late=LatePolicy(value.get("late", LatePolicy.REFUSE)),
    )


def value_of(assessment: AssessmentDefinition) -> dict[str, Any]:
    """What reads back equal; members that may be left out are, where they are as if nothing was said."""
    value: dict[str, Any] = {
        "type": assessment.type.value,
        "scoring": assessment.scoring.value,
        "pass_percent": assessment.pass_percent,
    }
    if assessment.attempt_limit is not None:
        value["attempts"] = assessment.attempt_limit
    if assessment.time_limit_minutes is not None:
        value["minutes"] = assessment.time_limit_minutes
        value["late"] = assessment.late.value
    value["questions"] = [_value_of_question(question) for question in assessment.questions]
    return value


def complaints_about(value: Any, path: Path) -> Complaints:
    """What is wrong with an assessment that suits the schema."""
    if "late" in value and "minutes" not in value:
        yield (*path, "late"), "without minutes nothing is late"
    is_auto = value.get("scoring", "auto") == "auto"
    yield from _repeated(value["questions"], (*path, "questions"))
    for index, question in enumerate(value["questions"]):
        at = (*path, "questions", index)
        if is_auto and not QuestionKind(question["kind"]).is_auto_scored:
            yield (*at, "kind"), "no program can score this; say who does in `scoring`"
        yield from _about_question(question, at)


def _about_question(question: Any, path: Path) -> Complaints:
    choices, rubric = question.get("choices", []), question.get("rubric", [])
    yield from _repeated(choices, (*path, "choices"))
    yield from _repeated(rubric, (*path, "rubric"))
    for name in ("number", "tolerance"):
        if name in question and not _is_a_float(question[name]):
            yield (*path, name), "no answer can be compared with this number"
    if choices and not any(choice.get("right") for choice in choices):
        yield (*path, "choices"), "no choice is right"
    points = sum(int(criterion["max_score"]) for criterion in rubric)
    if rubric and points != question.get("max_score", 1):
        yield (*path, "rubric"), f"the points add up to {points}, not to those of the question"


def _is_a_float(number: float) -> bool:
    """Whether the number is finite, and small enough to be reckoned with."""
    try:
        return isfinite(number)
    except OverflowError:
        return False


def _whole(number: float | None) -> int | None:
    """As an int: to JSON Schema 2.0 is an integer, too."""
    return None if number is None else int(number)


def _repeated(things: Sequence[Any], path: Path) -> Complaints:
    seen: Counter[str] = Counter()
    for index, thing in enumerate(things):
        seen[thing["key"]] += 1
        if seen[thing["key"]] > 1:
            yield (*path, index, "key"), f"the key {thing['key']!r} is taken"


def _question(value: Any) -> QuestionDefinition:
    is_short = value["kind"] == QuestionKind.SHORT
    return QuestionDefinition(
        key=value["key"],
        kind=QuestionKind(value["kind"]),
        prompt=value["prompt"],
        max_score=int(value.get("max_score", 1)),
        choices=tuple(_choices(value.get("choices", ()))),
        answer_key=_answer_key(value) if is_short else None,
        rubric=tuple(
            Criterion(key=each["key"], text=each["text"], max_score=int(each["max_score"]))
            for each in value.get("rubric", ())
        ),
    )


def _choices(values: Iterable[Any]) -> Iterator[Choice]:
    for value in values:
        yield Choice(key=value["key"], text=value["text"], is_right=value.get("right", False))


def _answer_key(value: Any) -> AnswerKey:
    number = value.get("number")
    return AnswerKey(
        texts=tuple(value.get("accepts", ())),
        number=None if number is None else float(number),
        tolerance=float(value.get("tolerance", 0)),
    )


def _value_of_question(question: QuestionDefinition) -> dict[str, Any]:
    value: dict[str, Any] = {
        "key": question.key,
        "kind": question.kind.value,
        "prompt": question.prompt,
        "max_score": question.max_score,
    }
    if question.choices:
        value["choices"] = [_value_of_choice(choice) for choice in question.choices]
    if question.answer_key is not None:
        value |= _value_of_answer_key(question.answer_key)
    if question.rubric:
        value["rubric"] = [
            {"key": each.key, "text": each.text, "max_score": each.max_score}
            for each in question.rubric
        ]
    return value


def _value_of_choice(choice: Choice) -> dict[str, Any]:
    right = {"right": True} if choice.is_right else {}
    return {"key": choice.key, "text": choice.text} | right


def _value_of_answer_key(answer_key: AnswerKey) -> dict[str, Any]:
    value: dict[str, Any] = {"accepts": list(answer_key.texts)} if answer_key.texts else {}
    if answer_key.number is not None:
        value["number"] = answer_key.number
        if answer_key.tolerance:
            value["tolerance"] = answer_key.tolerance
    return value
