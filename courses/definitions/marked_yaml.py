"""YAML restricted to the values of JSON, with the line of each value.

Scalars follow the core schema of YAML 1.2.2 (§10.3.2), without its octal and hexadecimal numbers: what JSON would not
read as a number, such as 070, 12:30, 1_000 or a date, is text, and so is `no`.
"""

import json
import re
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

import yaml
from yaml.reader import ReaderError

from authsvc.kernel.proportion import DEEPEST, MOST_VALUES, Disproportionate

Path = tuple[str | int, ...]

LONGEST_EXPLAINED: Final = 20_000
"""Longer texts are read by libyaml alone. PyYAML explains more, but is a hundred times as slow."""
_JSON_TOKENS: Final = re.compile(r'"(?:[^"\\]++|\\.)*+"|[\[{,]', re.DOTALL)
LONGEST_NUMBER: Final = 100
_INTEGER: Final = re.compile(r"[-+]?(0|[1-9][0-9]*)\Z")
_FLOAT: Final = re.compile(
    r"[-+]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?\Z"
    r"|[-+]?\.(inf|Inf|INF)\Z|\.(nan|NaN|NAN)\Z"
)
_UNLIKE_YAML: Final = re.compile(r"[^ -~\r\n]")
_ONLY_IN_LIBYAML: Final = re.compile(r"\t|.\ufeff", re.DOTALL)
"""What libyaml allows where PyYAML does not: tabs between tokens, and byte order marks in the text."""
_OTHER_BREAKS: Final = frozenset("\x85\u2028\u2029")
"""What YAML reads as a line break, unless it is escaped."""


_TAG: Final = "tag:yaml.org,2002:"
_RESOLVERS: Final = (
    ("null", re.compile(r"(~|null|Null|NULL|)\Z"), ["~", "n", "N", ""]),
    ("bool", re.compile(r"(true|True|TRUE|false|False|FALSE)\Z"), list("tTfF")),
    ("int", _INTEGER, list("-+0123456789")),
    ("float", _FLOAT, list("-+.0123456789")),
)
"""The types of plain scalars by their spelling, and the characters with which these begin."""


def _with_core_schema(base: type[Any], *, replaces: bool) -> Any:
    """A loader or dumper with the types of this module, in place of those of YAML 1.1 or in addition to them."""
    kind: Any = type(f"Core{base.__name__}", (base,), {})
    if replaces:
        kind.yaml_implicit_resolvers = {}
    for name, pattern, beginnings in _RESOLVERS:
        kind.add_implicit_resolver(f"{_TAG}{name}", pattern, beginnings)
    return kind


_FAST: Final[Any] = _with_core_schema(getattr(yaml, "CSafeLoader", yaml.SafeLoader), replaces=True)
_EXACT: Final[Any] = _with_core_schema(yaml.SafeLoader, replaces=True)
_SAFE_DUMPER: Final[Any] = _with_core_schema(yaml.SafeDumper, replaces=False)
"""Quotes text that any version of YAML would read as something else."""


class _Dumper(_SAFE_DUMPER):  # type: ignore[misc]  # a class made at run time
    """Writes text of several lines as a block."""


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    if not _OTHER_BREAKS.isdisjoint(text):
        style = '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represent_text)


class UnreadableYaml(Exception):
    """The text cannot be read; the message says why, and on which line."""

    def __init__(self, reason: str, *, line: int) -> None:
        super().__init__(f"line {line}: {reason}")


@dataclass(frozen=True, slots=True)
class MarkedDocument:
    """A value of dicts, lists and scalars, with the line of each path in it, counted from 1."""

    value: Any
    lines: dict[Path, int]


def load(text: str) -> MarkedDocument:
    """Read one document.

    Raises UnreadableYaml, also for aliases (a small text could become huge), for tags (JSON has none), for
    more than 30,000 values and for values that are nested more than 20 deep.
    """
    text = _in_yaml(text) if _is_json(text) else text
    is_short = len(text) <= LONGEST_EXPLAINED
    if is_short and not _ONLY_IN_LIBYAML.search(text):
        with suppress(UnreadableYaml, yaml.YAMLError, ValueError):
            document = _document(text, _FAST)
            if document.value is not None:  # libyaml has another line for an empty document
                return document
    # Read again without libyaml, for messages that say more.
    try:
        return _document(text, _EXACT if is_short else _FAST)
    except yaml.MarkedYAMLError as error:
        reason = ", ".join(part for part in (error.context, error.problem) if part)
        raise UnreadableYaml(reason, line=_line(error.problem_mark)) from None
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise UnreadableYaml("YAML does not allow this character", line=line) from None


def _document(text: str, kind: type[yaml.SafeLoader]) -> MarkedDocument:
    """Raises UnreadableYaml, YAMLError, ValueError."""
    _require_json_values(kind(text))
    loader = kind(text)
    node = loader.get_single_node()
    if node is None:
        raise UnreadableYaml("the text is empty", line=1)
    lines: dict[Path, int] = {}
    return MarkedDocument(_value(node, (), lines), lines)


def dump(value: Any) -> str:
    """The value as YAML, as a person would write it."""
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


def _is_json(text: str) -> bool:
    """Whether the text is JSON, of no more values than are read."""
    if not text.lstrip().startswith("{"):
        return False
    tokens = sum(1 for _ in islice(_JSON_TOKENS.finditer(text), 3 * MOST_VALUES))
    if tokens == 3 * MOST_VALUES:
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _in_yaml(text: str) -> str:
    """JSON with spaces for tabs, and escapes for characters that YAML would refuse or fold."""
    return _UNLIKE_YAML.sub(
        lambda match: " " if match[0] == "\t" else f"\\U{ord(match[0]):08x}", text
    )


def _require_json_values(loader: yaml.SafeLoader) -> None:
    """Raise UnreadableYaml for the first event that is not allowed, before anything is built."""
    levels = _Levels()
    try:
        while loader.check_event():
            event = loader.get_event()  # type: ignore[no-untyped-call]  # the stubs leave it out
            line = _line(event.start_mark)
            if isinstance(event, yaml.AliasEvent):
                raise UnreadableYaml("aliases are not allowed", line=line)
            if getattr(event, "tag", None) is not None:
                raise UnreadableYaml("tags are not allowed", line=line)
            try:
                levels.add(event)
            except Disproportionate as error:
                raise UnreadableYaml(f"the text {error}", line=line) from None
    except (ValueError, OverflowError):
        # Python, not PyYAML, refuses an escape beyond Unicode, and a version of a thousand digits.
        raise UnreadableYaml("invalid escape or version", line=loader.line + 1) from None


class _Levels:
    """The collections that are open, and how many values there were so far. Keys are no values."""

    def __init__(self) -> None:
        self.count = 0
        self.expects_key: list[bool | None] = []
        """For each open collection; None for a sequence."""

    def add(self, event: yaml.Event) -> None:
        """Raises Disproportionate."""
        if isinstance(event, yaml.CollectionEndEvent):
            self.expects_key.pop()
        elif isinstance(event, yaml.NodeEvent):
            is_key = bool(self.expects_key and self.expects_key[-1])
            if self.expects_key and self.expects_key[-1] is not None:
                self.expects_key[-1] = not is_key
            self.count += not is_key
            if isinstance(event, yaml.CollectionStartEvent):
                self.expects_key.append(isinstance(event, yaml.MappingStartEvent) or None)
        if self.count > MOST_VALUES:
            raise Disproportionate.of_many()
        if len(self.expects_key) > DEEPEST:
            raise Disproportionate.of_depth()


def _value(node: yaml.Node, path: Path, lines: dict[Path, int]) -> Any:
    lines[path] = _line(node.start_mark)
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, lines)
    if isinstance(node, yaml.SequenceNode):
        return [_value(inner, (*path, index), lines) for index, inner in enumerate(node.value)]
    return _scalar(node)


def _mapping(node: yaml.MappingNode, path: Path, lines: dict[Path, int]) -> dict[str, Any]:
    mapping: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key, line = key_node.value, _line(key_node.start_mark)
        if not isinstance(key, str):
            raise UnreadableYaml("a key must be text", line=line)
        if key in mapping:
            raise UnreadableYaml(f"the key {key!r} is already in this mapping", line=line)
        mapping[key] = _value(value_node, (*path, key), lines)
        lines[(*path, key)] = line
    return mapping


def _scalar(node: yaml.Node) -> str | int | float | bool | None:
    """A string, number, boolean or null.

    A number of more than 100 characters stays text: converting it could take hours, and Python does not print it.
    """
    text: str = node.value
    kind = node.tag.removeprefix(_TAG)
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() == "true"
    if len(text) <= LONGEST_NUMBER and kind == "int":
        return int(text)
    if len(text) <= LONGEST_NUMBER and kind == "float":
        return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
    return _joined(text)


def _joined(text: str) -> str:
    """With surrogate pairs, which JSON may escape separately, joined."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def _line(mark: Any) -> int:
    """The line of a mark, counted from 1."""
    return int(mark.line) + 1
