"""Authentication, scopes and rights of the operations on courses."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid4

import pytest

from accounts.domain.entities import OPERATOR, Role, Scope
from authsvc.kernel.reach import EVERYWHERE
from courses.domain.entities import Course
from tests.accounts.callers import narrowed
from tests.support.bodies import body_of
from tests.support.builders import a_course, a_definition
from tests.support.house import Answer, Caller, House

READ: Final = Scope.COURSES_READ
WRITE: Final = Scope.COURSES_WRITE
KNOTS: Final = a_definition(slug="knots")


@dataclass(frozen=True)
class Address:
    """A method and a path with placeholders `{item}` and `{course}`, and what they require."""

    method: str
    path: str
    scope: Scope
    body: Any = None

    def asked_by(self, caller: Caller, course: Course, **headers: str) -> Answer:
        item = KNOTS.draft_of(course.id).outline.modules[0].items[0]
        path = self.path.format(course=course.slug, item=item.id)
        return caller.send(self.method, path, self.body, headers=headers)


LIST: Final = Address("GET", "/v1/courses", READ)
CREATE: Final = Address("POST", "/v1/courses", WRITE, body_of(a_definition(slug="bends")))
ONE: Final = Address("GET", "/v1/courses/{course}", READ)
ITEM: Final = Address("GET", "/v1/courses/{course}/items/{item}", READ)
REVISE: Final = Address("PUT", "/v1/courses/{course}/draft", WRITE, body_of(KNOTS))
PUBLISH: Final = Address("POST", "/v1/courses/{course}/publish", WRITE)
RETIRE: Final = Address("POST", "/v1/courses/{course}/retire", WRITE)
VERSIONS: Final = Address("GET", "/v1/courses/{course}/versions", READ)

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

every_address = pytest.mark.parametrize("address", ADDRESSES.values(), ids=ADDRESSES)


@every_address
def test_a_stranger_is_asked_who_they_are(house: House, address: Address) -> None:
    answer = address.asked_by(house.stranger, house.published(KNOTS))

    assert (answer.status, answer.code) == (401, "not-authenticated")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="authsvc"'


@every_address
def test_a_token_that_is_none_opens_nothing(house: House, address: Address) -> None:
    answer = address.asked_by(Caller("a.b.c"), house.published(KNOTS))

    assert (answer.status, answer.code) == (401, "invalid-token")


@every_address
def test_a_token_for_everything_else_is_not_enough(house: House, address: Address) -> None:
    admin = house.signed_in(Role.ADMIN, name="Root")
    caller = narrowed(house, admin, *(scope for scope in Scope if scope is not address.scope))

    answer = address.asked_by(caller, house.published(KNOTS))

    assert (answer.status, answer.code) == (403, "insufficient-scope")
    assert f'scope="{address.scope}"' in answer.headers["WWW-Authenticate"]


@every_address
def test_a_token_for_this_alone_is_enough(house: House, address: Address) -> None:
    bo = house.signed_in(Role.INSTRUCTOR, name="Bo")
    course = house.published(KNOTS)
    if address is PUBLISH:
        bo.caller.post("/v1/courses/knots/retire")

    answer = address.asked_by(narrowed(house, bo, address.scope), course)

    assert answer.status < 300, answer.text


@pytest.mark.parametrize("address", FOR_AUTHORS.values(), ids=FOR_AUTHORS)
def test_learners_do_not_author_courses(house: House, address: Address) -> None:
    course = house.published(KNOTS)

    answer = address.asked_by(house.signed_in().caller, course)

    assert (answer.status, answer.code) == (403, "not-permitted")
    assert answer.json["right"] == "author-courses"
    assert house.services.repositories.courses.at("knots", within=EVERYWHERE) == course


@pytest.mark.parametrize("address", FOR_AUTHORS.values(), ids=FOR_AUTHORS)
def test_learners_learn_nothing_of_a_draft_by_trying_to_author_it(
    house: House, address: Address
) -> None:
    there = house.services.authoring.create(a_definition(), by=OPERATOR)
    anna = house.signed_in().caller

    answers = {address.asked_by(anna, course).text for course in (there, a_course())}

    assert len(answers) == 1


@pytest.mark.parametrize("address", FOR_AUTHORS.values(), ids=FOR_AUTHORS)
@pytest.mark.parametrize("role", [Role.INSTRUCTOR, Role.ADMIN])
def test_instructors_and_admins_author_courses(house: House, address: Address, role: Role) -> None:
    person = house.signed_in(role, name="Bo")
    course = house.published(KNOTS)
    if address is PUBLISH:
        person.caller.post("/v1/courses/knots/retire")

    assert address.asked_by(person.caller, course).status < 300


@pytest.mark.parametrize("address", OF_ONE_COURSE.values(), ids=OF_ONE_COURSE)
@pytest.mark.parametrize(
    "course", ["no-such-course", "KNOTS", "00000000-0000-4000-8000-000000000000", "k" * 500, "_"]
)
def test_a_course_that_is_not_there_is_not_found(
    house: House, address: Address, course: str
) -> None:
    house.published(KNOTS)
    bo = house.signed_in(Role.INSTRUCTOR, name="Bo")
    path = address.path.format(course=course, item=uuid4())

    answer = bo.caller.send(address.method, path, address.body)

    assert (answer.status, answer.code) == (404, "course-not-found")


@pytest.mark.parametrize("address", OF_ONE_COURSE.values(), ids=OF_ONE_COURSE)
@pytest.mark.parametrize("course", ["kn%20ots", "kn.ots", "%C5%93", "kn%00ots", "..%2Fusers", "'"])
def test_what_is_no_address_leads_nowhere(house: House, address: Address, course: str) -> None:
    bo = house.signed_in(Role.INSTRUCTOR, name="Bo")
    path = address.path.format(course=course, item=uuid4())

    answer = bo.caller.send(address.method, path, address.body)

    assert (answer.status, answer.code) == (404, "no-such-address")


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/v1/courses", {"GET", "POST"}),
        ("/v1/courses/knots", {"GET"}),
        (f"/v1/courses/knots/items/{UUID(int=10**37)}", {"GET"}),
        ("/v1/courses/knots/draft", {"PUT"}),
        ("/v1/courses/knots/publish", {"POST"}),
        ("/v1/courses/knots/retire", {"POST"}),
        ("/v1/courses/knots/versions", {"GET"}),
        ("/v1/schemas/course-definition.json", {"GET"}),
    ],
)
def test_an_address_has_the_methods_it_names_and_no_others(
    house: House, path: str, allowed: set[str]
) -> None:
    house.published(KNOTS)
    root = house.signed_in(Role.ADMIN, name="Root").caller

    for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - allowed:
        answer = root.send(method, path, {})
        assert (answer.status, answer.code) == (405, "method-not-allowed")
        assert allowed <= set(answer.headers["Allow"].split(", "))
