"""docs/problems.md describes every problem as the code defines it."""

import json
import re
from collections.abc import Iterator
from http import HTTPStatus
from string import Formatter
from typing import Final

from django.urls import get_resolver

from authsvc.http.problems import OF_HTTP, STATUS_OF, problem_of
from authsvc.kernel.errors import DomainError
from progress.domain.errors import AlreadyEnrolled
from tests.support.documents import fences, page

PAGE: Final = page("docs/problems.md")
SECTIONS: Final = dict(re.findall(r"^## (\S+)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))


def _domain_errors(kind: type[DomainError] = DomainError) -> Iterator[type[DomainError]]:
    """Every concrete domain error."""
    get_resolver().check()  # imports every address, and with them every app
    for error in kind.__subclasses__():
        if error not in STATUS_OF and not error.__module__.startswith("tests."):
            yield error
        yield from _domain_errors(error)


def _statuses_and_titles() -> dict[str, tuple[HTTPStatus, str]]:
    problems = {code: (status, title) for status, (code, title) in OF_HTTP.items()}
    for error in _domain_errors():
        (status,) = (status for kind, status in STATUS_OF.items() if issubclass(error, kind))
        problems[error.code] = status, error.title
    return problems


def test_every_problem_is_explained_in_alphabetical_order() -> None:
    assert list(SECTIONS) == sorted(_statuses_and_titles())


def test_status_and_title_are_those_of_the_code() -> None:
    texts = {code: text.strip().partition("\n")[0] for code, text in SECTIONS.items()}

    assert texts == {
        code: f"**{int(status)}:** {title}."
        for code, (status, title) in _statuses_and_titles().items()
    }


def test_every_problem_says_more_than_its_title() -> None:
    mute = [code for code, text in SECTIONS.items() if len(text.strip().split("\n\n")) < 2]

    assert mute == []


def test_the_facts_of_a_problem_are_named() -> None:
    unnamed = [
        (error.code, fact)
        for error in _domain_errors()
        for _, fact, _, _ in Formatter().parse(error.explanation)
        if fact and fact != "status" and f"`{fact}`" not in SECTIONS[error.code]
    ]

    assert unnamed == []


def test_the_example_is_a_problem_as_it_is_answered() -> None:
    (example,) = fences(PAGE)
    _, members = problem_of(AlreadyEnrolled(course_slug="intro-to-claude"))

    assert json.loads(example.text) == members
