"""Access to the progress API, by URL, scope and token."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

import pytest

from accounts.domain.access import OPERATOR
from courses.domain.entities.courses import Course
from tests.support.application import Answer, Application, Caller, Person
from tests.support.builders import a_definition, a_definition_of
from tests.support.learning import items_of


@dataclass(frozen=True)
class Address:
    """A method of an address, `{course}` and `{item}` left open; and the body it takes."""

    method: str
    path: str

    def asked_by(self, caller: Caller, course: str, item: object, body: Any = None) -> Answer:
        return caller.send(self.method, self.path.format(course=course, item=item), body)


ADDRESSES: Final = {
    "enroll": Address("POST", "/v1/courses/{course}/enroll"),
    "withdraw": Address("POST", "/v1/courses/{course}/withdraw"),
    "start": Address("POST", "/v1/courses/{course}/items/{item}/start"),
    "complete": Address("POST", "/v1/courses/{course}/items/{item}/complete"),
    "list": Address("GET", "/v1/progress"),
    "one": Address("GET", "/v1/progress/{course}"),
    "events": Address("GET", "/v1/progress/{course}/events"),
}
OF_ONE_COURSE: Final = {
    name: address for name, address in ADDRESSES.items() if "{course}" in address.path
}
OF_ONE_ITEM: Final = {name: ADDRESSES[name] for name in ("start", "complete")}
ACTS: Final = {name: address for name, address in ADDRESSES.items() if address.method == "POST"}
# How each operation fails for learners who are not enrolled.
CLOSED: Final = {
    "withdraw": (409, "not-enrolled"),
    "start": (409, "not-enrolled"),
    "complete": (409, "not-enrolled"),
    "one": (404, "progress-not-found"),
    "events": (404, "progress-not-found"),
}
BODIES: Final = {
    "facts": {
        "type": "credential_issued",
        "status": "completed",
        "percent_complete": 100,
        "course_version": 9,
        "user_id": str(uuid4()),
        "payload": {"credential_id": str(uuid4())},
    },
    "list": ["course_completed"],
    "no JSON": b"type=course_completed",
    "no text": b"\xff\x00",
}


def on_a_course(application: Application) -> tuple[Person, Course]:
    """Anna, enrolled on a course of two items."""
    anna, course = application.signed_in(), application.published(a_definition_of(required=2))
    assert anna.caller.post(f"/v1/courses/{course.slug}/enroll").status == 201
    return anna, course


def ready_for(address: Address, application: Application) -> tuple[Person, Course]:
    """Anna, in the state in which the operation succeeds."""
    if address is ADDRESSES["enroll"]:
        return application.signed_in(), application.published(a_definition_of(required=2))
    return on_a_course(application)


@pytest.mark.parametrize("address", OF_ONE_COURSE.values(), ids=OF_ONE_COURSE)
@pytest.mark.parametrize("course", ["bends", "00000000-0000-4000-8000-000000000000", "k" * 500])
def test_a_course_that_is_not_there_is_not_found(
    application: Application, address: Address, course: str
) -> None:
    anna = application.signed_in().caller

    answer = address.asked_by(anna, course, uuid4())

    assert (answer.status, answer.code) == (404, "course-not-found")


@pytest.mark.parametrize("address", OF_ONE_COURSE.values(), ids=OF_ONE_COURSE)
def test_a_draft_is_as_if_it_were_not_there(application: Application, address: Address) -> None:
    draft = application.services.authoring.create(a_definition(), by=OPERATOR)
    anna = application.signed_in().caller

    answers = [address.asked_by(anna, course, uuid4()) for course in (draft.slug, "bends")]

    assert answers[0].status == 404
    assert answers[0].text == answers[1].text


@pytest.mark.parametrize("address", OF_ONE_ITEM.values(), ids=OF_ONE_ITEM)
@pytest.mark.parametrize(
    ("item", "code"),
    [
        ("00000000-0000-4000-8000-000000000000", "item-not-found"),
        ("item-1", "no-such-address"),
        ("1", "no-such-address"),
        ("ABCDEF00-0000-4000-8000-000000000000", "item-not-found"),
        ("00000000000040008000000000000000", "no-such-address"),
        ("00000000-0000-4000-8000-000000000000%00", "no-such-address"),
    ],
)
def test_an_item_that_is_not_there_is_not_found(
    application: Application, address: Address, item: str, code: str
) -> None:
    anna, course = on_a_course(application)

    answer = address.asked_by(anna.caller, course.slug, item)

    assert (answer.status, answer.code) == (404, code)


@pytest.mark.parametrize("name", CLOSED)
def test_what_one_learner_does_opens_nothing_to_another(
    application: Application, name: str
) -> None:
    anna, course = on_a_course(application)
    before = anna.caller.get(f"/v1/progress/{course.slug}").json
    ben = application.signed_in(name="Ben").caller

    answer = ADDRESSES[name].asked_by(ben, course.slug, items_of(application.services, course)[0])

    assert (answer.status, answer.code) == CLOSED[name]
    assert anna.caller.get(f"/v1/progress/{course.slug}").json == before


def test_the_list_shows_nothing_of_another(application: Application) -> None:
    on_a_course(application)
    ben = application.signed_in(name="Ben").caller

    assert ben.get("/v1/progress").json == {"items": [], "next": None}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("name", ACTS)
def test_what_a_learner_sends_along_changes_nothing(
    application: Application, name: str, body: Any
) -> None:
    anna, course = ready_for(ADDRESSES[name], application)
    ben = application.signed_in(name="Ben")
    if name != "enroll":
        ben.caller.post(f"/v1/courses/{course.slug}/enroll")
    item = items_of(application.services, course)[0]

    with_body = ADDRESSES[name].asked_by(anna.caller, course.slug, item, body)
    without = ADDRESSES[name].asked_by(ben.caller, course.slug, item)

    assert _apart_from_person(with_body) == _apart_from_person(without)


def _apart_from_person(answer: Answer) -> tuple[int, dict[str, Any]]:
    personal = {"user_id", "enrolled_at", "last_activity_at"}
    return answer.status, {
        name: value for name, value in answer.json.items() if name not in personal
    }
