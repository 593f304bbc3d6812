"""Progress API."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import pytest

from accounts.domain.access import OPERATOR
from courses.domain.entities.courses import Course
from tests.support.application import Answer, Application, Person
from tests.support.builders import a_definition_of
from tests.support.learning import items_of

SHAPE: Final = [
    "user_id",
    "course_id",
    "course_slug",
    "course_version",
    "status",
    "percent_complete",
    "enrolled_at",
    "last_activity_at",
    "completed_at",
    "completed_items",
]
NOT_A_LIMIT: Final = ["0", "-1", "101", "many", ""]
# Words, a number, a time without an id, a time out of range, a time without an offset.
NOT_A_CURSOR: Final = [
    "bowline",
    "WyIxIl0",
    "WyIyMDI2LTAzLTAxVDEyOjAwOjAwKzAwOjAwIl0",
    "WyIwMDAxLTAxLTAxVDAwOjAwOjAwKzE0OjAwIiwgIjAwMDAwMDAwLTAwMDAtNDAwMC04MDAwLTAwMDAwMDAwMDAwMCJd",
    "WyIyMDI2LTAzLTAxIiwgIjAwMDAwMDAwLTAwMDAtNDAwMC04MDAwLTAwMDAwMDAwMDAwMCJd",
]


@dataclass(frozen=True)
class Study:
    """Anna and their course."""

    anna: Person
    course: Course
    items: list[str]

    def does(self, act: str) -> Answer:
        return self.anna.caller.post(f"/v1/courses/{self.course.slug}/{act}")

    def starts(self, number: int) -> Answer:
        return self.does(f"items/{self.items[number]}/start")

    def completes(self, number: int) -> Answer:
        return self.does(f"items/{self.items[number]}/complete")

    def sees(self, what: str = "") -> Answer:
        return self.anna.caller.get(f"/v1/progress/{self.course.slug}{what}")

    def types(self) -> list[str]:
        return [event["type"] for event in self.sees("/events").json["items"]]


@pytest.fixture
def study(application: Application) -> Study:
    """A course with three required items and an optional one."""
    course = application.published(a_definition_of(required=3, optional=1))
    items = [str(item_id) for item_id in items_of(application.services, course)]
    return Study(application.signed_in(), course, items)


def moment(text: str) -> datetime:
    """An ISO 8601 time in UTC, in the format of the API."""
    assert text.endswith("Z")
    return datetime.fromisoformat(text)


def test_enrolling_answers_where_the_learner_stands(study: Study) -> None:
    answer = study.does("enroll")

    assert answer.status == 201
    assert list(answer.json) == SHAPE
    assert answer.json["user_id"] == study.anna.id
    assert answer.json["course_id"] == str(study.course.id)
    assert answer.json["course_slug"] == study.course.slug
    assert (answer.json["course_version"], answer.json["status"]) == (1, "in_progress")
    assert (answer.json["percent_complete"], answer.json["completed_items"]) == (0, [])
    assert answer.json["completed_at"] is None
    assert answer.json["enrolled_at"] == answer.json["last_activity_at"]


def test_times_are_in_utc_and_of_now(study: Study) -> None:
    enrolled = study.does("enroll").json
    completed = study.completes(0).json

    enrolled_at = moment(enrolled["enrolled_at"])
    assert abs(datetime.now(enrolled_at.tzinfo) - enrolled_at) < timedelta(minutes=1)
    assert completed["enrolled_at"] == enrolled["enrolled_at"]
    assert moment(completed["last_activity_at"]) > enrolled_at


def test_a_learner_goes_all_the_way_through_a_course(study: Study) -> None:
    answers = [study.does("enroll"), study.starts(0), *(study.completes(n) for n in range(3))]

    assert [answer.status for answer in answers] == [201, 200, 200, 200, 200]
    assert all(list(answer.json) == SHAPE for answer in answers)
    assert [answer.json["percent_complete"] for answer in answers] == [0, 0, 33, 66, 100]
    done = answers[-1].json
    assert done["status"] == "completed"
    assert done["completed_items"] == study.items[:3]
    assert moment(done["completed_at"]) >= moment(done["enrolled_at"])


def test_what_an_act_answered_is_what_is_seen_afterwards(study: Study) -> None:
    answer = study.does("enroll")
    assert study.sees().json == answer.json

    for act in ("starts", "completes"):
        answer = getattr(study, act)(0)
        assert study.sees().json == answer.json

    answer = study.does("withdraw")
    assert study.sees().json == answer.json


def test_progress_is_found_by_the_id_of_the_course_too(study: Study) -> None:
    enrolled = study.does("enroll").json

    answer = study.anna.caller.get(f"/v1/progress/{study.course.id}")
    withdrawn = study.anna.caller.post(f"/v1/courses/{study.course.id}/withdraw")

    assert (answer.status, answer.json) == (200, enrolled)
    assert (withdrawn.status, withdrawn.json["status"]) == (200, "withdrawn")


def test_a_second_enrolment_is_refused(study: Study) -> None:
    study.does("enroll")

    answer = study.does("enroll")

    assert (answer.status, answer.code) == (409, "already-enrolled")
    assert answer.json["course_slug"] == study.course.slug
    assert study.types() == ["enrolled"]


def test_starting_twice_and_completing_twice_add_nothing(study: Study) -> None:
    study.does("enroll")
    once = [study.starts(0).json, study.completes(0).json]

    twice = [study.starts(0), study.completes(0)]

    assert [answer.status for answer in twice] == [200, 200]
    assert [answer.json for answer in twice] == [once[1], once[1]]
    assert study.types() == ["enrolled", "module_started", "item_completed"]


def test_withdrawing_twice_is_refused(study: Study) -> None:
    study.does("enroll")
    study.does("withdraw")

    answer = study.does("withdraw")

    assert (answer.status, answer.code) == (409, "not-enrolled")
    assert study.types() == ["enrolled", "withdrawn"]


def test_progress_is_kept_when_a_learner_enrols_again(study: Study) -> None:
    study.does("enroll")
    study.completes(1)
    study.does("withdraw")

    answer = study.does("enroll")

    assert (answer.status, answer.json["status"]) == (201, "in_progress")
    assert answer.json["completed_items"] == [study.items[1]]
    assert answer.json["percent_complete"] == 33


def test_a_completed_course_cannot_be_left(study: Study) -> None:
    study.does("enroll")
    for number in range(3):
        study.completes(number)

    answer = study.does("withdraw")

    assert (answer.status, answer.code) == (409, "already-completed")
    assert study.sees().json["status"] == "completed"


def test_a_retired_course_takes_nobody_and_lets_nobody_down(
    application: Application, study: Study
) -> None:
    study.does("enroll")
    application.services.authoring.retire(study.course.slug, by=OPERATOR)
    ben = application.signed_in(name="Ben").caller

    answer = ben.post(f"/v1/courses/{study.course.slug}/enroll")
    completed = study.completes(0)

    assert (answer.status, answer.code) == (404, "course-not-open")
    assert answer.json["detail"].startswith("The course is retired")
    assert (completed.status, completed.json["percent_complete"]) == (200, 33)


def test_the_events_tell_what_happened_the_first_one_first(study: Study) -> None:
    study.does("enroll")
    study.starts(2)
    study.completes(3)

    events = study.sees("/events").json["items"]

    about = ["entity_type", "entity_id", "payload", "agent"]
    members = ["id", "sequence", "type", "occurred_at", *about]
    assert [list(event) for event in events] == [members] * 3
    assert [event["sequence"] for event in events] == [1, 2, 3]
    assert [event["type"] for event in events] == ["enrolled", "module_started", "item_completed"]
    assert [event["entity_type"] for event in events] == ["course", "module", "item"]
    module_id = events[1]["entity_id"]
    assert events[0]["entity_id"] == str(study.course.id)
    assert events[2]["entity_id"] == study.items[3]
    assert [event["payload"] for event in events] == [
        {"course_version": 1},
        {"item_id": study.items[2]},
        {"module_id": module_id},
    ]


def test_the_events_of_an_act_carry_its_time(study: Study) -> None:
    enrolled = study.does("enroll").json

    (event,) = study.sees("/events").json["items"]

    assert event["occurred_at"] == enrolled["enrolled_at"]


def walked(study: Study, path: str, *, limit: int) -> list[list[Any]]:
    """The items of all pages of a list, page by page."""
    pages, cursor = [], ""
    while cursor is not None:
        answer = study.anna.caller.get(f"{path}?limit={limit}{cursor and f'&cursor={cursor}'}")
        pages.append(answer.json["items"])
        cursor = answer.json["next"]
    return pages


def test_a_walk_through_the_events_meets_each_once(study: Study) -> None:
    study.does("enroll")
    for number in range(3):
        study.completes(number)

    pages = walked(study, f"/v1/progress/{study.course.slug}/events", limit=2)

    assert [[event["sequence"] for event in page] for page in pages] == [[1, 2], [3, 4], [5]]


def test_a_walk_through_my_courses_meets_each_once_in_the_order_of_enrolment(
    application: Application, study: Study
) -> None:
    slugs = [application.published().slug for _ in range(5)]
    for slug in reversed(slugs):
        study.anna.caller.post(f"/v1/courses/{slug}/enroll")

    pages = walked(study, "/v1/progress", limit=2)

    assert [len(page) for page in pages] == [2, 2, 1]
    shown = [progress for page in pages for progress in page]
    assert [progress["course_slug"] for progress in shown] == slugs[::-1]
    assert all(list(progress) == SHAPE for progress in shown)


@pytest.mark.parametrize("list_", ["/v1/progress", "/v1/progress/{course}/events"])
@pytest.mark.parametrize("limit", NOT_A_LIMIT)
def test_an_invalid_limit_is_rejected(study: Study, list_: str, limit: str) -> None:
    study.does("enroll")

    answer = study.anna.caller.get(f"{list_.format(course=study.course.slug)}?limit={limit}")

    assert (answer.status, answer.code) == (422, "invalid-request")
    assert answer.json["errors"][0]["pointer"] == "#/limit"


@pytest.mark.parametrize("cursor", NOT_A_CURSOR)
def test_a_cursor_that_the_list_of_courses_did_not_give_is_refused(
    study: Study, cursor: str
) -> None:
    answer = study.anna.caller.get(f"/v1/progress?cursor={cursor}")

    assert (answer.status, answer.code) == (422, "invalid-cursor")


def test_a_cursor_that_the_list_of_events_did_not_give_is_refused(study: Study) -> None:
    study.does("enroll")

    answer = study.sees("/events?cursor=bowline")

    assert (answer.status, answer.code) == (422, "invalid-cursor")
