"""Parsers for the documents of the project."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[2]
_FENCE: Final = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Fence:
    """A fenced block and its language."""

    language: str
    text: str


def page(path: str) -> str:
    """The text of a document, by its path from the root of the project."""
    return (ROOT / path).read_text(encoding="utf-8")


def fences(text: str) -> list[Fence]:
    """All fenced blocks, in their order."""
    return [Fence(language, inner) for language, inner in _FENCE.findall(text)]


def commands_in(text: str) -> Iterator[tuple[str, str]]:
    """The commands of each shell block, and their output as shown on the page."""
    for fence, following in pairwise([*fences(text), Fence("", "")]):
        if fence.language == "sh":
            yield fence.text, following.text if following.language == "text" else ""


def words_in(text: str) -> set[str]:
    """The members and values of an example in YAML."""
    return {word.strip(" -") for word in text.replace(":", "\n").split("\n")}


def members_of(schema: Any) -> set[str]:
    """The names of all members in a JSON schema."""
    return set(_members(schema))


def _members(schema: Any) -> Iterator[str]:
    if isinstance(schema, Mapping):
        yield from schema.get("properties", {}) if schema.get("type") == "object" else ()
        for inner in schema.values():
            yield from _members(inner)


def table_under(heading: str, text: str) -> list[list[str]]:
    """The cells of the first table after a heading, row by row, without its head."""
    _, _, after = text.partition(f"\n{heading}\n")
    lines = re.findall(r"^\|(.*)\|$", after.partition("\n## ")[0], re.MULTILINE)
    return [[cell.strip() for cell in line.split("|")] for line in lines[2:]]
