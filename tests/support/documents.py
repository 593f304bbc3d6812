"""Parsers for the documents of the project."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

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


def table_under(heading: str, text: str) -> list[list[str]]:
    """The cells of the first table after a heading, row by row, without its head."""
    _, _, after = text.partition(f"\n{heading}\n")
    lines = re.findall(r"^\|(.*)\|$", after.partition("\n## ")[0], re.MULTILINE)
    return [[cell.strip() for cell in line.split("|")] for line in lines[2:]]
