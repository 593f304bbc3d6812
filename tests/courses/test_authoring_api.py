"""Course authoring over HTTP."""

from dataclasses import replace
from typing import Any, Final

import pytest

from accounts.domain.access import OPERATOR, Role
from authsvc.kernel.tenancy import ALL_TENANTS
from courses.domain.entities.outlines import ItemType
from tests.support.application import Application, Caller
from tests.support.bodies import body_of
from tests.support.builders import (
    a_definition,
    a_definition_of,
    a_module_definition,
    an_item_definition,
)

KNOTS: Final = a_definition(
    slug="knots",
    modules=(
        a_module_definition(
            items=(
                an_item_definition(body="# Ränder 🪢\n\n    tie\n", is_required=False),
                an_item_definition(type=ItemType.EXTERNAL, url="https://knots.example/", body=""),
            )
        ),
    ),
)
BENDS: Final = replace(KNOTS, title="Bends", modules=a_definition().modules)
BODY: Final = body_of(KNOTS)
DRAFT: Final = "/v1/courses/knots/draft"
LOOPS: Final = {"key": "a", "title": "A", "items": [{"key": "i", "title": "I", "body": "B"}]}

takes_a_definition = pytest.mark.parametrize(
    "place", [("POST", "/v1/courses"), ("PUT", "/v1/courses/knots/draft")]
)


@pytest.fixture
def bo(application: Application) -> Caller:
    return application.signed_in(Role.INSTRUCTOR, name="Bo").caller


def titles(caller: Caller, status: str) -> list[str]:
    courses = caller.get(f"/v1/courses?status={status}").json["items"]
    return [course["title"] for course in courses]


def test_a_course_starts_as_a_draft(application: Application, bo: Caller) -> None:
    answer = bo.post("/v1/courses", BODY)

    assert answer.status == 201
    assert set(answer.json) == {"id", "slug", "title", "summary", "status", "version", "org_id"}
    assert answer.json | {"id": ""} == {
        "id": "",
        "slug": "knots",
        "title": KNOTS.title,
        "summary": KNOTS.summary,
        "status": "draft",
        "version": 0,
        "org_id": None,
    }
    assert application.services.authoring.export(answer.json["id"], by=OPERATOR) == KNOTS


def test_a_course_belongs_to_whoever_started_it(application: Application) -> None:
    bo = application.signed_in(Role.INSTRUCTOR, name="Bo")

    bo.caller.post("/v1/courses", BODY)

    assert (
        str(application.services.repositories.courses.at("knots", scope=ALL_TENANTS).created_by)
        == bo.id
    )


def test_a_slug_is_taken_once(application: Application, bo: Caller) -> None:
    bo.post("/v1/courses", BODY)

    answer = bo.post("/v1/courses", body_of(BENDS))

    assert (answer.status, answer.code) == (409, "slug-taken")
    assert answer.json["slug"] == "knots"
    assert application.services.authoring.export("knots", by=OPERATOR) == KNOTS


def test_a_revision_replaces_the_draft(application: Application, bo: Caller) -> None:
    created = bo.post("/v1/courses", BODY).json

    answer = bo.put(
        "/v1/courses/knots/draft", body_of(BENDS), If_Match=bo.get(DRAFT).headers["ETag"]
    )

    assert answer.status == 200
    assert answer.json == created | {"title": "Bends"}
    assert application.services.authoring.export("knots", by=OPERATOR) == BENDS


def test_the_draft_is_a_definition_that_can_be_sent_back(
    application: Application, bo: Caller
) -> None:
    bo.post("/v1/courses", BODY)
    draft = bo.get(DRAFT)

    answer = bo.put(DRAFT, draft.json)

    assert (answer.status, answer.headers["ETag"]) == (200, draft.headers["ETag"])
    assert bo.get(DRAFT).json == draft.json
    assert application.services.authoring.export("knots", by=OPERATOR) == KNOTS


def test_a_revision_answers_with_the_etag_that_the_draft_then_has(bo: Caller) -> None:
    bo.post("/v1/courses", BODY)
    before = bo.get(DRAFT).headers["ETag"]

    answer = bo.put(DRAFT, body_of(BENDS), If_Match=before)

    assert answer.headers["ETag"] == bo.get(DRAFT).headers["ETag"] != before


def test_unpublished_changes_are_replaced_only_by_who_has_seen_them(bo: Caller) -> None:
    bo.post("/v1/courses", BODY)

    unseen = bo.put(DRAFT, body_of(BENDS))
    any_state = bo.put(DRAFT, body_of(BENDS), If_Match="*")

    assert (unseen.status, unseen.code) == (428, "precondition-required")
    assert any_state.status == 200


def test_the_first_change_after_publication_needs_no_etag(bo: Caller) -> None:
    """It replaces nothing that would be lost."""
    bo.post("/v1/courses", BODY)
    bo.post("/v1/courses/knots/publish")

    first = bo.put(DRAFT, body_of(BENDS))
    second = bo.put(DRAFT, body_of(replace(BENDS, title="Bights")))

    assert [first.status, second.status] == [200, 428]


def test_the_second_of_two_authors_is_told_of_the_first(
    application: Application, bo: Caller
) -> None:
    bo.post("/v1/courses", BODY)
    etag = bo.get(DRAFT).headers["ETag"]
    bo.put(DRAFT, body_of(BENDS), If_Match=etag)

    answer = bo.put(DRAFT, body_of(replace(BENDS, title="Bights")), If_Match=etag)

    assert (answer.status, answer.code) == (412, "precondition-failed")
    assert application.services.authoring.export("knots", by=OPERATOR) == BENDS


def test_a_revision_that_is_sent_again_changes_nothing(
    application: Application, bo: Caller
) -> None:
    bo.post("/v1/courses", BODY)
    first = bo.put("/v1/courses/knots/draft", body_of(BENDS), If_Match="*")

    second = bo.put("/v1/courses/knots/draft", body_of(BENDS))

    assert (second.status, second.json) == (200, first.json)
    assert application.services.authoring.export("knots", by=OPERATOR) == BENDS


def test_a_course_keeps_its_slug(application: Application, bo: Caller) -> None:
    bo.post("/v1/courses", BODY)

    answer = bo.put("/v1/courses/knots/draft", body_of(replace(BENDS, slug="bends")))

    assert (answer.status, answer.code) == (409, "slug-fixed")
    assert answer.json["slug"] == "knots"
    assert application.services.authoring.export("knots", by=OPERATOR) == KNOTS


def test_publishing_shows_the_draft_to_learners(application: Application, bo: Caller) -> None:
    created = bo.post("/v1/courses", BODY).json

    answer = bo.post("/v1/courses/knots/publish")

    assert answer.status == 200
    assert answer.json == created | {"status": "published", "version": 1}
    assert titles(application.signed_in().caller, "published") == [KNOTS.title]


def test_what_is_published_goes_on_under_its_old_name_until_the_next_time(
    application: Application, bo: Caller
) -> None:
    published = application.published(KNOTS)

    revised = bo.put("/v1/courses/knots/draft", body_of(BENDS)).json
    renamed = bo.post("/v1/courses/knots/publish").json

    assert (revised["title"], revised["version"]) == (published.title, 1)
    assert (renamed["title"], renamed["version"]) == ("Bends", 2)


def test_there_is_nothing_to_publish_twice(bo: Caller) -> None:
    bo.post("/v1/courses", BODY)
    bo.post("/v1/courses/knots/publish")

    answer = bo.post("/v1/courses/knots/publish")

    assert (answer.status, answer.code) == (409, "nothing-to-publish")
    assert answer.json["version"] == 1


def test_a_draft_that_requires_nothing_is_not_published(bo: Caller) -> None:
    definition = a_definition_of(required=0, optional=2, slug="knots")
    bo.post("/v1/courses", body_of(definition))

    answer = bo.post("/v1/courses/knots/publish")

    assert (answer.status, answer.code) == (409, "nothing-required")


def test_a_retired_course_leaves_the_list_of_learners(application: Application, bo: Caller) -> None:
    application.published(KNOTS)

    answer = bo.post("/v1/courses/knots/retire")

    assert answer.status == 200
    assert (answer.json["status"], answer.json["version"]) == ("retired", 1)
    assert titles(application.signed_in().caller, "published") == []
    assert titles(bo, "retired") == [KNOTS.title]


@pytest.mark.parametrize("status", ["draft", "retired"])
def test_only_a_published_course_can_be_retired(
    application: Application, bo: Caller, status: str
) -> None:
    bo.post("/v1/courses", BODY)
    if status == "retired":
        bo.post("/v1/courses/knots/publish")
        bo.post("/v1/courses/knots/retire")

    answer = bo.post("/v1/courses/knots/retire")

    assert (answer.status, answer.code) == (409, "course-not-published")
    assert answer.json["detail"] == f"The course is {status}."


def test_publishing_opens_a_retired_course_again(application: Application, bo: Caller) -> None:
    application.published(KNOTS)
    bo.post("/v1/courses/knots/retire")

    answer = bo.post("/v1/courses/knots/publish")

    assert (answer.status, answer.json["status"], answer.json["version"]) == (200, "published", 1)


@pytest.mark.parametrize("act", ["create", "publish", "retire"])
def test_with_a_key_an_act_is_done_once_and_answered_twice(
    application: Application, bo: Caller, act: str
) -> None:
    if act != "create":
        application.services.authoring.create(KNOTS, by=OPERATOR)
    if act == "retire":
        application.services.authoring.publish("knots", by=OPERATOR)
    path, body = ("/v1/courses", BODY) if act == "create" else (f"/v1/courses/knots/{act}", None)

    first = bo.post(path, body, Idempotency_Key="once")
    second = bo.post(path, body, Idempotency_Key="once")

    assert first.status < 300
    assert (second.status, second.json) == (first.status, first.json)
    assert second.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers


def test_a_key_is_good_for_one_definition(application: Application, bo: Caller) -> None:
    bo.post("/v1/courses", BODY, Idempotency_Key="once")

    answer = bo.post("/v1/courses", body_of(a_definition()), Idempotency_Key="once")

    assert (answer.status, answer.code) == (409, "idempotency-key-reused")
    assert titles(bo, "draft") == [KNOTS.title]


@takes_a_definition
@pytest.mark.parametrize("body", [b"{", b"slug: knots", b"\xff", b"NaN", b'{"title": Infinity}'])
def test_a_body_that_is_not_json_cannot_be_read(
    bo: Caller, place: tuple[str, str], body: bytes
) -> None:
    answer = bo.send(*place, body)

    assert (answer.status, answer.code) == (400, "malformed-request")


@takes_a_definition
def test_a_body_is_sent_as_json(bo: Caller, place: tuple[str, str]) -> None:
    answer = bo.send(*place, b"slug: knots", headers={"Content-Type": "application/yaml"})

    assert (answer.status, answer.code) == (415, "unsupported-media-type")


@takes_a_definition
@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        (None, ["#", "#", "#"]),
        ([], ["#"]),
        ("knots", ["#"]),
        (BODY | {"title": 5}, ["#/title"]),
        (BODY | {"colour": "red", "a/b": 1}, ["#/a~1b", "#/colour"]),
        (BODY | {"title": "Kn\0ts"}, ["#/title"]),
        (BODY | {"title": "Kn\ud800ts"}, ["#/title"]),
        (BODY | {"\ud800": 1}, ["#/\\ud800"]),
        (BODY | {"modules": []}, ["#/modules"]),
        (BODY | {"modules": [LOOPS, LOOPS | {"key": "b"}]}, ["#/modules/1/items/0/key"]),
        (BODY | {"slug": "6ba7b810-9dad-41d1-80b4-00c04fd430c8"}, ["#/slug"]),
    ],
)
def test_a_body_that_is_no_definition_is_refused_with_the_places(
    application: Application, bo: Caller, place: tuple[str, str], body: Any, pointers: list[str]
) -> None:
    application.services.authoring.create(KNOTS, by=OPERATOR)

    answer = bo.send(*place, body)

    assert (answer.status, answer.code) == (422, "invalid-definition")
    assert [error["pointer"] for error in answer.json["errors"]] == pointers
    assert all(error["detail"] for error in answer.json["errors"])
    assert application.services.authoring.export("knots", by=OPERATOR) == KNOTS


@pytest.mark.parametrize("depth", [10, 100, *range(850, 950), 100_000])
def test_a_body_of_any_depth_is_refused_in_good_order(bo: Caller, depth: int) -> None:
    body = b'{"modules": [{"items": [{"body": ' + b"[" * depth + b"]" * depth + b"}]}]}"

    answer = bo.post("/v1/courses", body)

    assert answer.status in (400, 422)
