"""Rules and proofs as JSON values, for YAML definitions and the database."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from authsvc.kernel.errors import FieldError
from authsvc.kernel.ids import parse_uuid
from courses.public import AssessmentId, CourseId, PathwayId
from credentials.domain.entities.rules import (
    DEEPEST_RULE,
    AllOf,
    AnyOf,
    AtLeast,
    CompletedCourse,
    CompletedPathway,
    Proof,
    Rule,
    ScoredAtLeast,
    Trigger,
    TriggerKind,
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
    """Parse a rule. Raises InvalidRule with the path of each error."""
    return checked(_rule(value, "rule", 1))


def value_of_rule(rule: Rule) -> dict[str, Any]:
    """Return the value that rule_in parses into an equal rule."""
    match rule:
        case CompletedCourse(course_id=subject_id) | CompletedPathway(pathway_id=subject_id):
            return {rule.key: str(subject_id)}
        case ScoredAtLeast(assessment_id=assessment_id, percent=percent):
            return {rule.key: {"assessment": str(assessment_id), "percent": percent}}
    children = {rule.key: [value_of_rule(child) for child in rule.rules]}
    return {"at_least": rule.count} | children if isinstance(rule, AtLeast) else children


def value_of_proof(proof: Proof) -> dict[str, Any]:
    """Return the value that proof_in parses into an equal proof."""
    at = proof.completed_at
    members = {
        "kind": proof.subject.kind.value,
        "id": str(proof.subject.subject_id),
        "course_version": proof.course_version,
        "completed_at": at and at.isoformat(),
        "percent": proof.percent,
    }
    return {name: value for name, value in members.items() if value is not None}


def proof_in(value: Mapping[str, Any]) -> Proof:
    """Parse a proof."""
    at = value.get("completed_at")
    return Proof(
        subject=Trigger(TriggerKind(value["kind"]), UUID(value["id"])),
        course_version=value.get("course_version"),
        completed_at=datetime.fromisoformat(at) if at else None,
        percent=value.get("percent"),
    )


def _rule(value: object, path: str, depth: int) -> Rule:
    if depth > DEEPEST_RULE:
        raise _invalid(path, f"It is nested more than {DEEPEST_RULE} levels deep.")
    if not isinstance(value, Mapping) or set(value) not in _SHAPES:
        raise _invalid(
            path, "It must have one of course, score, pathway, all, any, or at_least with of."
        )
    for key, read in _READERS.items():
        if key in value:
            return read(value, path, depth)
    return AtLeast(
        _number(value["at_least"], f"{path}/at_least"), _children("of", value, path, depth)
    )


def _score(value: Value, path: str, depth: int) -> Rule:
    score, here = value["score"], f"{path}/score"
    if not isinstance(score, Mapping) or set(score) != {"assessment", "percent"}:
        raise _invalid(here, "It must have the members assessment and percent.")
    assessment_id = AssessmentId(_id(score["assessment"], f"{here}/assessment"))
    return ScoredAtLeast(assessment_id, _number(score["percent"], f"{here}/percent"))


_READERS: Final[Mapping[str, Callable[[Value, str, int], Rule]]] = {
    "course": lambda value, path, _: CompletedCourse(
        CourseId(_id(value["course"], f"{path}/course"))
    ),
    "pathway": lambda value, path, _: CompletedPathway(
        PathwayId(_id(value["pathway"], f"{path}/pathway"))
    ),
    "score": _score,
    "all": lambda value, path, depth: AllOf(_children("all", value, path, depth)),
    "any": lambda value, path, depth: AnyOf(_children("any", value, path, depth)),
}


def _children(key: str, value: Value, path: str, depth: int) -> tuple[Rule, ...]:
    children, here = value[key], f"{path}/{key}"
    if not isinstance(children, list):
        raise _invalid(here, "It must be a list of rules.")
    return tuple(_rule(child, f"{here}/{i}", depth + 1) for i, child in enumerate(children))


def _id(value: object, path: str) -> UUID:
    identifier = parse_uuid(value) if isinstance(value, str) else None
    if identifier is None:
        raise _invalid(path, "It must be an id.")
    return identifier


def _number(value: object, path: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _invalid(path, "It must be a whole number.")
    return value


def _invalid(path: str, detail: str) -> InvalidRule:
    return InvalidRule(FieldError(path=path, detail=detail))
