"""From definitions to the YAML that reads back equal."""

from typing import Any, Final

import yaml

from courses.definitions.assessments import value_of
from courses.domain.entities import CourseDefinition, ItemDefinition, ItemType, ModuleDefinition

OTHER_BREAKS: Final = frozenset("\x85\u2028\u2029")
"""What YAML reads as the end of a line, unless it is escaped."""


class _Dumper(yaml.SafeDumper):
    """Writes text of several lines as a block, as a person would."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    if not OTHER_BREAKS.isdisjoint(text):
        style = '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def write_definition(definition: CourseDefinition) -> str:
    value = {
        "format": 1,
        "slug": definition.slug,
        "title": definition.title,
        "summary": definition.summary,
        "modules": [_module(module) for module in definition.modules],
    }
    return yaml_of(value)


def yaml_of(value: dict[str, Any]) -> str:
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


def _module(module: ModuleDefinition) -> dict[str, Any]:
    return {
        "key": module.key,
        "title": module.title,
        "items": [_item(item) for item in module.items],
    }


def _item(item: ItemDefinition) -> dict[str, Any]:
    """The members that differ from their defaults, and those that every item of its type has."""
    value: dict[str, Any] = {"key": item.key, "title": item.title, "type": item.type.value}
    if not item.is_required:
        value["required"] = False
    is_outside = item.type is ItemType.EXTERNAL
    if is_outside:
        value["url"] = item.url
    if item.body or not is_outside:
        value["body"] = item.body
    if item.assessment is not None:
        value["assessment"] = value_of(item.assessment)
    return value
