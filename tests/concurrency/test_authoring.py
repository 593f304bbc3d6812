"""Races between authors."""

from collections import Counter
from typing import Any
from uuid import uuid4

import pytest

from tests.support.bodies import body_of
from tests.support.builders import a_definition, a_module_definition
from tests.support.school import School
from tests.support.server import Server
from tests.support.wire import WireCaller, at_once

pytestmark = pytest.mark.database


def test_publishing_a_draft_twice_at_once_makes_one_version(school: School) -> None:
    course, root = school.course_draft(), school.staff()

    answers = at_once(*[lambda: root.post(f"{course}/publish")] * 2)

    published, rejection = sorted(answers, key=lambda answer: answer.status)
    assert (published.status, rejection.status) == (200, 409)
    assert published.json["version"] == 1
    assert rejection.code == "nothing-to-publish"
    assert [version["version"] for version in root.get(f"{course}/versions").json["items"]] == [1]


def test_of_eight_courses_with_one_slug_at_once_one_is_made(school: School) -> None:
    root = school.staff()
    body = body_of(a_definition(slug=f"wanted-{uuid4().hex[:8]}"))

    answers = at_once(*[lambda: root.post("/v1/courses", body)] * 8)

    assert Counter(answer.status for answer in answers) == {201: 1, 409: 7}
    assert {answer.code for answer in answers if answer.status == 409} == {"slug-taken"}


def test_revising_a_draft_ten_times_at_once_leaves_one_of_them_whole(school: School) -> None:
    course, root = school.course_draft(), school.staff()
    slug = course.rpartition("/")[2]

    def revise(number: int) -> Any:
        return root.put(f"{course}/draft", a_draft_marked(number, slug), If_Match="*")

    answers = at_once(*[lambda n=n: revise(n) for n in range(10)])

    stored = root.get(course).json
    titles = {stored["title"], *(module["title"] for module in stored["modules"])}
    assert {answer.status for answer in answers} == {200}
    assert len(titles) == 1
    assert len(stored["modules"]) == 3


def test_of_eight_authors_who_have_seen_the_same_draft_one_changes_it(school: School) -> None:
    course, root = school.course_draft(), school.staff()
    slug, etag = course.rpartition("/")[2], root.get(f"{course}/draft").headers["ETag"]

    def revise(number: int) -> Any:
        return root.put(f"{course}/draft", a_draft_marked(number, slug), If_Match=etag)

    answers = at_once(*[lambda n=n: revise(n) for n in range(8)])

    (accepted,) = [answer for answer in answers if answer.status == 200]
    assert Counter(answer.status for answer in answers) == {200: 1, 412: 7}
    assert root.get(f"{course}/draft").headers["ETag"] == accepted.headers["ETag"]


def test_of_two_changes_to_what_was_seen_at_once_one_applies(school: School) -> None:
    anna = school.learner()
    etag = anna.get("/v1/me").headers["ETag"]

    answers = at_once(
        *[lambda n=n: anna.patch("/v1/me", {"name": f"Anna {n}"}, If_Match=etag) for n in range(4)]
    )

    assert Counter(answer.status for answer in answers) == {200: 1, 412: 3}


def test_a_course_that_one_server_publishes_is_open_on_the_other_at_once(
    school: School, neighbour: Server
) -> None:
    course, root, anna = school.course_draft(), school.staff(), school.learner()
    elsewhere = WireCaller(neighbour.port, anna.token)
    before = elsewhere.post(f"{course}/enroll")

    root.post(f"{course}/publish")
    after = elsewhere.post(f"{course}/enroll")

    assert before.code == "course-not-found"
    assert after.status == 201


def a_draft_marked(number: int, slug: str) -> dict[str, Any]:
    """A draft with its number in every title."""
    mark = f"Number {number}"
    modules = tuple(a_module_definition(title=mark) for _ in range(3))
    return body_of(a_definition(slug=slug, title=mark, modules=modules))
