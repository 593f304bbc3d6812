"""Formats of definitions: each has a JSON Schema, and rules for what a schema cannot express."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from importlib.resources import files
from itertools import islice
from typing import Any, Final, Generic, TypeVar

from jsonschema import Draft202012Validator, validators
from jsonschema.exceptions import ValidationError

from authsvc.kernel.errors import FieldError, Invalid
from authsvc.kernel.proportion import Disproportionate, require_proportionate
from authsvc.kernel.text import name_error, name_of
from courses.definitions import marked_yaml
from courses.definitions.acceptance import acceptor_of
from courses.definitions.conversion import CONVERTER

LONGEST_TEXT: Final = 4_000_000
LONGEST_QUOTE: Final = 200
LONGEST_TITLE: Final = 200
MOST_ERRORS: Final = 100
_UNSTORABLE: Final = re.compile("[\0\ud800-\udfff]")
Errors = Iterator[tuple[marked_yaml.Path, str]]
"""What is wrong in a definition, each with its path."""
D = TypeVar("D")


class Format(Generic[D]):
    """A format of definitions. Its rules are checked for values that suit its schema."""

    def __init__(
        self,
        schema: str,
        *,
        definition: type[D],
        rules: Callable[[Any], Errors],
        error: type[Invalid],
    ) -> None:
        text = files("courses.definitions").joinpath(schema).read_text(encoding="utf-8")
        self.schema: Mapping[str, Any] = json.loads(text)
        self._definition = definition
        self._rules = rules
        self._error = error

    def read(self, text: str) -> D:
        """The definition in the text, YAML or JSON. Raises the error of the format, with the line of each error."""
        if len(text) > LONGEST_TEXT:
            detail = f"The text is longer than {LONGEST_TEXT:,} characters."
            raise self._error(FieldError(path="", detail=detail))
        try:
            document = marked_yaml.load(text)
        except marked_yaml.UnreadableYaml as error:
            raise self._error(FieldError(path="", detail=str(error))) from None
        return self._checked(
            document.value,
            [
                FieldError(path=_pointer(path), detail=f"line {document.lines[path]}: {reason}")
                for path, reason in self._errors_in(document.value)
            ],
        )

    def structure(self, value: Any) -> D:
        """The definition in a JSON body. Raises the error of the format."""
        try:
            require_proportionate(value)
        except Disproportionate as error:
            raise self._error(FieldError(path="", detail=f"The body {error}.")) from None
        return self._checked(
            value,
            [
                FieldError(path=_pointer(path), detail=reason)
                for path, reason in self._errors_in(value)
            ],
        )

    def write(self, definition: D) -> str:
        """The YAML that reads back equal."""
        return marked_yaml.dump(self.unstructure(definition))

    def _checked(self, value: Any, field_errors: list[FieldError]) -> D:
        if field_errors:
            raise self._error(*field_errors)
        definition = CONVERTER.structure(_with_titles(value), self._definition)
        try:
            require_proportionate(self.unstructure(definition))
        except Disproportionate as error:
            detail = f"With all members that have defaults, it {error}."
            raise self._error(FieldError(path="", detail=detail)) from None
        return definition

    def unstructure(self, definition: D) -> dict[str, Any]:
        """The value that is written, with members that the author may have left out. It must be readable again."""
        return {"format": 1, **CONVERTER.unstructure(definition)}

    @cached_property
    def _accepts(self) -> Callable[[Any], bool]:
        return acceptor_of(self.schema)

    @cached_property
    def _validator(self) -> Any:
        """Explains errors. Items without any are skipped, since explaining takes long."""
        accepts: dict[int, Callable[[Any], bool]] = {}

        def items(validator: Any, inner: Any, value: Any, schema: Any) -> Iterator[ValidationError]:
            is_suitable = accepts.setdefault(id(inner), acceptor_of(inner, root=self.schema))
            for index, item in enumerate(value if isinstance(value, list) else ()):
                if not is_suitable(item):
                    yield from validator.descend(item, inner, path=index)

        keywords = {"items": items, "uniqueItems": _unique_items, "pattern": _pattern}
        return validators.extend(Draft202012Validator, keywords)(self.schema)  # type: ignore[no-untyped-call]  # the stubs leave it out

    def _errors_in(self, value: Any) -> Errors:
        """What is wrong with the value, in its order; the rules are checked once it suits the schema.

        A long list of nonsense could have a million errors, so only the first ones are reported.
        """
        errors = sorted(
            islice(self._schema_errors(value), MOST_ERRORS), key=lambda error: _order(error[0])
        )
        if errors:
            yield from errors
        else:
            yield from _unstorable(value, ())
            yield from _title_errors(value, ())
            yield from self._rules(value)

    def _schema_errors(self, value: Any) -> Errors:
        if self._accepts(value):
            return
        for error in self._validator.iter_errors(value):
            path, schema = tuple(error.absolute_path), error.schema
            if error.validator == "additionalProperties" and isinstance(schema, Mapping):
                unknown = (name for name in error.instance if name not in schema["properties"])
                yield from (((*path, name), "there is no such member here") for name in unknown)
            else:
                yield path, _reason(error)


def duplicates(keys: Iterable[tuple[str, marked_yaml.Path]]) -> Errors:
    """An error for each key that is not the first of its name."""
    seen: set[str] = set()
    for key, path in keys:
        if key in seen:
            yield path, f"the key {key!r} is taken"
        seen.add(key)


def _unique_items(
    validator: Any, is_unique: Any, value: Any, schema: Any
) -> Iterator[ValidationError]:
    """As the validator does it, but not for lists that are too long anyway: the time grows with their square."""
    if isinstance(value, list) and len(value) <= schema["maxItems"]:
        yield from Draft202012Validator.VALIDATORS["uniqueItems"](
            validator, is_unique, value, schema
        )


def _pattern(validator: Any, pattern: Any, value: Any, schema: Any) -> Iterator[ValidationError]:
    """As the validator does it, but not for texts that are too long anyway: the memory grows with their length."""
    if isinstance(value, str) and len(value) <= schema.get("maxLength", LONGEST_TEXT):
        yield from Draft202012Validator.VALIDATORS["pattern"](validator, pattern, value, schema)


def _reason(error: ValidationError) -> str:
    """The message of the validator, with a long value cut short."""
    if error.validator == "not":
        unwanted: Any = error.validator_value
        return str(unwanted["description"])
    value = repr(error.instance)
    if error.message.startswith(value):
        return f"{_cut(value)}{error.message.removeprefix(value)}"
    return _cut(error.message)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}…"


def _unstorable(value: Any, path: marked_yaml.Path) -> Errors:
    """Text that cannot be stored: PostgreSQL refuses NUL, and a lone surrogate has no UTF-8."""
    if isinstance(value, str):
        if not _is_storable(value):
            yield path, "the text holds a character that cannot be stored"
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _unstorable(inner, (*path, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _unstorable(inner, (*path, index))


def _is_storable(text: str) -> bool:
    return _UNSTORABLE.search(text) is None


def _title_errors(value: Any, path: marked_yaml.Path) -> Errors:
    """An error for each title that cannot be a name. Text that cannot be stored is reported already."""
    for inner_path, title in _titles_in(value, path):
        if _is_storable(title):
            reason = name_error(title)
            if reason is not None:
                yield inner_path, reason
            elif len(name_of(title)) > LONGEST_TITLE:
                yield inner_path, f"a title has at most {LONGEST_TITLE} characters"


def _titles_in(value: Any, path: marked_yaml.Path) -> Iterator[tuple[marked_yaml.Path, str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == "title":
                yield (*path, name), inner
            else:
                yield from _titles_in(inner, (*path, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _titles_in(inner, (*path, index))


def _with_titles(value: Any) -> Any:
    """The value with its titles normalized."""
    if isinstance(value, dict):
        return {
            name: name_of(inner) if name == "title" else _with_titles(inner)
            for name, inner in value.items()
        }
    return [_with_titles(inner) for inner in value] if isinstance(value, list) else value


def _pointer(path: marked_yaml.Path) -> str:
    """The path as in a JSON Pointer (RFC 6901 §3). A lone surrogate has no UTF-8, so it is escaped."""
    steps = (str(step).replace("~", "~0").replace("/", "~1") for step in path)
    return "/".join(steps).encode(errors="backslashreplace").decode()


def _order(path: Any) -> list[tuple[int, str]]:
    """Sort key for paths in reading order: indexes by value, names by spelling."""
    return [(step, "") if isinstance(step, int) else (-1, step) for step in path]
