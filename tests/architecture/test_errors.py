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


def facts_of(refusal: type[DomainError]) -> set[str]:
    """The facts that its explanation names."""
    return {fact for _, fact, _, _ in Formatter().parse(refusal.explanation) if fact}


get_resolver().check()  # imports every address, and with them every app
REFUSALS: Final = {
    refusal.__name__: refusal
    for refusal in subclasses_of(DomainError)
    if refusal not in STATUS_OF and refusal.__module__.split(".")[0] in SHIPPED
}
RAISED: Final = [
    (source.name, node.exc)
    for source in sources(*SHIPPED)
    for node in source.nodes
    if isinstance(node, ast.Raise)
]


def test_kinds_are_told_apart_by_their_status() -> None:
    assert len(set(STATUS_OF.values())) == len(STATUS_OF)


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_a_refusal_is_of_exactly_one_kind(refusal: type[DomainError]) -> None:
    assert len([kind for kind in STATUS_OF if issubclass(refusal, kind)]) == 1


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_a_refusal_is_named_in_kebab_case_and_entitled_without_a_dot(
    refusal: type[DomainError],
) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", refusal.code)
    assert re.fullmatch(r"[A-Z].*[^.]", refusal.title)


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_a_refusal_explains_itself_in_sentences_with_the_facts_that_it_names(
    refusal: type[DomainError],
) -> None:
    facts = {fact: f"the {fact}" for fact in facts_of(refusal)}

    _, problem = problem_of(refusal(**facts))

    assert problem["detail"].endswith(".")
    assert all(fact in problem["detail"] for fact in facts.values())


def test_no_two_problems_have_the_same_code() -> None:
    codes = [refusal.code for refusal in REFUSALS.values()] + [code for code, _ in OF_HTTP.values()]

    assert sorted(codes) == sorted(set(codes))


def test_problems_of_http_are_named_and_entitled_alike() -> None:
    unlike = [
        code
        for code, title in OF_HTTP.values()
        if not re.fullmatch(r"[a-z]+(-[a-z]+)*", code) or not re.fullmatch(r"[A-Z].*[^.]", title)
    ]

    assert unlike == []


def test_every_refusal_is_raised_somewhere() -> None:
    raised = {name for _, exc in RAISED for name in REFUSALS if exc and name in ast.unparse(exc)}

    assert raised == set(REFUSALS)


def test_whoever_refuses_states_the_facts_that_the_explanation_names() -> None:
    silent = []
    for source, exc in RAISED:
        called = exc.func if isinstance(exc, ast.Call) else exc
        if isinstance(called, ast.Name) and called.id in REFUSALS:
            keywords = exc.keywords if isinstance(exc, ast.Call) else []
            missing = facts_of(REFUSALS[called.id]) - {keyword.arg for keyword in keywords}
            silent += [f"{source}: {called.id} without {fact}" for fact in missing]

    assert silent == []
