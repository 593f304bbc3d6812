"""docs/reports.md shows reports as returned."""

import csv
import json
from io import StringIO
from typing import Any, Final
from uuid import UUID

import pytest

from accounts.domain.access import Role, UserId
from courses.domain.entities.assessments import Answer
from progress.domain.entities.progress import ProgressStatus
from progress.domain.entities.reports import BANDS, USUAL_DAYS
from tests.support.application import Application, Caller
from tests.support.attempts import Examinee, a_definition_with_exams
from tests.support.builders import a_principal
from tests.support.documents import fences, page
from tests.support.learning import a_published_course

PAGE: Final = page("docs/reports.md")
EXAMPLES: Final = {fence.language: fence.text for fence in fences(PAGE)}
SHOWN: Final = json.loads(EXAMPLES["json"])
REPORT: Final = "/v1/courses/knots/report"


@pytest.fixture
def root(application: Application) -> Caller:
    """An admin, and a course whose quiz one learner has attempted."""
    course = a_published_course(application.services, a_definition_with_exams())
    user = application.services.repositories.users.get(UserId(UUID(application.signed_in().id)))
    anna = Examinee(services=application.services, principal=a_principal(user), course=course)
    anna.enrols(course)
    anna.takes("quiz", king=Answer(text="The noose"))
    return application.signed_in(Role.ADMIN, name="Root").caller


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(StringIO(text, newline=""), strict=True))


def filled(row: list[str]) -> list[bool]:
    return [bool(cell) for cell in row]


def names_in(answer: Any) -> Any:
    """The names of the members of a response, at any depth."""
    if isinstance(answer, dict):
        return {name: names_in(value) for name, value in answer.items()}
    if isinstance(answer, list) and answer:
        return [names_in(answer[0])]
    return None


def test_the_report_has_the_members_that_are_shown(root: Caller) -> None:
    report = root.get(REPORT).json

    # No one has completed the course here.
    shown = SHOWN | {"completions": []}
    assert names_in(report) == names_in(shown)
    assert list(report) == list(SHOWN)


def test_every_member_is_described_that_holds_a_list(root: Caller) -> None:
    report = root.get(REPORT).json

    for name, value in report.items():
        if isinstance(value, list | dict):
            assert f"- `{name}`: " in PAGE


def test_the_numbers_that_are_shown_agree_with_one_another() -> None:
    (scores,) = SHOWN["scores"]

    assert list(SHOWN["statuses"]) == list(ProgressStatus)
    assert SHOWN["learners"] == sum(SHOWN["statuses"].values()) == sum(scores["bands"])
    assert len(scores["bands"]) == BANDS
    assert f"the last {USUAL_DAYS} days" in PAGE


def test_the_table_has_the_columns_that_are_shown_and_fills_the_same_ones(root: Caller) -> None:
    heading, *shown = rows_of(EXAMPLES["csv"])

    written, *rows = rows_of(root.get(REPORT, Accept="text/csv").text)

    assert written == heading
    fillings = {row[0]: filled(row) for row in rows}
    assert {row[0] for row in shown} == set(fillings) | {"completions"}
    assert all(filled(row) == fillings.get(row[0], filled(row)) for row in shown)
