"""From text to a CourseDefinition, or to complaints that name the line."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
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
LONGEST_QUOTE: Final = 200
MOST_COMPLAINTS: Final = 100
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
        Complaint(path=_spelled(path), detail=f"line {document.lines[path]}: {reason}")
        for path, reason in _complaints(document.value)
    ]
    if complaints:
        raise InvalidDefinition(*complaints)
    return _definition(document.value)


def definition_of(value: Any) -> CourseDefinition:
    """The definition that a JSON body holds. Raises InvalidDefinition."""
    try:
        complaints = [
            Complaint(path=_spelled(path), detail=reason) for path, reason in _complaints(value)
        ]
    except RecursionError:
        complaints = [Complaint(path="", detail="The body is nested too deeply.")]
    if complaints:
        raise InvalidDefinition(*complaints)
    return _definition(value)


def _complaints(value: Any) -> _Complaints:
    """What is wrong with the value, in its order; what the schema cannot say only once that is satisfied.

    A long list of nonsense could be wrong in a million places; the first ones will do.
    """
    found = sorted(islice(_misfits(value), MOST_COMPLAINTS), key=lambda place: _order(place[0]))
    if found:
        yield from found
    else:
        yield from _unstorable(value, ())
        yield from _repeated_keys(value)


def _misfits(value: Any) -> _Complaints:
    """What the schema has against the value, and where."""
    for error in _VALIDATOR.iter_errors(value):
        path, schema = tuple(error.absolute_path), error.schema
        if error.validator == "additionalProperties" and isinstance(schema, Mapping):
            unknown = (name for name in error.instance if name not in schema["properties"])
            yield from (((*path, name), "there is no such member here") for name in unknown)
        else:
            yield path, _reason(error)


def _reason(error: ValidationError) -> str:
    """What is wrong with the value, which is itself cut short."""
    if error.validator == "not":
        unwanted: Any = error.validator_value
        return str(unwanted["description"])
    said = repr(error.instance)
    if error.message.startswith(said):
        return f"{_cut(said)}{error.message.removeprefix(said)}"
    return _cut(error.message)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}…"


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
    """The path as in a JSON Pointer (RFC 6901 §3); half a surrogate pair has no UTF-8, so it is escaped."""
    steps = (str(step).replace("~", "~0").replace("/", "~1") for step in path)
    return "/".join(steps).encode(errors="backslashreplace").decode()


def _order(path: Any) -> list[tuple[int, str]]:
    """Sorts paths as a reader meets them: numbers by value, names by spelling."""
    return [(step, "") if isinstance(step, int) else (-1, step) for step in path]
