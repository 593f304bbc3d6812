"""The API of proposed scores."""

from typing import Any

import pytest

from accounts.domain.access import Role
from authsvc.jobs.entities import Queue
from tests.support.application import Application, Person
from tests.support.proposals import GradingModel, submitted_essay, use_grading_model


@pytest.fixture
def root(application: Application) -> Person:
    return application.signed_in(Role.ADMIN, name="Root")


@pytest.fixture
def anna(application: Application) -> Person:
    return application.signed_in()


@pytest.fixture
def essay(application: Application, anna: Person, root: Person) -> str:
    use_grading_model(application.services, GradingModel())
    return submitted_essay(application, anna, root)


@pytest.fixture
def bo(application: Application) -> Person:
    return application.signed_in(Role.INSTRUCTOR, name="Bo")


def propose(application: Application, essay: str, by: Person) -> Any:
    """The task, after it has run."""
    started = by.caller.post(f"{essay}/proposals")
    assert started.status == 202, started.text
    application.services.job_engine.run_due(Queue.LONG)
    return by.caller.get(started.headers["Location"]).json


def test_a_grader_asks_for_proposals_and_reads_them(
    application: Application, essay: str, bo: Person
) -> None:
    before = bo.caller.get(f"{essay}/proposals").json

    task = propose(application, essay, bo)

    assert before == {"items": []}
    assert (task["status"], task["result"]) == ("succeeded", {"proposals": 3})
    items = bo.caller.get(f"{essay}/proposals").json["items"]
    assert {(item["criterion"], item["score"], item["max_score"]) for item in items} == {
        ("friction", 2, 3),
        ("clear", 1, 2),
        ("steps", 2, 2),
    }
    assert {item["requested_by"] for item in items} == {bo.id}
    assert bo.caller.get(f"{essay}/grading").json["status"] == "submitted"
    assert bo.caller.post(f"{essay}/proposals").code == "nothing-to-propose"


def test_a_grade_names_the_proposals_to_graders_and_not_to_the_learner(
    application: Application, essay: str, bo: Person, anna: Person
) -> None:
    propose(application, essay, bo)
    items = bo.caller.get(f"{essay}/proposals").json["items"]
    marks = [
        {"question_id": question_id, "score": 1}
        for question_id in sorted({item["question_id"] for item in items})
    ]

    graded = bo.caller.post(f"{essay}/grade", {"marks": marks})

    assert graded.status == 200, graded.text
    (grade,) = graded.json["grades"]
    assert grade["graded_by"] == bo.id
    assert {proposal["id"] for proposal in grade["proposals"]} == {item["id"] for item in items}
    response = anna.caller.get(essay)
    assert response.json["grade"]["score"] == 2
    assert "proposals" not in response.text
    assert "knots-1" not in response.text


def test_the_learner_and_strangers_see_no_proposals(
    application: Application, essay: str, bo: Person, anna: Person
) -> None:
    propose(application, essay, bo)
    stranger = application.signed_in(name="Ben")

    for person in (anna, stranger):
        assert person.caller.get(f"{essay}/proposals").code == "not-permitted"
        assert person.caller.post(f"{essay}/proposals").code == "not-permitted"
    assert anna.caller.get("/v1/ai/sessions").json["items"] == []


def test_a_grader_gets_none_for_their_own_attempt(application: Application, root: Person) -> None:
    bo = application.signed_in(Role.INSTRUCTOR, name="Bo")
    essay = submitted_essay(application, bo, root)

    assert bo.caller.get(f"{essay}/proposals").code == "own-attempt"
    assert bo.caller.post(f"{essay}/proposals").code == "own-attempt"


def test_it_is_off_for_a_course_that_has_not_turned_it_on(
    application: Application, essay: str, bo: Person, root: Person
) -> None:
    course = bo.caller.get(f"{essay}/grading").json["course_id"]
    root.caller.put(f"/v1/courses/{course}/ai-settings", {"proposes_grades": False})

    assert bo.caller.post(f"{essay}/proposals").code == "grading-help-off"
