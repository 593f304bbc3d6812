"""YAML reduced to what JSON can say, with the line on which each thing stands."""

import json
import re
from dataclasses import dataclass
from typing import Any, Final

import yaml
from yaml.reader import ReaderError

Path = tuple[str | int, ...]

DEEPEST: Final = 20
LONGEST_NUMBER: Final = 100
_NUMBER_OF_JSON: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?[eE][-+]?[0-9]+\Z")
_UNLIKE_YAML: Final = re.compile(r"[^ -~\r\n]")


class _JsonLoader(yaml.SafeLoader):
    """Takes 1e-07 for a number, which YAML 1.1 takes for a word."""


_JsonLoader.add_implicit_resolver("tag:yaml.org,2002:float", _NUMBER_OF_JSON, list("-0123456789"))


class UnreadableYaml(Exception):
    """The text is not such YAML; says why, and on which line."""

    def __init__(self, reason: str, *, line: int) -> None:
        super().__init__(f"line {line}: {reason}")


@dataclass(frozen=True, slots=True)
class MarkedDocument:
    """A value of dicts, lists and scalars, and the line (from 1) of each path in it."""

    value: Any
    lines: dict[Path, int]


def load(text: str) -> MarkedDocument:
    """Read one document.

    Raises UnreadableYaml; also for aliases, which can make a small text huge, for tags, which JSON does not know, and
    for more depth than a course has.
    """
    is_json = _is_json(text)
    kind, text = (_JsonLoader, _in_yaml(text)) if is_json else (yaml.SafeLoader, text)
    try:
        _refuse_more_than_json(kind(text))
        loader = kind(text)
        node = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        reason = ", ".join(part for part in (error.context, error.problem) if part)
        raise UnreadableYaml(reason, line=_line(error.problem_mark)) from None
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise UnreadableYaml("YAML does not allow this character", line=line) from None
    if node is None:
        raise UnreadableYaml("there is nothing in the text", line=1)
    lines: dict[Path, int] = {}
    return MarkedDocument(_value(node, (), loader, lines), lines)


def _is_json(text: str) -> bool:
    if not text.lstrip().startswith("{"):
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _in_yaml(text: str) -> str:
    """JSON with blanks for tabs and with escapes for characters that YAML would refuse or fold."""
    return _UNLIKE_YAML.sub(
        lambda found: " " if found[0] == "\t" else f"\\U{ord(found[0]):08x}", text
    )


def _refuse_more_than_json(loader: yaml.SafeLoader) -> None:
    """Raise UnreadableYaml at the first thing that is not wanted, before any of it is built."""
    depth = 0
    try:
        while loader.check_event():
            event = loader.get_event()  # type: ignore[no-untyped-call]  # the stubs leave it out
            line = _line(event.start_mark)
            if isinstance(event, yaml.AliasEvent):
                raise UnreadableYaml("aliases are not allowed", line=line)
            if getattr(event, "tag", None) is not None:
                raise UnreadableYaml("tags are not allowed", line=line)
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > DEEPEST:
                raise UnreadableYaml("the text is nested too deeply", line=line)
    except (ValueError, OverflowError):
        # PyYAML leaves it to Python to refuse an escape beyond Unicode, or a version of a thousand digits.
        raise UnreadableYaml("an escape that stands for nothing", line=loader.line + 1) from None


def _value(node: yaml.Node, path: Path, loader: yaml.SafeLoader, lines: dict[Path, int]) -> Any:
    lines[path] = _line(node.start_mark)
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, loader, lines)
    if isinstance(node, yaml.SequenceNode):
        return [
            _value(inner, (*path, index), loader, lines) for index, inner in enumerate(node.value)
        ]
    scalar = _scalar(node, loader)
    return _joined(scalar) if isinstance(scalar, str) else scalar


def _mapping(
    node: yaml.MappingNode, path: Path, loader: yaml.SafeLoader, lines: dict[Path, int]
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key, line = key_node.value, _line(key_node.start_mark)
        if not isinstance(key, str):
            raise UnreadableYaml("a key must be a word", line=line)
        if key in found:
            raise UnreadableYaml(f"{key!r} stands here a second time", line=line)
        found[key] = _value(value_node, (*path, key), loader, lines)
        lines[(*path, key)] = line
    return found


def _scalar(node: yaml.Node, loader: yaml.SafeLoader) -> Any:
    """A string, number, boolean or null; what else YAML knows, such as a date, stays as it was written.

    So does a number that is too long to be one: it can take hours to work out, and Python does not spell it.
    """
    if len(node.value) > LONGEST_NUMBER:
        return node.value
    try:
        value = loader.construct_object(node)
    except (yaml.YAMLError, ValueError):
        return node.value
    return value if isinstance(value, str | int | float | bool | None) else node.value


def _joined(text: str) -> str:
    """With one character where JSON escapes two halves of one."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def _line(mark: Any) -> int:
    """The line of a place in the text, counted from 1."""
    return int(mark.line) + 1
