"""Races on one learner: the same act eight times at once."""

from collections import Counter

import pytest

from tests.support.school import SAMPLE, School, items_of
from tests.support.wire import WireCaller, at_once

pytestmark = pytest.mark.database

PROGRESS = SAMPLE.replace("/courses/", "/progress/")


def event_types(anna: WireCaller) -> list[str]:
    """The types of the learner's events on the sample course."""
    events = anna.get(f"{PROGRESS}/events?limit=100").json
    assert events["next"] is None
    return [event["type"] for event in events["items"]]


def places(anna: WireCaller) -> list[str]:
    """The paths of all items of the sample course."""
    return [f"{SAMPLE}/items/{item}" for item in items_of(anna.get(SAMPLE).json)]


def test_of_eight_enrolments_at_once_one_succeeds(school: School) -> None:
    anna = school.learner()

    answers = at_once(*[lambda: anna.post(f"{SAMPLE}/enroll")] * 8)

    assert Counter(answer.status for answer in answers) == {201: 1, 409: 7}
    assert {answer.code for answer in answers if answer.status == 409} == {"already-enrolled"}
    assert event_types(anna) == ["enrolled"]


def test_learners_who_enrol_at_once_do_not_hinder_each_other(school: School) -> None:
    learners = [school.learner() for _ in range(8)]

    answers = at_once(*[lambda who=who: who.post(f"{SAMPLE}/enroll") for who in learners])

    assert {answer.status for answer in answers} == {201}
    assert {answer.json["user_id"] for answer in answers} == {
        who.get("/v1/me").json["id"] for who in learners
    }


def test_eight_completions_of_an_item_at_once_are_one(school: School) -> None:
    anna = school.learner()
    anna.post(f"{SAMPLE}/enroll")
    place = places(anna)[0]

    answers = at_once(*[lambda: anna.post(f"{place}/complete")] * 8)

    assert {answer.status for answer in answers} == {200}
    assert {len(answer.json["completed_items"]) for answer in answers} == {1}
    assert event_types(anna) == ["enrolled", "item_completed"]


def test_completing_all_items_at_once_loses_none_of_them(school: School) -> None:
    anna = school.learner()
    anna.post(f"{SAMPLE}/enroll")
    all_places = places(anna)

    answers = at_once(*[lambda at=at: anna.post(f"{at}/complete") for at in all_places])

    assert {answer.status for answer in answers} == {200}
    assert anna.get(PROGRESS).json["percent_complete"] == 100
    assert Counter(event_types(anna)) == {
        "enrolled": 1,
        "item_completed": len(all_places),
        "course_completed": 1,
        "credential_issued": 1,
    }


def test_completing_the_last_item_eight_times_at_once_earns_one_credential(school: School) -> None:
    anna = school.learner()
    anna.post(f"{SAMPLE}/enroll")
    *others, last = places(anna)
    for place in others:
        anna.post(f"{place}/complete")

    answers = at_once(*[lambda: anna.post(f"{last}/complete")] * 8)

    assert {answer.status for answer in answers} == {200}
    assert {answer.json["status"] for answer in answers} == {"completed"}
    assert len(anna.get("/v1/me/credentials").json["items"]) == 1
    assert event_types(anna)[-2:] == ["course_completed", "credential_issued"]
    assert event_types(anna).count("course_completed") == 1


def test_a_simultaneous_withdrawal_and_completion_are_logged_in_an_order(school: School) -> None:
    anna = school.learner()
    anna.post(f"{SAMPLE}/enroll")
    place = places(anna)[0]

    withdrawn, completed = at_once(
        lambda: anna.post(f"{SAMPLE}/withdraw"), lambda: anna.post(f"{place}/complete")
    )

    assert withdrawn.status == 200
    if completed.status == 200:
        assert event_types(anna) == ["enrolled", "item_completed", "withdrawn"]
    else:
        assert completed.code == "not-enrolled"
        assert event_types(anna) == ["enrolled", "withdrawn"]
