"""Authentication, scopes and rights of the operations on courses."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

import pytest

from accounts.domain.access import OPERATOR, Role
from authsvc.kernel.tenancy import ALL_TENANTS
from courses.domain.entities.courses import Course
from tests.support.application import Answer, Application, Caller
from tests.support.bodies import body_of
from tests.support.builders import a_course, a_definition

KNOTS: Final = a_definition(slug="knots")


@dataclass(frozen=True)
class Address:
    """A method of an address, `{item}` and `{course}` left open; and the body it takes."""

    method: str
    path: str
    body: Any = None

    def asked_by(self, caller: Caller, course: Course, **headers: str) -> Answer:
        item = KNOTS.draft_of(course.id).outline.modules[0].items[0]
        path = self.path.format(course=course.slug, item=item.id)
        return caller.send(self.method, path, self.body, headers=headers)


LIST: Final = Address("GET", "/v1/courses")
CREATE: Final = Address("POST", "/v1/courses", body_of(a_definition(slug="bends")))
ONE: Final = Address("GET", "/v1/courses/{course}")
ITEM: Final = Address("GET", "/v1/courses/{course}/items/{item}")
REVISE: Final = Address("PUT", "/v1/courses/{course}/draft", body_of(KNOTS))
PUBLISH: Final = Address("POST", "/v1/courses/{course}/publish")
RETIRE: Final = Address("POST", "/v1/courses/{course}/retire")
VERSIONS: Final = Address("GET", "/v1/courses/{course}/versions")

ADDRESSES: Final = {
    "list": LIST,
    "create": CREATE,
    "one": ONE,
    "item": ITEM,
    "revise": REVISE,
    "publish": PUBLISH,
    "retire": RETIRE,
    "versions": VERSIONS,
}
FOR_AUTHORS: Final = {
    name: ADDRESSES[name] for name in ("create", "revise", "publish", "retire", "versions")
}
OF_ONE_COURSE: Final = {
    name: address for name, address in ADDRESSES.items() if "{course}" in address.path
}


@pytest.mark.parametrize("address", FOR_AUTHORS.values(), ids=FOR_AUTHORS)
def test_learners_do_not_author_courses(application: Application, address: Address) -> None:
    course = application.published(KNOTS)

    answer = address.asked_by(application.signed_in().caller, course)

    assert (answer.status, answer.code) == (403, "not-permitted")
    assert answer.json["right"] == "author-courses"
    assert application.services.repositories.courses.at("knots", scope=ALL_TENANTS) == course


@pytest.mark.parametrize("address", FOR_AUTHORS.values(), ids=FOR_AUTHORS)
def test_learners_learn_nothing_of_a_draft_by_trying_to_author_it(
    application: Application, address: Address
) -> None:
    there = application.services.authoring.create(a_definition(), by=OPERATOR)
    anna = application.signed_in().caller

    answers = {address.asked_by(anna, course).text for course in (there, a_course())}

    assert len(answers) == 1


@pytest.mark.parametrize("address", FOR_AUTHORS.values(), ids=FOR_AUTHORS)
@pytest.mark.parametrize("role", [Role.INSTRUCTOR, Role.ADMIN])
def test_instructors_and_admins_author_courses(
    application: Application, address: Address, role: Role
) -> None:
    person = application.signed_in(role, name="Bo")
    course = application.published(KNOTS)
    if address is PUBLISH:
        person.caller.post("/v1/courses/knots/retire")

    assert address.asked_by(person.caller, course).status < 300


@pytest.mark.parametrize("address", OF_ONE_COURSE.values(), ids=OF_ONE_COURSE)
@pytest.mark.parametrize(
    "course", ["no-such-course", "KNOTS", "00000000-0000-4000-8000-000000000000", "k" * 500, "_"]
)
def test_a_course_that_is_not_there_is_not_found(
    application: Application, address: Address, course: str
) -> None:
    application.published(KNOTS)
    bo = application.signed_in(Role.INSTRUCTOR, name="Bo")
    path = address.path.format(course=course, item=uuid4())

    answer = bo.caller.send(address.method, path, address.body)

    assert (answer.status, answer.code) == (404, "course-not-found")
