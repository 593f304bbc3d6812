"""YAML reduced to what JSON can say, with the line on which each thing stands."""

from dataclasses import dataclass
from typing import Any

import yaml

Path = tuple[str | int, ...]


class UnreadableYaml(ValueError):
    """The text is not such YAML; says why, and names the line if there is one."""

    def __init__(self, reason: str, *, line: int | None = None) -> None:
        super().__init__(reason if line is None else f"line {line}: {reason}")


@dataclass(frozen=True, slots=True)
class MarkedDocument:
    """A value of dicts, lists and scalars, and the line (from 1) of each path in it."""

    value: Any
    lines: dict[Path, int]

    def line_of(self, path: Path) -> int:
        """The line of the path, or of the nearest thing around it."""
        while path not in self.lines:
            path = path[:-1]
        return self.lines[path]


def load(text: str) -> MarkedDocument:
    """Read one document. Raises UnreadableYaml, also for aliases, which can make a small text huge."""
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent):
                raise UnreadableYaml("aliases are not allowed", line=_line(event.start_mark))
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        lines: dict[Path, int] = {(): 1}
        return MarkedDocument(_value(node, (), loader, lines) if node else None, lines)
    except yaml.MarkedYAMLError as error:
        raise UnreadableYaml(str(error.problem), line=_line(error.problem_mark)) from None
    except yaml.YAMLError:
        raise UnreadableYaml("the text holds characters that YAML does not allow") from None
    except RecursionError:
        raise UnreadableYaml("the text is nested too deeply") from None


def _value(node: yaml.Node, path: Path, loader: yaml.SafeLoader, lines: dict[Path, int]) -> Any:
    lines[path] = _line(node.start_mark) or 1
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, loader, lines)
    if isinstance(node, yaml.SequenceNode):
        return [
            _value(inner, (*path, index), loader, lines) for index, inner in enumerate(node.value)
        ]
    return _scalar(node, loader)


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
    return found


def _scalar(node: yaml.Node, loader: yaml.SafeLoader) -> Any:
    """A string, number, boolean or null; what else YAML knows, such as a date, stays as it was written."""
    try:
        value = loader.construct_object(node)
    except (yaml.YAMLError, ValueError):
        return node.value
    return value if isinstance(value, str | int | float | bool | None) else node.value


def _line(mark: Any) -> int | None:
    """The line of a place in the text, counted from 1."""
    return None if mark is None else int(mark.line) + 1
