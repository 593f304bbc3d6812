"""Source code of the project, for tests that read it."""

import ast
import gc
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Final, TypeVar

from authsvc.config.variables import ROOT

Node = TypeVar("Node", bound=ast.AST)
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

    def nodes(self, kind: type[Node]) -> Sequence[Node]:
        """The nodes of its syntax tree that are of this class."""
        return self._nodes.get(kind, ())  # type: ignore[return-value]  # the lists are by class

    @property
    def functions(self) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
        return [*self.nodes(ast.FunctionDef), *self.nodes(ast.AsyncFunctionDef)]

    @property
    def definitions(self) -> list[ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef]:
        return [*self.nodes(ast.ClassDef), *self.functions]

    def names(self) -> Iterator[str]:
        """What it uses or imports, each by the last part of its name."""
        yield from (node.attr for node in self.nodes(ast.Attribute))
        yield from (node.id for node in self.nodes(ast.Name))
        yield from (node.name for node in self.nodes(ast.alias))

    @cached_property
    def _nodes(self) -> Mapping[type[ast.AST], list[ast.AST]]:
        """Every node but contexts of names, by class: `ast.walk` takes twice as long, and tests look at few classes."""
        by_class: defaultdict[type[ast.AST], list[ast.AST]] = defaultdict(list)
        nodes: list[ast.AST] = [self.tree]
        for node in nodes:
            by_class[type(node)].append(node)
            for name in node._fields:
                value = getattr(node, name, None)
                if isinstance(value, list):
                    nodes += [part for part in value if isinstance(part, ast.AST)]
                elif isinstance(value, ast.AST) and not isinstance(value, ast.expr_context):
                    nodes.append(value)
        return by_class

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
