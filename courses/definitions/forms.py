"""Forms of definitions: each with a JSON Schema, and rules beyond what one can say."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any, Final

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from authsvc.kernel.errors import Complaint
from courses.definitions import marked_yaml

LONGEST_TEXT: Final = 4_000_000
LONGEST_QUOTE: Final = 200
MOST_COMPLAINTS: Final = 100
Complaints = Iterator[tuple[marked_yaml.Path, str]]


@dataclass(frozen=True, kw_only=True)
class Form:
    """`rules` complain about a value that satisfies the schema."""

    schema: Mapping[str, Any]
    rules: Callable[[Any], Complaints]

    def read(self, text: str) -> tuple[Any, list[Complaint]]:
        """The value written in *text*, YAML or JSON, and what is wrong with it, each with its line."""
        if len(text) > LONGEST_TEXT:
            return None, [Complaint(path="", detail="The text is too long.")]
        try:
            document = marked_yaml.load(text)
        except marked_yaml.UnreadableYaml as error:
            return None, [Complaint(path="", detail=str(error))]
        complaints = [
            Complaint(path=_spelled(path), detail=f"line {document.lines[path]}: {reason}")
            for path, reason in self._complaints(document.value)
        ]
        return document.value, complaints

    def complaints_about(self, value: Any) -> list[Complaint]:
        """What is wrong with the value of a JSON body."""
        try:
            return [
                Complaint(path=_spelled(path), detail=reason)
                for path, reason in self._complaints(value)
            ]
        except RecursionError:
            return [Complaint(path="", detail="The body is nested too deeply.")]

    @cached_property
    def _validator(self) -> Draft202012Validator:
        return Draft202012Validator(self.schema)

    def _complaints(self, value: Any) -> Complaints:
        """What is wrong with the value, in its order; what the schema cannot say only once that is satisfied.

        A long list of nonsense could be wrong in a million places; the first ones will do.
        """
        found = sorted(
            islice(self._misfits(value), MOST_COMPLAINTS), key=lambda place: _order(place[0])
        )
        if found:
            yield from found
        else:
            yield from _unstorable(value, ())
            yield from self.rules(value)

    def _misfits(self, value: Any) -> Complaints:
        """What the schema has against the value, and where."""
        for error in self._validator.iter_errors(value):
            path, schema = tuple(error.absolute_path), error.schema
            if error.validator == "additionalProperties" and isinstance(schema, Mapping):
                unknown = (name for name in error.instance if name not in schema["properties"])
                yield from (((*path, name), "there is no such member here") for name in unknown)
            else:
                yield path, _reason(error)


def repeated(places: Iterable[tuple[str, marked_yaml.Path]]) -> Complaints:
    """Complaints about the keys that stand a second time."""
    seen: Counter[str] = Counter()
    for key, path in places:
        seen[key] += 1
        if seen[key] > 1:
            yield path, f"the key {key!r} is taken"


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


def _unstorable(value: Any, path: marked_yaml.Path) -> Complaints:
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


def _spelled(path: marked_yaml.Path) -> str:
    """The path as in a JSON Pointer (RFC 6901 §3); half a surrogate pair has no UTF-8, so it is escaped."""
    steps = (str(step).replace("~", "~0").replace("/", "~1") for step in path)
    return "/".join(steps).encode(errors="backslashreplace").decode()


def _order(path: Any) -> list[tuple[int, str]]:
    """Sorts paths as a reader meets them: numbers by value, names by spelling."""
    return [(step, "") if isinstance(step, int) else (-1, step) for step in path]
