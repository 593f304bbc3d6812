"""Prepared queries."""

from datetime import timedelta
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


def loaded(row: Any) -> dict[str, Any]:
    """The loaded columns and annotations of a row."""
    return {name: value for name, value in vars(row).items() if name != "_state"}


@pytest.mark.parametrize("kind", ROWS)
def test_a_row_is_read_as_the_orm_reads_it(kind: str) -> None:
    row: Any = ROWS[kind]()
    row.save(force_insert=True)
    model = type(row)
    column = "pk" if isinstance(row.pk, UUID) else "course_id"
    query = PreparedQuery(lambda value: model.objects.filter(**{column: value}))

    read: Any = query.first(getattr(row, column))

    assert loaded(read) == loaded(model.objects.get(pk=row.pk))
    assert type(read) is model
    assert not read._state.adding  # noqa: SLF001  # Django's flag for a row that is not stored yet


def test_without_a_matching_row_there_is_none() -> None:
    assert PreparedQuery(with_slug).first("nowhere") is None


def test_every_run_is_one_statement(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    query = PreparedQuery(with_slug)
    a_course_row().save()

    with django_assert_num_queries(2):
        rows = [query.first("knots"), query.first("nowhere")]

    assert [row.slug if row else None for row in rows] == ["knots", None]


def test_a_query_is_built_once() -> None:
    built = list[str]()

    def build(slug: str) -> QuerySet[Course]:
        built.append(slug)
        return with_slug(slug)

    query = PreparedQuery(build)
    for slug in ("knots", "bends", "knots"):
        query.first(slug)

    assert len(built) == 1
    assert built[0] not in ("knots", "bends")


@pytest.mark.parametrize("slug", ["", "%s", "100%", "'; --", '"', "Ærø-🪢", "knots\\"])
def test_an_argument_is_bound_unchanged(slug: str) -> None:
    a_course_row(slug=slug).save()
    a_course_row(slug="another").save()

    row = PreparedQuery(with_slug).first(slug)

    assert row is not None
    assert row.slug == slug


def test_arguments_of_one_type_are_not_mixed_up() -> None:
    org_id = ORGANIZATION
    a_course_row(org_id=org_id, created_by_id=ANNA).save()
    query = PreparedQuery(
        lambda org, author: Course.objects.filter(created_by_id=author, org_id=org)
    )

    assert query.first(org_id, ANNA) is not None
    assert query.first(ANNA, org_id) is None


def test_an_argument_may_occur_in_several_places() -> None:
    org_id = ORGANIZATION
    a_course_row(slug="theirs", org_id=org_id).save()
    a_course_row(slug="hers", created_by_id=ANNA).save()
    query = PreparedQuery(lambda who: Course.objects.filter(Q(org_id=who) | Q(created_by=who)))

    rows = [query.first(org_id), query.first(ANNA), query.first(uuid4())]

    assert [row.slug if row else None for row in rows] == ["theirs", "hers", None]


def test_constants_stay_as_they_were_built() -> None:
    a_course_row(slug="draft", version=3).save()
    a_course_row(slug="published", version=3, status="published").save()
    query = PreparedQuery(lambda slug: with_slug(slug).filter(status="draft", version=3))

    assert query.first("draft") is not None
    assert query.first("published") is None


def test_the_first_row_is_the_first_in_the_order_of_the_query() -> None:
    for number in (2, 3, 1):
        a_version_row(number=number).save()
    query = PreparedQuery(
        lambda course_id: CourseVersion.objects.filter(course_id=course_id).order_by("-number")
    )

    row = query.first(COURSE)

    assert row is not None
    assert row.number == 3


def test_all_rows_are_read_in_one_statement_and_in_the_order_of_the_query(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in (2, 3, 1):
        a_version_row(number=number).save()
    query = PreparedQuery(
        lambda course_id: CourseVersion.objects.filter(course_id=course_id).order_by("-number")
    )

    with django_assert_num_queries(2):
        rows, elsewhere = query.all(COURSE), query.all(uuid4())

    assert [row.number for row in rows] == [3, 2, 1]
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

    row = PreparedQuery(annotated).first("knots")

    assert loaded(row) == loaded(annotated("knots").get())


def test_deferred_columns_are_not_read() -> None:
    def titles(slug: str) -> QuerySet[Course]:
        return with_slug(slug).annotate(code=F("slug")).only("title")

    a_course_row().save()

    row: Any = PreparedQuery(titles).first("knots")

    assert loaded(row) == {"id": row.id, "title": "Knots", "code": "knots"}
    assert row.summary == ""


@pytest.mark.parametrize("organizations", [(), (ORGANIZATION,), (uuid4(), ORGANIZATION, uuid4())])
def test_an_argument_may_be_several_values(organizations: tuple[UUID, ...]) -> None:
    a_course_row(slug="platform").save()
    a_course_row(slug="school", org_id=ORGANIZATION).save()

    def build(org_ids: tuple[UUID, ...], slug: str) -> QuerySet[Course]:
        return with_slug(slug).filter(Q(org_id=None) | Q(org_id__in=org_ids))

    query = PreparedQuery(build)

    assert query.first(organizations, "platform") is not None
    assert (query.first(organizations, "school") is not None) == (ORGANIZATION in organizations)


def test_a_query_has_a_plan_for_each_number_of_values(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    a_course_row(org_id=ORGANIZATION).save()
    built = list[int]()

    def build(org_ids: tuple[UUID, ...]) -> QuerySet[Course]:
        built.append(len(org_ids))
        return Course.objects.filter(org_id__in=org_ids)

    query = PreparedQuery(build)
    with django_assert_num_queries(4):
        for org_ids in ((ORGANIZATION,), (uuid4(), ORGANIZATION), (uuid4(),), (uuid4(), uuid4())):
            assert bool(query.all(org_ids)) == (ORGANIZATION in org_ids)

    assert built == [1, 2]


def test_an_argument_may_be_missing() -> None:
    a_course_row(slug="school", org_id=ORGANIZATION).save()
    query = PreparedQuery(
        lambda org_id: Course.objects.filter(**{} if org_id is None else {"org_id": org_id})
    )

    assert len(query.all(None)) == Course.objects.count()
    assert [row.slug for row in query.all(ORGANIZATION)] == ["school"]
    assert query.all(uuid4()) == []


def test_an_argument_may_be_a_moment() -> None:
    row = a_course_row()
    row.save()
    query = PreparedQuery(lambda moment: Course.objects.filter(created_at__gt=moment))

    assert query.first(row.created_at - timedelta(microseconds=1)) is not None
    assert query.first(row.created_at) is None


def test_an_argument_of_any_other_type_is_a_type_error() -> None:
    query = PreparedQuery(lambda version: Course.objects.filter(version=version))

    with pytest.raises(TypeError, match="of type int"):
        query.first(1)


def test_a_query_that_changes_its_argument_cannot_be_prepared() -> None:
    query = PreparedQuery(lambda title: Course.objects.filter(title__contains=title))

    with pytest.raises(TypeError, match="changes an argument"):
        query.first("knots")
