"""From a CourseDefinition to the YAML that reads back equal."""

from typing import Any

import yaml

from courses.domain.entities import CourseDefinition, ItemDefinition, ItemType, ModuleDefinition


class _Dumper(yaml.SafeDumper):
    """Writes text of several lines as a block, as a person would."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
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
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


def _module(module: ModuleDefinition) -> dict[str, Any]:
    return {
        "key": module.key,
        "title": module.title,
        "items": [_item(item) for item in module.items],
    }


def _item(item: ItemDefinition) -> dict[str, Any]:
    """The members that differ from their defaults, and those that every item has."""
    value: dict[str, Any] = {"key": item.key, "title": item.title, "type": item.type.value}
    if not item.is_required:
        value["required"] = False
    if item.type is ItemType.EXTERNAL:
        value["url"] = item.url
    if item.body:
        value["body"] = item.body
    return value
