"""Source code of the project, for tests that read it."""

import ast
import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Final

from authsvc.config.variables import ROOT

APPS: Final = ("accounts", "courses", "progress", "credentials")
SHIPPED: Final = ("authsvc", *APPS)


@dataclass(frozen=True)
class Source:
    """One module. Its `name` is its path in the project."""

    path: Path

    @property
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
        tokens = tokenize.generate_tokens(io.StringIO(self.text).readline)
        return [
            (token.start[0], token.string) for token in tokens if token.type == tokenize.COMMENT
        ]

    def is_in(self, *folders: str) -> bool:
        return not set(folders).isdisjoint(self.path.relative_to(ROOT).parts)


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
