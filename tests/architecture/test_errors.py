"""Domain errors: the kind and code of each, and that each is documented."""

import ast
import re
from collections.abc import Iterator
from string import Formatter
from typing import Final

import pytest
from django.urls import get_resolver

from authsvc.http.problems import OF_HTTP, STATUS_OF, problem_of
from authsvc.kernel.errors import DomainError
from tests.support.sources import SHIPPED, sources


def subclasses_of(kind: type[DomainError]) -> Iterator[type[DomainError]]:
    for subclass in kind.__subclasses__():
        yield subclass
        yield from subclasses_of(subclass)


def facts_of(error: type[DomainError]) -> set[str]:
    """The facts that its explanation names."""
    return {fact for _, fact, _, _ in Formatter().parse(error.explanation) if fact}


get_resolver().check()  # imports all views, and with them every app
ERRORS: Final = {
    error.__name__: error
    for error in subclasses_of(DomainError)
    if error not in STATUS_OF and error.__module__.split(".")[0] in SHIPPED
}


@pytest.fixture(scope="module")
def raised() -> list[tuple[str, ast.expr]]:
    """What is raised in shipped code, each with its module."""
    return [
        (source.name, node.exc)
        for source in sources(*SHIPPED)
        for node in source.nodes(ast.Raise)
        if node.exc is not None
    ]


def test_kinds_are_told_apart_by_their_status() -> None:
    assert len(set(STATUS_OF.values())) == len(STATUS_OF)


@pytest.mark.parametrize("error", ERRORS.values(), ids=ERRORS)
def test_a_domain_error_is_of_exactly_one_kind(error: type[DomainError]) -> None:
    assert len([kind for kind in STATUS_OF if issubclass(error, kind)]) == 1


@pytest.mark.parametrize("error", ERRORS.values(), ids=ERRORS)
def test_a_domain_error_has_a_code_in_kebab_case_and_a_title_without_a_full_stop(
    error: type[DomainError],
) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", error.code)
    assert re.fullmatch(r"[A-Z].*[^.]", error.title)


@pytest.mark.parametrize("error", ERRORS.values(), ids=ERRORS)
def test_the_explanation_of_a_domain_error_has_full_sentences_and_names_facts(
    error: type[DomainError],
) -> None:
    facts = {fact: f"the {fact}" for fact in facts_of(error)}

    _, problem = problem_of(error(**facts))

    assert problem["detail"].endswith(".")
    assert all(fact in problem["detail"] for fact in facts.values())


def test_no_two_problems_have_the_same_code() -> None:
    codes = [error.code for error in ERRORS.values()] + [code for code, _ in OF_HTTP.values()]

    assert sorted(codes) == sorted(set(codes))


def test_problems_of_http_are_named_and_entitled_alike() -> None:
    unlike = [
        code
        for code, title in OF_HTTP.values()
        if not re.fullmatch(r"[a-z]+(-[a-z]+)*", code) or not re.fullmatch(r"[A-Z].*[^.]", title)
    ]

    assert unlike == []


def test_every_domain_error_is_raised_somewhere(raised: list[tuple[str, ast.expr]]) -> None:
    named = {node.id for _, exc in raised for node in ast.walk(exc) if isinstance(node, ast.Name)}

    assert named & set(ERRORS) == set(ERRORS)


def test_a_domain_error_is_raised_with_the_facts_that_its_explanation_names(
    raised: list[tuple[str, ast.expr]],
) -> None:
    silent = []
    for source, exc in raised:
        called = exc.func if isinstance(exc, ast.Call) else exc
        if isinstance(called, ast.Name) and called.id in ERRORS:
            keywords = exc.keywords if isinstance(exc, ast.Call) else []
            missing = facts_of(ERRORS[called.id]) - {keyword.arg for keyword in keywords}
            silent += [f"{source}: {called.id} without {fact}" for fact in missing]

    assert silent == []
