"""Conversion between entities and the JSON that rows store, with cattrs.

Outlines are stored with their computed ids and positions. Pathways are stored with the course ids of prerequisites.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from cattrs import Converter
from cattrs.gen import make_dict_unstructure_fn, override

from authsvc.kernel.canonical import canonical_time
from courses.domain.entities.assessments import ADDED_MEMBERS, Assessment
from courses.domain.entities.outlines import CourseModule, ModuleItem, Outline
from courses.domain.entities.pathways import PathwayStage

Json = dict[str, Any]

_CONVERTER: Final = Converter(
    detailed_validation=False, unstruct_collection_overrides={tuple: list}
)
_CONVERTER.register_structure_hook(UUID, lambda value, _: UUID(value))
_CONVERTER.register_unstructure_hook(UUID, str)
_CONVERTER.register_structure_hook(datetime, lambda value, _: datetime.fromisoformat(value))
_CONVERTER.register_unstructure_hook(datetime, canonical_time)
_CONVERTER.register_unstructure_hook(StrEnum, lambda member: member.value)
# Before that of items, which is compiled with those of its parts.
for _class, _names in ADDED_MEMBERS.items():
    _CONVERTER.register_unstructure_hook(
        _class,
        make_dict_unstructure_fn(
            _class,
            _CONVERTER,
            **{name: override(omit_if_default=True) for name in _names},  # type: ignore[arg-type]  # mypy takes it for the flags of the function
        ),
    )
_CONVERTER.register_unstructure_hook(
    ModuleItem,
    make_dict_unstructure_fn(ModuleItem, _CONVERTER, assessment=override(omit_if_default=True)),
)


def outline_from_json(modules: list[Json]) -> Outline:
    return Outline(modules=_CONVERTER.structure(modules, tuple[CourseModule, ...]))


def outline_to_json(outline: Outline) -> Any:
    return _CONVERTER.unstructure(outline.modules)


def assessment_from_json(value: Json | None) -> Assessment | None:
    return None if value is None else _CONVERTER.structure(value, Assessment)


def assessment_to_json(assessment: Assessment | None) -> Any:
    return _CONVERTER.unstructure(assessment)


def stages_from_json(stages: list[Json]) -> tuple[PathwayStage, ...]:
    slugs = {course["course_id"]: course["slug"] for course in _courses(stages)}
    return _CONVERTER.structure(_with_prerequisites(stages, slugs), tuple[PathwayStage, ...])


def stages_to_json(stages: tuple[PathwayStage, ...]) -> list[Json]:
    values: list[Json] = _CONVERTER.unstructure(stages)
    ids = {course["slug"]: course["course_id"] for course in _courses(values)}
    return _with_prerequisites(values, ids)


def _courses(stages: Iterable[Json]) -> Iterable[Json]:
    return (course for stage in stages for course in stage["courses"])


def _with_prerequisites(stages: Iterable[Json], names: dict[str, str]) -> list[Json]:
    """The stages with the prerequisites of each course under their other name, id or slug."""
    return [
        stage
        | {
            "courses": [
                course | {"after": [names[before] for before in course["after"]]}
                for course in stage["courses"]
            ]
        }
        for stage in stages
    ]
