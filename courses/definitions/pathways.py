"""From text to a PathwayDefinition and back, or to complaints that name the line."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from courses.definitions import marked_yaml
from courses.definitions.forms import Complaints, Form, repeated
from courses.definitions.writing import yaml_of
from courses.domain.entities import (
    PathwayCourseDefinition,
    PathwayDefinition,
    PathwayStageDefinition,
    cycle_in,
)
from courses.domain.errors import InvalidPathwayDefinition

PATHWAY_SCHEMA: Final[Mapping[str, Any]] = json.loads(
    Path(__file__).with_name("pathway_schema.json").read_text(encoding="utf-8")
)


def read_pathway(text: str) -> PathwayDefinition:
    """The definition written in *text*, YAML or JSON.

    Raises InvalidPathwayDefinition with a line for each complaint.
    """
    value, complaints = _FORM.read(text)
    if complaints:
        raise InvalidPathwayDefinition(*complaints)
    return _definition(value)


def pathway_of(value: Any) -> PathwayDefinition:
    """The definition that a JSON body holds. Raises InvalidPathwayDefinition."""
    complaints = _FORM.complaints_about(value)
    if complaints:
        raise InvalidPathwayDefinition(*complaints)
    return _definition(value)


def write_pathway(definition: PathwayDefinition) -> str:
    """The YAML that reads back equal."""
    return yaml_of(
        {
            "format": 1,
            "slug": definition.slug,
            "title": definition.title,
            "summary": definition.summary,
            "stages": [_value_of_stage(stage) for stage in definition.stages],
        }
    )


def _rules(value: Any) -> Complaints:
    stages = list(enumerate(value["stages"]))
    yield from repeated((stage["key"], ("stages", at, "key")) for at, stage in stages)
    for at, stage in stages:
        if stage.get("choose", 1) > len(stage["courses"]):
            yield ("stages", at, "choose"), "there are not that many courses to choose from"
    strays = [*_twice(value), *_astray(value)]
    yield from strays
    if not strays:
        yield from _circles(value)


def _twice(value: Any) -> Complaints:
    seen: set[str] = set()
    for course, path in _courses(value):
        if course["course"] in seen:
            yield (*path, "course"), f"the course {course['course']!r} is on the pathway already"
        seen.add(course["course"])


def _astray(value: Any) -> Complaints:
    known = {course["course"] for course, _ in _courses(value)}
    for course, path in _courses(value):
        for index, before in enumerate(course.get("after", [])):
            if before == course["course"]:
                yield (*path, "after", index), "a course cannot come after itself"
            elif before not in known:
                yield (*path, "after", index), f"there is no course {before!r} on the pathway"


def _circles(value: Any) -> Complaints:
    """The first circle; without it there may be others."""
    places = {course["course"]: path for course, path in _courses(value)}
    cycle = cycle_in({each["course"]: each.get("after", []) for each, _ in _courses(value)})
    if cycle:
        way = " → ".join(cycle)
        yield (*places[cycle[0]], "after"), f"these courses come after each other: {way}"


def _courses(value: Any) -> Iterator[tuple[Any, marked_yaml.Path]]:
    """Each course, and the path to it."""
    for at, stage in enumerate(value["stages"]):
        for index, course in enumerate(stage["courses"]):
            yield course, ("stages", at, "courses", index)


def _definition(value: Any) -> PathwayDefinition:
    return PathwayDefinition(
        slug=value["slug"],
        title=value["title"],
        summary=value.get("summary", ""),
        stages=tuple(_stage(stage) for stage in value["stages"]),
    )


def _stage(value: Any) -> PathwayStageDefinition:
    courses = tuple(
        PathwayCourseDefinition(course=each["course"], after=tuple(each.get("after", [])))
        for each in value["courses"]
    )
    # JSON Schema takes 2.0 for an integer, too.
    choose = int(value["choose"]) if "choose" in value else None
    return PathwayStageDefinition(
        key=value["key"], title=value["title"], choose=choose, courses=courses
    )


def _value_of_stage(stage: PathwayStageDefinition) -> dict[str, Any]:
    value: dict[str, Any] = {"key": stage.key, "title": stage.title}
    if stage.choose is not None:
        value["choose"] = stage.choose
    value["courses"] = [
        {"course": each.course} | ({"after": list(each.after)} if each.after else {})
        for each in stage.courses
    ]
    return value


_FORM: Final = Form(schema=PATHWAY_SCHEMA, rules=_rules)
