"""From text to a CourseDefinition, or to complaints that name the line."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from textwrap import shorten
from typing import Any, Final

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from authsvc.kernel.errors import Complaint
from courses.definitions import marked_yaml
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
LONGEST_TEXT: Final = 4_000_000
_VALIDATOR: Final = Draft202012Validator(SCHEMA)
_Complaints = Iterator[tuple[marked_yaml.Path, str]]


def read_definition(text: str) -> CourseDefinition:
    """The definition written in *text*, YAML or JSON. Raises InvalidDefinition with a line for each complaint."""
    if len(text) > LONGEST_TEXT:
        raise InvalidDefinition(Complaint(path="", detail="The text is too long."))
    try:
        document = marked_yaml.load(text)
    except marked_yaml.UnreadableYaml as error:
        raise InvalidDefinition(Complaint(path="", detail=str(error))) from None
    complaints = [
        Complaint(path=_spelled(path), detail=f"line {document.line_of(path)}: {reason}")
        for path, reason in _complaints(document.value)
    ]
    if complaints:
        raise InvalidDefinition(*complaints)
    return _definition(document.value)


def definition_of(value: Any) -> CourseDefinition:
    """The definition that a JSON body holds. Raises InvalidDefinition."""
    complaints = [Complaint(path=_spelled(path), detail=why) for path, why in _complaints(value)]
    if complaints:
        raise InvalidDefinition(*complaints)
    return _definition(value)


def _complaints(value: Any) -> _Complaints:
    """What is wrong with the value, in its order; what the schema cannot say only once that is satisfied."""
    errors = sorted(_VALIDATOR.iter_errors(value), key=lambda error: _order(error.absolute_path))
    if errors:
        yield from ((tuple(error.absolute_path), _reason(error)) for error in errors)
    else:
        yield from _unstorable(value, ())
        yield from _repeated_keys(value)


def _reason(error: ValidationError) -> str:
    return shorten(error.message, width=300, placeholder="…")


def _unstorable(value: Any, path: marked_yaml.Path) -> _Complaints:
    """Text that no store takes: PostgreSQL refuses NUL, and a lone surrogate has no UTF-8."""
    if isinstance(value, str):
        if any(char == "\0" or "\ud800" <= char <= "\udfff" for char in value):
            yield path, "the text holds a character that cannot be stored"
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _unstorable(inner, (*path, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _unstorable(inner, (*path, index))


def _repeated_keys(value: Any) -> _Complaints:
    modules = list(enumerate(value["modules"]))
    yield from _repeated((module["key"], ("modules", at, "key")) for at, module in modules)
    yield from _repeated(
        (item["key"], ("modules", at, "items", index, "key"))
        for at, module in modules
        for index, item in enumerate(module["items"])
    )


def _repeated(places: Iterable[tuple[str, marked_yaml.Path]]) -> _Complaints:
    seen: Counter[str] = Counter()
    for key, path in places:
        seen[key] += 1
        if seen[key] > 1:
            yield path, f"the key {key!r} is taken"


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
    )


def _spelled(path: marked_yaml.Path) -> str:
    return "/".join(str(step) for step in path)


def _order(path: Any) -> list[tuple[int, str]]:
    """Sorts paths as a reader meets them: numbers by value, names by spelling."""
    return [(step, "") if isinstance(step, int) else (-1, step) for step in path]
