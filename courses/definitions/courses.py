"""Course definitions: YAML or JSON that suits a schema."""

from collections.abc import Iterator, Sequence
from math import isfinite
from typing import Any, Final

from authsvc.kernel.text import counted
from courses.definitions.conversion import time_in
from courses.definitions.formats import Errors, Format, duplicates
from courses.definitions.marked_yaml import Path
from courses.domain.entities.assessments import QuestionKind
from courses.domain.entities.courses import CourseDefinition
from courses.domain.errors import InvalidDefinition

NUMBERS: Final = ("number", "tolerance", "minimum", "maximum")
"""Members of a question that are numbers of its answer key."""


def _rules(value: Any) -> Errors:
    """What is wrong with a definition that suits the schema."""
    modules = list(enumerate(value["modules"]))
    yield from duplicates((module["key"], ("modules", at, "key")) for at, module in modules)
    yield from duplicates((item["key"], (*path, "key")) for item, path in _items(value))
    for item, path in _items(value):
        if "assessment" in item:
            yield from _assessment_rules(item["assessment"], (*path, "assessment"))


def _items(value: Any) -> Iterator[tuple[Any, Path]]:
    for at, module in enumerate(value["modules"]):
        for index, item in enumerate(module["items"]):
            yield item, ("modules", at, "items", index)


def _assessment_rules(value: Any, path: Path) -> Errors:
    if "late" in value and "minutes" not in value:
        yield (*path, "late"), "late is only for assessments with minutes"
    if "due" in value and not _is_a_time(value["due"]):
        yield (
            (*path, "due"),
            "it is not a date and a time with its zone, as in 2026-12-01T18:00:00Z",
        )
    is_auto = value.get("scoring", "auto") == "auto"
    yield from _duplicate_keys(value["questions"], (*path, "questions"))
    for index, question in enumerate(value["questions"]):
        at = (*path, "questions", index)
        if is_auto and not QuestionKind(question["kind"]).is_auto_scored:
            yield (*at, "kind"), "this kind needs a grader: set `scoring` to rubric or manual"
        yield from _question_rules(question, at)


def _question_rules(question: Any, path: Path) -> Errors:
    choices, rubric = question.get("choices", []), question.get("rubric", [])
    yield from _duplicate_keys(choices, (*path, "choices"))
    yield from _duplicate_keys(rubric, (*path, "rubric"))
    yield from _number_rules(question, path)
    for index, criterion in enumerate(rubric):
        yield from _level_rules(criterion, (*path, "rubric", index, "levels"))
    if choices and not any(choice.get("right") for choice in choices):
        yield (*path, "choices"), "no choice is right"
    points = sum(int(criterion["max_score"]) for criterion in rubric)
    max_score = question.get("max_score", 1)
    if rubric and points != max_score:
        reason = f"the points add up to {points}, but the question has {int(max_score)}"
        yield (*path, "rubric"), reason


def _level_rules(criterion: Any, path: Path) -> Errors:
    most, taken = int(criterion["max_score"]), set()
    for index, level in enumerate(criterion.get("levels", [])):
        score = int(level["score"])
        if score > most:
            yield (*path, index, "score"), f"the criterion has {counted(most, 'point')} at most"
        if score in taken:
            reason = f"another level of the criterion has {counted(score, 'point')}"
            yield (*path, index, "score"), reason
        taken.add(score)


def _number_rules(question: Any, path: Path) -> Errors:
    for name in NUMBERS:
        if name in question and not _is_a_float(question[name]):
            yield (*path, name), "the number is not finite, or too large"
    minimum, maximum = question.get("minimum"), question.get("maximum")
    if minimum is not None and maximum is not None and minimum > maximum:
        yield (*path, "maximum"), "the maximum is less than the minimum"
    if question.get("decimal_comma") and not any(name in question for name in NUMBERS):
        yield (*path, "decimal_comma"), "decimal_comma is only for questions with a number"


def _duplicate_keys(parts: Sequence[Any], path: Path) -> Errors:
    return duplicates((part["key"], (*path, index, "key")) for index, part in enumerate(parts))


def _is_a_time(text: str) -> bool:
    try:
        time_in(text)
    except ValueError:
        return False
    return True


def _is_a_float(number: float) -> bool:
    try:
        return isfinite(number)
    except OverflowError:
        return False


_FORMAT: Final = Format(
    "schema.json", definition=CourseDefinition, rules=_rules, error=InvalidDefinition
)
SCHEMA: Final = _FORMAT.schema
read_definition: Final = _FORMAT.read
definition_of: Final = _FORMAT.structure
write_definition: Final = _FORMAT.write
document_of: Final = _FORMAT.unstructure


def checked_definition(definition: CourseDefinition) -> CourseDefinition:
    """The definition as it would be read from YAML. Raises InvalidDefinition, with the path of each error."""
    return definition_of(document_of(definition))
