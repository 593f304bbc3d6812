"""Courses over HTTP, as learners read them."""

from dataclasses import replace
from typing import Any, Final
from uuid import UUID, uuid4

import pytest

from accounts.domain.access import OPERATOR, Role
from courses.definitions.courses import SCHEMA
from courses.domain.entities.courses import Course
from courses.domain.entities.outlines import CourseModule, ItemType
from tests.courses.answers import summary_of
from tests.support.application import Answer, Application
from tests.support.builders import a_definition, a_module_definition, an_item_definition

VISIT: Final = an_item_definition(
    type=ItemType.EXTERNAL, url="https://knots.example/", body="", is_required=False
)
QUIZ: Final = an_item_definition(type=ItemType.ASSESSMENT, body="Which knot slips?\n\n- A\n- B\n")
LESSON: Final = an_item_definition(body="# Ränder 🪢\n\n    <b>tie</b>\n")
KNOTS: Final = a_definition(
    slug="knots",
    modules=(a_module_definition(items=(LESSON, VISIT)), a_module_definition(items=(QUIZ,))),
)
SECRET: Final = replace(
    KNOTS,
    title="Secret title",
    summary="Secret summary",
    modules=(
        a_module_definition(
            title="Secret module",
            items=(
                an_item_definition(title="Secret item", body="Secret text"),
                replace(LESSON, body="Secret change"),
            ),
        ),
    ),
)


def ids_of(course: Any) -> list[str]:
    """The ids of the items, in order."""
    return [item["id"] for module in course["modules"] for item in module["items"]]


def shown(module: CourseModule) -> dict[str, Any]:
    """The course of the assessment."""
    items = [
        {
            "id": str(item.id),
            "position": item.position,
            "title": item.title,
            "type": item.type.value,
            "required": item.is_required,
            "due_at": None,
        }
        for item in module.items
    ]
    return {
        "id": str(module.id),
        "position": module.position,
        "title": module.title,
        "items": items,
    }


def everything_that_learners_see(application: Application, course: Course) -> list[Answer]:
    """All answers of the API to a learner about a course, by slug and by id."""
    anna = application.signed_in().caller
    drafted = application.services.authoring.export("knots", by=OPERATOR)
    items = drafted.draft_of(course.id).outline.items
    paths = [
        path
        for address in ("knots", str(course.id))
        for path in (
            f"/v1/courses/{address}",
            *(f"/v1/courses/{address}/items/{item.id}" for item in items),
            f"/v1/courses/{address}/versions",
        )
    ]
    versions = ("", "?version=1", "?version=2")
    return [
        anna.get("/v1/courses"),
        anna.get("/v1/courses?q=secret"),
        *(anna.get(f"{path}{version}") for path in paths for version in versions),
        anna.post("/v1/courses/knots/enroll"),
    ]


@pytest.mark.parametrize("by", ["slug", "id"])
def test_one_course_comes_with_what_it_is_made_of(application: Application, by: str) -> None:
    course = application.published(KNOTS)
    outline = KNOTS.draft_of(course.id).outline

    answer = application.signed_in().caller.get(f"/v1/courses/{getattr(course, by)}")

    assert answer.status == 200
    assert answer.json == summary_of(course) | {
        "modules": [shown(module) for module in outline.modules]
    }
    assert (course.slug, course.title, course.summary) == ("knots", KNOTS.title, KNOTS.summary)


@pytest.mark.parametrize("item", [LESSON, VISIT, QUIZ])
def test_an_item_comes_with_its_text(application: Application, item: Any) -> None:
    course = application.published(KNOTS)
    stored = next(i for i in KNOTS.draft_of(course.id).outline.items if i.key == item.key)

    answer = application.signed_in().caller.get(f"/v1/courses/knots/items/{stored.id}")

    assert answer.status == 200
    assert answer.json == {
        "id": str(stored.id),
        "position": stored.position,
        "title": item.title,
        "type": item.type.value,
        "required": item.is_required,
        "due_at": None,
        "body": item.body,
        "url": item.url,
        "assessment": None,
    }


def test_an_item_is_found_by_the_id_of_its_course_too(application: Application) -> None:
    course = application.published(KNOTS)
    anna = application.signed_in().caller
    (item_id, *_) = ids_of(anna.get("/v1/courses/knots").json)

    assert anna.get(f"/v1/courses/{course.id}/items/{item_id}").json["id"] == item_id


def test_an_item_of_another_course_is_not_found(application: Application) -> None:
    application.published(KNOTS)
    other = application.published()
    anna = application.signed_in().caller
    (item_id, *_) = ids_of(anna.get(f"/v1/courses/{other.slug}").json)

    answer = anna.get(f"/v1/courses/knots/items/{item_id}")

    assert (answer.status, answer.code) == (404, "item-not-found")
    assert item_id in answer.json["detail"]


@pytest.mark.parametrize(
    "item", ["1", "nonsense", "%00", str(UUID(int=10**37))[:-1], f"{UUID(int=10**38)}0"]
)
def test_what_is_no_id_of_an_item_leads_nowhere(application: Application, item: str) -> None:
    application.published(KNOTS)

    answer = application.signed_in().caller.get(f"/v1/courses/knots/items/{item}")

    assert (answer.status, answer.code) == (404, "no-such-address")


@pytest.mark.parametrize("path", ["/v1/courses/knots", "/v1/courses/knots/items/{item}"])
@pytest.mark.parametrize("version", ["0", "-1", "2147483648", "one", "1.5", "", "%00"])
def test_a_version_is_a_number_from_one(application: Application, path: str, version: str) -> None:
    application.published(KNOTS)

    answer = application.signed_in().caller.get(f"{path.format(item=uuid4())}?version={version}")

    assert (answer.status, answer.code) == (422, "invalid-request")
    assert [error["pointer"] for error in answer.json["errors"]] == ["#/version"]


@pytest.mark.parametrize("path", ["/v1/courses/knots", "/v1/courses/knots/items/{item}"])
@pytest.mark.parametrize("version", ["2", "2147483647"])
def test_a_version_that_was_never_published_is_not_found(
    application: Application, path: str, version: str
) -> None:
    application.published(KNOTS)

    answer = application.signed_in().caller.get(f"{path.format(item=uuid4())}?version={version}")

    assert (answer.status, answer.code) == (404, "course-version-not-found")


def test_a_draft_is_to_learners_as_if_it_were_not_there(application: Application) -> None:
    course = application.services.authoring.create(SECRET, by=OPERATOR)

    answers = everything_that_learners_see(application, course)

    assert {answer.status for answer in answers} == {200, 404}
    assert not [answer.text for answer in answers if "Secret" in answer.text]
    assert not [answer.text for answer in answers if str(course.id) in answer.text]


def test_nothing_of_a_revision_reaches_a_learner_before_it_is_published(
    application: Application,
) -> None:
    course = application.published(KNOTS)
    application.services.authoring.revise("knots", SECRET, by=OPERATOR)

    answers = everything_that_learners_see(application, course)

    assert {answer.status for answer in answers} >= {200, 201, 403, 404}
    assert not [answer.text for answer in answers if "Secret" in answer.text]


def test_a_revision_reaches_learners_when_it_is_published(application: Application) -> None:
    application.published(KNOTS)
    anna = application.signed_in().caller
    application.services.authoring.revise("knots", SECRET, by=OPERATOR)
    before = anna.get("/v1/courses/knots").json

    application.services.authoring.publish("knots", by=OPERATOR)
    after = anna.get("/v1/courses/knots").json

    assert (before["version"], before["title"]) == (1, KNOTS.title)
    assert (after["version"], after["title"]) == (2, "Secret title")
    assert anna.get("/v1/courses/knots?version=1").json["modules"] == before["modules"]


def test_what_keeps_its_key_keeps_its_id_and_each_version_its_text(
    application: Application,
) -> None:
    application.published(KNOTS)
    anna = application.signed_in().caller
    application.services.authoring.revise("knots", SECRET, by=OPERATOR)
    application.services.authoring.publish("knots", by=OPERATOR)

    first = ids_of(anna.get("/v1/courses/knots?version=1").json)
    second = ids_of(anna.get("/v1/courses/knots").json)
    place = f"/v1/courses/knots/items/{first[0]}"

    assert first[0] == second[1]
    assert anna.get(f"{place}?version=1").json["body"] == LESSON.body
    assert anna.get(place).json["body"] == "Secret change"


def test_a_retired_course_can_still_be_read(application: Application) -> None:
    application.published(KNOTS)
    anna = application.signed_in().caller
    before = anna.get("/v1/courses/knots").json

    application.services.authoring.retire("knots", by=OPERATOR)

    assert anna.get("/v1/courses/knots").json == before | {"status": "retired"}


def test_authors_read_the_draft_of_a_course_that_was_never_published(
    application: Application,
) -> None:
    application.services.authoring.create(SECRET, by=OPERATOR)
    bo = application.signed_in(Role.INSTRUCTOR, name="Bo").caller

    course = bo.get("/v1/courses/knots").json
    text = bo.get(f"/v1/courses/knots/items/{ids_of(course)[0]}").json

    assert (course["status"], course["version"]) == ("draft", 0)
    assert (text["title"], text["body"]) == ("Secret item", "Secret text")


def test_the_schema_is_given_to_anybody_as_it_is(application: Application) -> None:
    answer = application.stranger.get("/v1/schemas/course-definition.json")

    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/schema+json"
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    assert answer.json == SCHEMA
