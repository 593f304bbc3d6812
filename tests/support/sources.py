"""Source code of the project, for tests that read it."""

import ast
import gc
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
        # No search for garbage: half the time would be spent on looking through trees that stay.
        gc.disable()
        tree = ast.parse(self.text)
        gc.freeze()
        gc.enable()
        return tree

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """Every node of its syntax tree but contexts of names, in the order of `ast.walk`, which is half as fast."""
        nodes: list[ast.AST] = [self.tree]
        for node in nodes:
            for name in node._fields:
                value = getattr(node, name, None)
                if isinstance(value, list):
                    nodes += [part for part in value if isinstance(part, ast.AST)]
                elif isinstance(value, ast.AST) and not isinstance(value, ast.expr_context):
                    nodes.append(value)
        return nodes

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
