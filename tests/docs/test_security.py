"""docs/security.md names each requirement once, and tests that exist."""

import ast
import re
from collections import Counter
from functools import cache
from typing import Final

from tests.support.documents import ROOT, page, table_under

PAGE: Final = page("docs/security.md")
ROWS: Final = table_under("## OWASP ASVS 5.0 level 2", PAGE)
TEST: Final = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


@cache
def _tests_in(path: str) -> frozenset[str]:
    """The names of the test functions of a module; none if there is no such file."""
    file = ROOT / path
    if not file.is_file():
        return frozenset()
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, functions))


def test_every_named_test_exists() -> None:
    named = TEST.findall(PAGE)

    assert len(named) > 100
    assert [f"{path}::{name}" for path, name in named if name not in _tests_in(path)] == []


def test_only_tests_are_named_as_evidence() -> None:
    assert [evidence for *_, evidence in ROWS if TEST.sub("", evidence).strip()] == []


def test_every_requirement_has_one_row_in_the_order_of_the_standard() -> None:
    ids = [requirement for row in ROWS for requirement in row[0].split(", ")]
    firsts = [tuple(map(int, row[0].split(", ")[0].split("."))) for row in ROWS]

    assert [requirement for requirement, rows in Counter(ids).items() if rows > 1] == []
    assert firsts == sorted(firsts)


def test_a_row_without_tests_says_why() -> None:
    untested = [met for _, _, met, evidence in ROWS if not evidence]

    assert [met for met in untested if not met.startswith(("Not applicable", "Not met yet"))] == []
