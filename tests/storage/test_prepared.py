"""Prepared queries: built once, run many times."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db.models import F, Q, QuerySet
from pytest_django import DjangoAssertNumQueries

from authsvc.storage.prepared import PreparedQuery
from courses.models import Course, CourseVersion
from tests.support.rows import (
    ANNA,
    COURSE,
    ORGANIZATION,
    ROWS,
    a_course_row,
    a_version_row,
    add_what_rows_refer_to,
)

pytestmark = pytest.mark.every_database


@pytest.fixture(autouse=True)
def _others() -> None:
    add_what_rows_refer_to()


def with_slug(slug: str) -> QuerySet[Course]:
    return Course.objects.filter(slug=slug)


def held_by(row: Any) -> dict[str, Any]:
    """What is loaded of a row."""
    return {name: value for name, value in vars(row).items() if name != "_state"}


@pytest.mark.parametrize("kind", ROWS)
def test_a_row_is_read_as_the_orm_reads_it(kind: str) -> None:
    row: Any = ROWS[kind]()
    row.save(force_insert=True)
    model = type(row)
    column = "pk" if isinstance(row.pk, UUID) else "course_id"
    query = PreparedQuery(lambda value: model.objects.filter(**{column: value}), UUID)

    found: Any = query.first(getattr(row, column))

    assert held_by(found) == held_by(model.objects.get(pk=row.pk))
    assert type(found) is model
    assert not found._state.adding  # noqa: SLF001  # Django's word for a row that is not kept yet


def test_nothing_is_found_where_nothing_is() -> None:
    assert PreparedQuery(with_slug, str).first("nowhere") is None


def test_every_search_is_one_statement(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    query = PreparedQuery(with_slug, str)
    a_course_row().save()

    with django_assert_num_queries(2):
        found = [query.first("knots"), query.first("nowhere")]

    assert [row.slug if row else None for row in found] == ["knots", None]


def test_a_query_is_built_once() -> None:
    built = list[str]()

    def build(slug: str) -> QuerySet[Course]:
        built.append(slug)
        return with_slug(slug)

    query = PreparedQuery(build, str)
    for slug in ("knots", "bends", "knots"):
        query.first(slug)

    assert len(built) == 1
    assert built[0] not in ("knots", "bends")


@pytest.mark.parametrize("slug", ["", "%s", "100%", "'; --", '"', "Ærø-🪢", "knots\\"])
def test_an_argument_is_taken_as_it_is(slug: str) -> None:
    a_course_row(slug=slug).save()
    a_course_row(slug="another").save()

    found = PreparedQuery(with_slug, str).first(slug)

    assert found is not None
    assert found.slug == slug


def test_arguments_of_one_type_are_told_apart() -> None:
    org_id = ORGANIZATION
    a_course_row(org_id=org_id, created_by_id=ANNA).save()
    query = PreparedQuery(
        lambda org, author: Course.objects.filter(created_by_id=author, org_id=org), UUID, UUID
    )

    assert query.first(org_id, ANNA) is not None
    assert query.first(ANNA, org_id) is None


def test_an_argument_may_stand_in_several_places() -> None:
    org_id = ORGANIZATION
    a_course_row(slug="theirs", org_id=org_id).save()
    a_course_row(slug="hers", created_by_id=ANNA).save()
    query = PreparedQuery(
        lambda who: Course.objects.filter(Q(org_id=who) | Q(created_by=who)), UUID
    )

    found = [query.first(org_id), query.first(ANNA), query.first(uuid4())]

    assert [row.slug if row else None for row in found] == ["theirs", "hers", None]


def test_what_is_no_argument_stays_as_it_was_built() -> None:
    a_course_row(slug="draft", version=3).save()
    a_course_row(slug="published", version=3, status="published").save()
    query = PreparedQuery(lambda slug: with_slug(slug).filter(status="draft", version=3), str)

    assert query.first("draft") is not None
    assert query.first("published") is None


def test_the_first_row_is_the_one_in_the_order_of_the_query() -> None:
    for number in (2, 3, 1):
        a_version_row(number=number).save()
    query = PreparedQuery(
        lambda course_id: CourseVersion.objects.filter(course_id=course_id).order_by("-number"),
        UUID,
    )

    found = query.first(COURSE)

    assert found is not None
    assert found.number == 3


def test_all_rows_are_read_in_one_statement_and_in_the_order_of_the_query(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in (2, 3, 1):
        a_version_row(number=number).save()
    query = PreparedQuery(
        lambda course_id: CourseVersion.objects.filter(course_id=course_id).order_by("-number"),
        UUID,
    )

    with django_assert_num_queries(2):
        found, elsewhere = query.all(COURSE), query.all(uuid4())

    assert [row.number for row in found] == [3, 2, 1]
    assert elsewhere == []


@pytest.mark.parametrize("author", [ANNA, None])
def test_annotations_are_read_as_the_orm_reads_them(author: UUID | None) -> None:
    def annotated(slug: str) -> QuerySet[Course]:
        return with_slug(slug).annotate(
            author_roles=F("created_by__roles"),
            author_is_active=F("created_by__is_active"),
            author_id_again=F("created_by__id"),
            author_since=F("created_by__created_at"),
        )

    a_course_row(created_by_id=author).save()

    found = PreparedQuery(annotated, str).first("knots")

    assert held_by(found) == held_by(annotated("knots").get())


def test_columns_that_are_not_wanted_are_not_read() -> None:
    def titles(slug: str) -> QuerySet[Course]:
        return with_slug(slug).annotate(code=F("slug")).only("title")

    a_course_row().save()

    found: Any = PreparedQuery(titles, str).first("knots")

    assert held_by(found) == {"id": found.id, "title": "Knots", "code": "knots"}
    assert found.summary == ""


def test_a_query_that_changes_its_argument_cannot_be_prepared() -> None:
    query = PreparedQuery(lambda title: Course.objects.filter(title__contains=title), str)

    with pytest.raises(TypeError, match="changes an argument"):
        query.first("knots")
