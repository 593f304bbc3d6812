"""Rules as JSON and YAML hold them."""

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from authsvc.kernel.errors import Complaint
from authsvc.kernel.ids import id_spelled
from courses.public import AssessmentId, CourseId, PathwayId
from credentials.domain.entities.rules import (
    DEEPEST_RULE,
    AllOf,
    AnyOf,
    AtLeast,
    CompletedCourse,
    CompletedPathway,
    Rule,
    ScoredAtLeast,
    checked,
)
from credentials.domain.errors import InvalidRule

Value = Mapping[str, Any]

_SHAPES: Final = (
    {"course"},
    {"score"},
    {"pathway"},
    {"all"},
    {"any"},
    {"at_least", "of"},
)


def rule_in(value: object) -> Rule:
    """The rule that the value spells. Raises InvalidRule, whose complaints say where."""
    return checked(_rule(value, "rule", 1))


def value_of_rule(rule: Rule) -> dict[str, Any]:
    """What reads back equal."""
    match rule:
        case CompletedCourse(course_id=subject_id) | CompletedPathway(pathway_id=subject_id):
            return {rule.key: str(subject_id)}
        case ScoredAtLeast(assessment_id=assessment_id, percent=percent):
            return {rule.key: {"assessment": str(assessment_id), "percent": percent}}
    below = {rule.key: [value_of_rule(each) for each in rule.rules]}
    return {"at_least": rule.count} | below if isinstance(rule, AtLeast) else below


def _rule(value: object, path: str, depth: int) -> Rule:
    if depth > DEEPEST_RULE:
        raise _wrong(path, f"It is nested more than {DEEPEST_RULE} deep.")
    if not isinstance(value, Mapping) or set(value) not in _SHAPES:
        raise _wrong(path, "Say one of course, score, pathway, all, any, or at_least with of.")
    for key, read in _READERS.items():
        if key in value:
            return read(value, path, depth)
    return AtLeast(_number(value["at_least"], f"{path}/at_least"), _below("of", value, path, depth))


def _score(value: Value, path: str, depth: int) -> Rule:
    said, here = value["score"], f"{path}/score"
    if not isinstance(said, Mapping) or set(said) != {"assessment", "percent"}:
        raise _wrong(here, "Say assessment and percent.")
    assessment_id = AssessmentId(_id(said["assessment"], f"{here}/assessment"))
    return ScoredAtLeast(assessment_id, _number(said["percent"], f"{here}/percent"))


_READERS: Final[Mapping[str, Callable[[Value, str, int], Rule]]] = {
    "course": lambda value, path, _: CompletedCourse(
        CourseId(_id(value["course"], f"{path}/course"))
    ),
    "pathway": lambda value, path, _: CompletedPathway(
        PathwayId(_id(value["pathway"], f"{path}/pathway"))
    ),
    "score": _score,
    "all": lambda value, path, depth: AllOf(_below("all", value, path, depth)),
    "any": lambda value, path, depth: AnyOf(_below("any", value, path, depth)),
}


def _below(key: str, value: Value, path: str, depth: int) -> tuple[Rule, ...]:
    said, here = value[key], f"{path}/{key}"
    if not isinstance(said, list):
        raise _wrong(here, "It is a list of rules.")
    return tuple(_rule(each, f"{here}/{index}", depth + 1) for index, each in enumerate(said))


def _id(value: object, path: str) -> UUID:
    found = id_spelled(value) if isinstance(value, str) else None
    if found is None:
        raise _wrong(path, "It is an id.")
    return found


def _number(value: object, path: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _wrong(path, "It is a whole number.")
    return value


def _wrong(path: str, detail: str) -> InvalidRule:
    return InvalidRule(Complaint(path=path, detail=detail))
