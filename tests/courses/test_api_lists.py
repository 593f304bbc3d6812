"""Lists of courses and of their versions over HTTP."""

from base64 import urlsafe_b64encode
from dataclasses import replace
from importlib import import_module
from typing import Any, Final
from unicodedata import normalize
from urllib.parse import quote

import pytest
from django.apps import apps

from accounts.domain.access import OPERATOR, Role
from courses.models import Course as CourseRow
from tests.courses.answers import summary_of
from tests.support.application import Application, Caller
from tests.support.builders import a_definition, a_module_definition

KNOTS: Final = a_definition(slug="knots")


def walk(caller: Caller, path: str) -> list[list[Any]]:
    """Every page of the list, from the first to the last."""
    pages, cursor = [], ""
    while cursor is not None:
        answer = caller.get(f"{path}&cursor={cursor}" if cursor else path)
        assert answer.status == 200, answer.text
        pages.append(answer.json["items"])
        cursor = answer.json["next"]
    return pages


def cursor_of(parts: str) -> str:
    return urlsafe_b64encode(parts.encode()).decode()


def slugs(caller: Caller, query: str) -> list[str]:
    return [course["slug"] for course in caller.get(f"/v1/courses?{query}").json["items"]]


def published_twice(application: Application) -> None:
    application.published(KNOTS)
    application.services.authoring.revise("knots", replace(KNOTS, title="Bends"), by=OPERATOR)
    application.services.authoring.publish("knots", by=OPERATOR)


def test_a_course_in_a_list_has_the_shape_that_clients_rely_on(application: Application) -> None:
    course = application.published(KNOTS)

    answer = application.signed_in().caller.get("/v1/courses")

    assert answer.status == 200
    assert answer.json == {"items": [summary_of(course)], "next": None}


def test_an_application_without_courses_lists_none(application: Application) -> None:
    assert application.signed_in().caller.get("/v1/courses").json == {"items": [], "next": None}


def test_a_walk_over_the_pages_gives_each_course_once_oldest_first(
    application: Application,
) -> None:
    courses = [application.published() for _ in range(25)]

    pages = walk(application.signed_in().caller, "/v1/courses?limit=10")

    assert [len(page) for page in pages] == [10, 10, 5]
    assert [course["slug"] for page in pages for course in page] == [c.slug for c in courses]


def test_a_page_holds_twenty_courses_unless_told_otherwise(application: Application) -> None:
    for _ in range(21):
        application.published()

    answer = application.signed_in().caller.get("/v1/courses")

    assert len(answer.json["items"]) == 20
    assert answer.json["next"]


@pytest.mark.parametrize("limit", ["1", "100"])
def test_a_page_holds_up_to_a_hundred(application: Application, limit: str) -> None:
    application.published()

    assert len(slugs(application.signed_in().caller, f"limit={limit}")) == 1


@pytest.mark.parametrize("path", ["/v1/courses", "/v1/courses/knots/versions"])
@pytest.mark.parametrize("limit", ["0", "-1", "101", "ten", "1.5", "", "%00", "9" * 40])
def test_a_limit_out_of_bounds_is_refused(application: Application, path: str, limit: str) -> None:
    application.published(KNOTS)
    bo = application.signed_in(Role.INSTRUCTOR, name="Bo").caller

    answer = bo.get(f"{path}?limit={limit}")

    assert (answer.status, answer.code) == (422, "invalid-request")
    assert [error["pointer"] for error in answer.json["errors"]] == ["#/limit"]


@pytest.mark.parametrize("path", ["/v1/courses", "/v1/courses/knots/versions"])
@pytest.mark.parametrize(
    "cursor",
    [
        "nonsense",
        "%C3%A9",
        cursor_of("[]"),
        cursor_of("[1]"),
        cursor_of('["a"]'),
        cursor_of('["a", "b"]'),
        cursor_of('["-1"]'),
        cursor_of('["٣"]'),
        cursor_of('["2026-03-01T12:00:00+00:00", "knots"]'),
        cursor_of('["2026-03-01T12:00:00", "00000000-0000-4000-8000-000000000000"]'),
        cursor_of("[" * 200),
    ],
)
def test_a_forged_cursor_is_rejected(application: Application, path: str, cursor: str) -> None:
    application.published(KNOTS)
    bo = application.signed_in(Role.INSTRUCTOR, name="Bo").caller

    answer = bo.get(f"{path}?cursor={cursor}")

    assert (answer.status, answer.code) == (422, "invalid-cursor")


@pytest.mark.parametrize("cursor", ["", "a" * 501])
def test_a_cursor_is_neither_empty_nor_endless(application: Application, cursor: str) -> None:
    answer = application.signed_in().caller.get(f"/v1/courses?cursor={cursor}")

    assert (answer.status, answer.code) == (422, "invalid-request")


def test_a_cursor_past_every_number_is_past_every_version(application: Application) -> None:
    application.published(KNOTS)
    bo = application.signed_in(Role.INSTRUCTOR, name="Bo").caller

    last = cursor_of('["course-versions", "100000000000000000"]')

    answer = bo.get(f"/v1/courses/knots/versions?cursor={last}")

    assert answer.json == {"items": [], "next": None}


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("", ["straße", "nœuds"]),
        ("STRASSE", ["straße"]),
        ("écoLE DE N", ["nœuds"]),
        ("  nœuds  ", ["nœuds"]),
        ("in the summary", ["straße", "nœuds"]),
        ("bends", []),
        ("%", []),
        ("_", []),
    ],
)
def test_a_search_finds_parts_of_title_and_summary_in_any_case(
    application: Application, search: str, expected: list[str]
) -> None:
    titles = {"straße": "Die Straße", "nœuds": "École de nœuds"}
    for number, title in enumerate(titles.values()):
        application.published(
            a_definition(slug=f"course-{number}", title=title, summary="In THE summary")
        )
    slug_of = {name: f"course-{number}" for number, name in enumerate(titles)}

    answer = slugs(application.signed_in().caller, f"q={quote(search)}")

    assert answer == [slug_of[name] for name in expected]


def test_a_search_is_walked_in_pages_too(application: Application) -> None:
    for number in range(6):
        application.published(a_definition(title="Knots" if number % 2 else "Bends", summary=""))

    pages = walk(application.signed_in().caller, "/v1/courses?q=knots&limit=2")

    assert [[course["title"] for course in page] for page in pages] == [["Knots"] * 2, ["Knots"]]


@pytest.mark.parametrize("search", ["a" * 201, "%00"])
def test_an_invalid_search_is_rejected(application: Application, search: str) -> None:
    answer = application.signed_in().caller.get(f"/v1/courses?q={search}")

    assert (answer.status, answer.code) == (422, "invalid-request")
    assert [error["pointer"] for error in answer.json["errors"]] == ["#/q"]


@pytest.mark.parametrize(
    ("query", "slug"),
    [
        ("", "open"),
        ("status=published", "open"),
        ("status=draft", "new"),
        ("status=retired", "old"),
    ],
)
def test_authors_list_the_courses_of_a_status(
    application: Application, query: str, slug: str
) -> None:
    application.services.authoring.create(a_definition(slug="new"), by=OPERATOR)
    application.published(a_definition(slug="open"))
    application.published(a_definition(slug="old"))
    application.services.authoring.retire("old", by=OPERATOR)

    assert slugs(application.signed_in(Role.INSTRUCTOR, name="Bo").caller, query) == [slug]


@pytest.mark.parametrize("status", ["draft", "retired"])
def test_learners_do_not_list_what_is_not_published(application: Application, status: str) -> None:
    answer = application.signed_in().caller.get(f"/v1/courses?status={status}")

    assert (answer.status, answer.code) == (403, "not-permitted")


@pytest.mark.parametrize("status", ["", "Published", "all", "draft,retired"])
def test_a_status_that_no_course_has_is_refused(application: Application, status: str) -> None:
    answer = application.signed_in(Role.INSTRUCTOR).caller.get(f"/v1/courses?status={status}")

    assert (answer.status, answer.code) == (422, "invalid-request")


def test_authors_list_what_was_published_of_a_course(application: Application) -> None:
    bo = application.signed_in(Role.INSTRUCTOR, name="Bo")
    published_twice(application)
    application.services.authoring.revise(
        "knots", replace(KNOTS, modules=(a_module_definition(),)), by=OPERATOR
    )
    bo.caller.post("/v1/courses/knots/publish")

    (first, second, third) = bo.caller.get("/v1/courses/knots/versions").json["items"]

    assert set(first) == {"version", "title", "checksum", "published_at", "published_by"}
    assert [version["version"] for version in (first, second, third)] == [1, 2, 3]
    assert [version["title"] for version in (first, second)] == [KNOTS.title, "Bends"]
    assert len({version["checksum"] for version in (first, second, third)}) == 3
    assert first["published_by"] is None
    assert third["published_by"] == bo.id
    assert first["published_at"] < third["published_at"]
    assert third["published_at"].endswith("Z")


def test_the_versions_are_walked_in_pages(application: Application) -> None:
    published_twice(application)
    bo = application.signed_in(Role.INSTRUCTOR, name="Bo").caller

    pages = walk(bo, "/v1/courses/knots/versions?limit=1")

    assert [[version["version"] for version in page] for page in pages] == [[1], [2]]


def test_a_course_that_was_never_published_has_no_versions(application: Application) -> None:
    application.services.authoring.create(KNOTS, by=OPERATOR)
    bo = application.signed_in(Role.INSTRUCTOR, name="Bo").caller

    assert bo.get("/v1/courses/knots/versions").json == {"items": [], "next": None}


@pytest.mark.every_database
def test_texts_stored_before_are_found_after_the_migration(application: Application) -> None:
    course = application.published(a_definition(title="École"))
    CourseRow.objects.filter(pk=course.id).update(search_text=normalize("NFD", "école\n"))
    anna, query = application.signed_in().caller, f"q={quote('école')}"
    assert slugs(anna, query) == []

    import_module("courses.migrations.0002_folded_search_text").fold_texts(apps, None)

    assert slugs(anna, query) == [course.slug]
