"""Conversion between definitions and the values of YAML and JSON, with cattrs.

Values have suited the schema before they are structured. What is unstructured leaves out members that have their
default, except for those that say what a thing is.
"""

import re
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from cattrs import Converter
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from authsvc.kernel.canonical import utc_text
from courses.domain.entities.assessments import (
    AnswerKey,
    Assessment,
    Choice,
    Criterion,
    Question,
    QuestionKind,
)
from courses.domain.entities.courses import CourseDefinition
from courses.domain.entities.outlines import CourseModule, ItemType, ModuleItem
from courses.domain.entities.pathways import PathwayCourse, PathwayDefinition, PathwayStage

Value = dict[str, Any]

_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[-+]\d\d:\d\d)", re.ASCII)

CONVERTER: Final = Converter(detailed_validation=False, unstruct_collection_overrides={tuple: list})
CONVERTER.register_unstructure_hook(StrEnum, lambda member: member.value)
CONVERTER.register_structure_hook(datetime, lambda value, _: time_in(value))
CONVERTER.register_unstructure_hook(datetime, utc_text)
_COMPUTED: Final = {"id": override(omit=True), "position": override(omit=True)}
_UNLESS_DEFAULT: Final = override(omit_if_default=True)


def time_in(text: str) -> datetime:
    """The time in UTC: a date, a time and a time zone as in RFC 3339, without seconds or with whole ones.

    Raises ValueError.
    """
    if _TIME.fullmatch(text) is None:
        raise ValueError(text)
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except OverflowError as error:
        raise ValueError(text) from error


def _renamed(name: str) -> Any:
    """The name of a member in definitions, which leave it out if it has its default."""
    return override(rename=name, omit_if_default=True)


def _converts(cls: type[Any], **members: Any) -> tuple[Callable[..., Any], Callable[..., Value]]:
    """Register how a class is converted. Returns the two functions, for classes that need more."""
    structure = make_dict_structure_fn(cls, CONVERTER, **members)
    unstructure_unordered = make_dict_unstructure_fn(cls, CONVERTER, **members)
    renamed = ((field.name, members.get(field.name)) for field in fields(cls))
    names = [(member and member.rename) or name for name, member in renamed]

    def unstructure(instance: Any) -> Value:
        """In the order of the fields: cattrs puts members that may be left out last."""
        value = unstructure_unordered(instance)
        return {name: value[name] for name in names if name in value}

    CONVERTER.register_structure_hook(cls, structure)
    CONVERTER.register_unstructure_hook(cls, unstructure)
    return structure, unstructure


_converts(Choice, is_right=_renamed("right"))
_converts(
    AnswerKey,
    texts=_renamed("accepts"),
    number=_UNLESS_DEFAULT,
    tolerance=_UNLESS_DEFAULT,
    minimum=_UNLESS_DEFAULT,
    maximum=_UNLESS_DEFAULT,
    allows_comma=_renamed("decimal_comma"),
    keeps_case=_renamed("case_sensitive"),
    ignores_space=_renamed("ignore_spaces"),
)
_structure_criterion, _ = _converts(Criterion, levels=_UNLESS_DEFAULT)


@CONVERTER.register_structure_hook
def _criterion(value: Any, _: Any) -> Criterion:
    """With its levels in the order of their points, most first, however they were written."""
    criterion: Criterion = _structure_criterion(value, Criterion)
    levels = sorted(criterion.levels, key=lambda level: level.score, reverse=True)
    return replace(criterion, levels=tuple(levels))


_structure_question, _unstructure_question = _converts(
    Question, **_COMPUTED, choices=_UNLESS_DEFAULT, rubric=_UNLESS_DEFAULT, feedback=_UNLESS_DEFAULT
)


@CONVERTER.register_structure_hook
def _question(value: Any, _: Any) -> Question:
    """The members of the answer key stand in the question itself."""
    answer_key = value if value["kind"] == QuestionKind.SHORT else None
    question: Question = _structure_question({**value, "answer_key": answer_key}, Question)
    return question


@CONVERTER.register_unstructure_hook
def _question_value(question: Question) -> Value:
    value = _unstructure_question(question)
    answer_key = value.pop("answer_key") or {}
    return value | answer_key


_, _unstructure_assessment = _converts(
    Assessment,
    id=override(omit=True),
    attempt_limit=_renamed("attempts"),
    time_limit_minutes=_renamed("minutes"),
    due_at=_renamed("due"),
)


@CONVERTER.register_unstructure_hook
def _assessment_value(assessment: Assessment) -> Value:
    value = _unstructure_assessment(assessment)
    if assessment.time_limit_minutes is None:
        del value["late"]
    return value


_, _unstructure_item = _converts(
    ModuleItem, **_COMPUTED, is_required=_renamed("required"), assessment=_UNLESS_DEFAULT
)


@CONVERTER.register_unstructure_hook
def _item_value(item: ModuleItem) -> Value:
    value = _unstructure_item(item)
    if item.type is not ItemType.EXTERNAL:
        del value["url"]
    elif not item.body:
        del value["body"]
    return value


_converts(CourseModule, **_COMPUTED)
_converts(CourseDefinition)
_converts(
    PathwayCourse,
    slug=override(rename="course"),
    after=_UNLESS_DEFAULT,
    course_id=override(omit=True),
)
_structure_stage, _unstructure_stage = _converts(PathwayStage)


@CONVERTER.register_structure_hook
def _stage(value: Any, _: Any) -> PathwayStage:
    """Without `choose`, all courses of the stage."""
    stage: PathwayStage = _structure_stage({"choose": len(value["courses"]), **value}, PathwayStage)
    return stage


@CONVERTER.register_unstructure_hook
def _stage_value(stage: PathwayStage) -> Value:
    value = _unstructure_stage(stage)
    if stage.choose == len(stage.courses):
        del value["choose"]
    return value


_converts(PathwayDefinition)
