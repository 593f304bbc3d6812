"""Policies of a course: attributes of its elements in `policies/…/policy.json`, which win over those in XML."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from courses.definitions import marked_yaml
from courses.definitions.olx.losses import Loss


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyValue:
    """The text of an attribute, and the line on which it is set."""

    text: str
    line: int


Entry = Mapping[str, PolicyValue]


@dataclass(slots=True)
class Policy:
    """The entries of a policy by element, such as `chapter/loops`. Those that are asked for are used up."""

    file: str = ""
    entries: dict[str, Entry] = field(default_factory=dict)

    def take(self, tag: str, name: str) -> Entry:
        """The attributes of this element; empty if there are none, or if they have been taken."""
        return self.entries.pop(f"{tag}/{name}", {}) if self.entries else {}

    def losses(self) -> Iterator[Loss]:
        """The entries of elements that were not read."""
        for element, entry in self.entries.items():
            line = min((value.line for value in entry.values()), default=1)
            yield Loss(
                file=self.file, line=line, attribute=element, reason="there is no such element"
            )


def policy_in(text: str, file: str) -> Policy:
    """Raises UnreadableYaml."""
    document = marked_yaml.load(text)
    if not isinstance(document.value, dict):
        return Policy(file=file)
    entries = {
        element: _entry((element,), members, document.lines)
        for element, members in document.value.items()
        if isinstance(members, dict)
    }
    return Policy(file=file, entries=entries)


def members_in(text: str) -> list[tuple[str, int]]:
    """The members of a JSON object, each with its line. Raises UnreadableYaml."""
    document = marked_yaml.load(text)
    members = document.value if isinstance(document.value, dict) else {}
    return [(name, document.lines[(name,)]) for name in members]


def _entry(
    path: marked_yaml.Path, members: Mapping[str, Any], lines: Mapping[marked_yaml.Path, int]
) -> Entry:
    return {
        name: PolicyValue(text=_text_of(value), line=lines[(*path, name)])
        for name, value in members.items()
    }


def _text_of(value: Any) -> str:
    """The value as it would be written in XML; lists and objects in short."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict | list) and value:
        return re.sub(r"\s+", " ", str(value))[:100]
    return "" if value is None or value in ([], {}) else str(value)
