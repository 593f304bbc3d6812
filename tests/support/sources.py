"""Source code of the project, for tests that read it."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Final

from authsvc.config.variables import ROOT

APPS: Final = ("accounts", "courses", "progress", "credentials")
SHIPPED: Final = ("authsvc", *APPS)
# Strings are matched, too, so that a sign of a comment inside of them is none. Python's own tokenizer takes 15 times
# as long.
_STRING_OR_COMMENT: Final = re.compile(r"""("{3}|'{3}|"|')(?:\\.|[^\\])*?\1|(#[^\n]*)""", re.DOTALL)


@dataclass(frozen=True)
class Source:
    """One module. Its `name` is its path in the project."""

    path: Path

    @cached_property
    def name(self) -> str:
        return str(self.path.relative_to(ROOT))

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """Every node of its syntax tree."""
        return list(ast.walk(self.tree))

    @cached_property
    def comments(self) -> list[tuple[int, str]]:
        """Its comments, each with its line."""
        return [
            (self.text.count("\n", 0, match.start()) + 1, match[2])
            for match in _STRING_OR_COMMENT.finditer(self.text)
            if match[2]
        ]

    def is_in(self, *folders: str) -> bool:
        return not set(folders).isdisjoint(self.name.split("/"))


@cache
def source_at(path: Path) -> Source:
    """The module at this path, read and parsed once for all the tests that look at it."""
    return Source(path)


def sources(*packages: str) -> Iterator[Source]:
    """Every module of these packages except migrations, which Django generates."""
    for package in packages:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield source_at(path)
