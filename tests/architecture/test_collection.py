"""Collection of tests: every process collects the same ones, so that several can share a run."""

import ast
from collections.abc import Iterator
from typing import Final

import pytest

from tests.conftest import COLLECTED, is_selected, names_store
from tests.support.sources import Source, sources

DIFFERING: Final = {"uuid4", "now", "today", "random", "token_hex", "getpid", "compress"}
"""Functions whose results differ from process to process: the header of a gzip file contains the time."""
TEXTS: Final = {"str", "compress"}
"""Functions with a text, or bytes, as their result."""


def called(node: ast.AST) -> Iterator[str]:
    """The names of the functions that are called in the node."""
    for part in ast.walk(node):
        if isinstance(part, ast.Call):
            yield getattr(part.func, "attr", getattr(part.func, "id", ""))


def differing_names(source: Source) -> Iterator[int]:
    """The lines on which a decorator makes a text of such a result: texts are part of the names of tests.

    Values that have names of their own (`ids`) are not.
    """
    for node in source.definitions:
        for decorator in node.decorator_list:
            if any(part.arg == "ids" for part in getattr(decorator, "keywords", [])):
                continue
            for part in ast.walk(decorator):
                is_text = isinstance(part, ast.JoinedStr) or next(called(part), "") in TEXTS
                if is_text and not DIFFERING.isdisjoint(called(part)):
                    yield part.lineno  # type: ignore[attr-defined]  # an expression has one


def test_tests_have_the_same_names_in_every_process() -> None:
    differing = [
        f"{source.name}:{line}" for source in sources("tests") for line in differing_names(source)
    ]

    assert differing == []


@pytest.mark.memory
@pytest.mark.parametrize("store", ["sqlite", "postgres"])
def test_modules_with_tests_of_a_database_name_it(
    request: pytest.FixtureRequest, store: str
) -> None:
    """The others are not collected on it."""
    tests = request.config.stash[COLLECTED]

    modules = {test.path for test in tests if is_selected(test, suite="quick", store=store)}

    assert [str(module) for module in modules if not names_store(module, store)] == []
