"""Collection of tests: every process collects the same ones, so that several can share a run."""

import ast
import re
from collections.abc import Iterator
from typing import Final

import pytest

from tests.conftest import IN_MEMORY_ALONE, MARKERS
from tests.support.documents import ROOT
from tests.support.sources import Source, sources

DIFFERING: Final = {"uuid4", "now", "today", "random", "token_hex", "getpid"}
"""Functions whose results differ from process to process."""


def called(node: ast.AST) -> Iterator[str]:
    """The names of the functions that are called in the node."""
    for part in ast.walk(node):
        if isinstance(part, ast.Call):
            yield getattr(part.func, "attr", getattr(part.func, "id", ""))


def differing_names(source: Source) -> Iterator[int]:
    """The lines on which a decorator makes a text of such a result: texts are part of the names of tests."""
    for node in source.nodes:
        for decorator in getattr(node, "decorator_list", []):
            for part in ast.walk(decorator):
                is_text = isinstance(part, ast.JoinedStr) or next(called(part), "") == "str"
                if is_text and not DIFFERING.isdisjoint(called(part)):
                    yield part.lineno  # type: ignore[attr-defined]  # an expression has one


def test_tests_have_the_same_names_in_every_process() -> None:
    differing = [
        f"{source.name}:{line}" for source in sources("tests") for line in differing_names(source)
    ]

    assert differing == []


@pytest.mark.parametrize("path", IN_MEMORY_ALONE)
def test_what_is_not_collected_on_databases_has_no_test_for_them(path: str) -> None:
    markers = MARKERS["quick"]["sqlite"] | MARKERS["quick"]["postgres"]
    source = (ROOT / "tests" / path).read_text()

    assert re.findall(rf"mark\.(?:{'|'.join(markers)})\b|\b(?:world|unit_of_work):", source) == []
