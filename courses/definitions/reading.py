"""From text to a CourseDefinition, or to complaints that name the line."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from courses.definitions import assessments
from courses.definitions.forms import Complaints, Form, repeated
from courses.domain.entities import (
    CourseDefinition,
    ItemDefinition,
    ItemType,
    ModuleDefinition,
)
from courses.domain.errors import InvalidDefinition

SCHEMA: Final[Mapping[str, Any]] = json.loads(
    Path(__file__).with_name("schema.json").read_text(encoding="utf-8")
)


def read_definition(text: str) -> CourseDefinition:
    """The definition written in *text*, YAML or JSON. Raises InvalidDefinition with a line for each complaint."""
    value, complaints = _FORM.read(text)
    if complaints:
        raise InvalidDefinition(*complaints)
    return _definition(value)


def definition_of(value: Any) -> CourseDefinition:
    """The definition that a JSON body holds. Raises InvalidDefinition."""
    complaints = _FORM.complaints_about(value)
    if complaints:
        raise InvalidDefinition(*complaints)
    return _definition(value)


def _rules(value: Any) -> Complaints:
    yield from _repeated_keys(value)
    yield from _in_assessments(value)


def _repeated_keys(value: Any) -> Complaints:
    modules = list(enumerate(value["modules"]))
    yield from repeated((module["key"], ("modules", at, "key")) for at, module in modules)
    yield from repeated(
        (item["key"], ("modules", at, "items", index, "key"))
        for at, module in modules
        for index, item in enumerate(module["items"])
    )


def _in_assessments(value: Any) -> Complaints:
    for at, module in enumerate(value["modules"]):
        for index, item in enumerate(module["items"]):
            if "assessment" in item:
                path = ("modules", at, "items", index, "assessment")
                yield from assessments.complaints_about(item["assessment"], path)


def _definition(value: Any) -> CourseDefinition:
    return CourseDefinition(
        slug=value["slug"],
        title=value["title"],
        summary=value.get("summary", ""),
        modules=tuple(_module(module) for module in value["modules"]),
    )


def _module(value: Any) -> ModuleDefinition:
    items = tuple(_item(item) for item in value["items"])
    return ModuleDefinition(key=value["key"], title=value["title"], items=items)


def _item(value: Any) -> ItemDefinition:
    return ItemDefinition(
        key=value["key"],
        title=value["title"],
        type=ItemType(value.get("type", ItemType.LESSON)),
        is_required=value.get("required", True),
        body=value.get("body", ""),
        url=value.get("url", ""),
        assessment=assessments.assessment_in(said) if (said := value.get("assessment")) else None,
    )


_FORM: Final = Form(schema=SCHEMA, rules=_rules)
