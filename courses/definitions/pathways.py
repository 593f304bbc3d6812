"""Pathway definitions: YAML or JSON that suits a schema."""

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from typing import Any, Final

from courses.definitions.formats import Errors, Format, duplicates
from courses.definitions.marked_yaml import Path
from courses.domain.entities.pathways import PathwayDefinition
from courses.domain.errors import InvalidPathwayDefinition


def _rules(value: Any) -> Errors:
    """What is wrong with a definition that suits the schema."""
    stages = list(enumerate(value["stages"]))
    yield from duplicates((stage["key"], ("stages", at, "key")) for at, stage in stages)
    for at, stage in stages:
        if stage.get("choose", 1) > len(stage["courses"]):
            yield ("stages", at, "choose"), "there are not that many courses to choose from"
    unresolved = [*_duplicate_courses(value), *_unknown_prerequisites(value)]
    yield from unresolved or _cycle(value)


def _duplicate_courses(value: Any) -> Errors:
    seen: set[str] = set()
    for course, path in _courses(value):
        if course["course"] in seen:
            yield (*path, "course"), f"the course {course['course']!r} is already on the pathway"
        seen.add(course["course"])


def _unknown_prerequisites(value: Any) -> Errors:
    known = {course["course"] for course, _ in _courses(value)}
    for course, path in _courses(value):
        for index, before in enumerate(course.get("after", [])):
            if before == course["course"]:
                yield (*path, "after", index), "a course cannot come after itself"
            elif before not in known:
                yield (*path, "after", index), f"there is no course {before!r} on the pathway"


def _cycle(value: Any) -> Errors:
    """The first cycle of prerequisites. There may be others."""
    paths = {course["course"]: path for course, path in _courses(value)}
    # Edges lead from a course to its prerequisites, which is the direction in which the cycle is reported.
    sorter = TopologicalSorter(dict.fromkeys(paths, ()))
    for course, _ in _courses(value):
        for before in course.get("after", []):
            sorter.add(before, course["course"])
    try:
        sorter.prepare()
    except CycleError as error:
        cycle: list[str] = error.args[1]
        reason = f"these courses come after each other: {' → '.join(cycle)}"
        yield (*paths[cycle[0]], "after"), reason


def _courses(value: Any) -> Iterator[tuple[Any, Path]]:
    for at, stage in enumerate(value["stages"]):
        for index, course in enumerate(stage["courses"]):
            yield course, ("stages", at, "courses", index)


_FORMAT: Final = Format(
    "pathway_schema.json",
    definition=PathwayDefinition,
    rules=_rules,
    error=InvalidPathwayDefinition,
)
PATHWAY_SCHEMA: Final = _FORMAT.schema
read_pathway: Final = _FORMAT.read
pathway_of: Final = _FORMAT.structure
write_pathway: Final = _FORMAT.write
