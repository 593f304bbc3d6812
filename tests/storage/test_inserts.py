"""Inserts in one statement."""

from collections.abc import Callable
from datetime import UTC
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import AutoField, Model
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from authsvc.storage.inserts import ANY_VALUES, insert
from courses.models import Course, CourseVersion
from credentials.models import UserCredential
from progress.models import CourseProgress
from tests.support.rows import (
    ORGANIZATION,
    ROWS,
    a_course_row,
    a_progress_row,
    a_version_row,
    add_what_rows_refer_to,
    an_issued_row,
)

pytestmark = pytest.mark.every_database

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture(autouse=True)
def _others() -> None:
    add_what_rows_refer_to()


def values_of(row: Model) -> dict[str, Any]:
    """The row as `insert` takes it."""
    fields = row._meta.concrete_fields
    return {f.attname: getattr(row, f.attname) for f in fields if not isinstance(f, AutoField)}


def rows_after(write: Callable[[], object], model: type[Model]) -> list[Any]:
    """The rows in the table after *write*, as the database returns them; the write is rolled back."""
    fields = model._meta.concrete_fields
    columns = ", ".join(str(field.column) for field in fields if not isinstance(field, AutoField))
    with transaction.atomic(), connection.cursor() as cursor:
        write()
        cursor.execute(f"SELECT {columns} FROM {model._meta.db_table} ORDER BY {columns}")  # noqa: S608  # our names
        rows: list[Any] = cursor.fetchall()
        transaction.set_rollback(True)
    return rows


@pytest.mark.parametrize("kind", ROWS)
def test_a_row_is_stored_as_the_orm_stores_it(kind: str) -> None:
    row = ROWS[kind]()

    by_insert = rows_after(lambda: insert(type(row), [values_of(row)]), type(row))

    assert by_insert == rows_after(lambda: row.save(force_insert=True), type(row))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    row=st.builds(
        a_version_row,
        number=st.integers(0, 2**31 - 1),
        title=TEXT.map(lambda text: text[:200]),
        outline=st.lists(JSON, max_size=3),
        published_at=st.datetimes(timezones=st.just(UTC)),
        org_id=st.none() | st.just(ORGANIZATION),
    )
)
def test_any_values_are_stored_as_the_orm_stores_them(row: CourseVersion) -> None:
    by_insert = rows_after(lambda: insert(CourseVersion, [values_of(row)]), CourseVersion)

    assert by_insert == rows_after(lambda: row.save(force_insert=True), CourseVersion)


def test_all_rows_are_inserted_with_one_statement_and_counted(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    rows = [values_of(a_version_row(number=number)) for number in (1, 2, 3)]

    with django_assert_num_queries(1):
        inserted = insert(CourseVersion, rows)

    assert inserted == 3
    assert list(CourseVersion.objects.order_by("pk").values_list("number", flat=True)) == [1, 2, 3]


def test_no_rows_need_no_statement(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        inserted = insert(CourseVersion, [])

    assert inserted == 0


def test_a_row_whose_values_are_taken_is_skipped_with_one_statement(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    insert(Course, [values_of(a_course_row(title="first"))])

    with django_assert_num_queries(1):
        inserted = insert(Course, [values_of(a_course_row(title="second"))], unless_taken=("slug",))

    assert inserted == 0
    assert Course.objects.get(slug="knots").title == "first"


def test_a_row_whose_values_are_free_is_inserted() -> None:
    inserted = insert(Course, [values_of(a_course_row())], unless_taken=("slug",))

    assert inserted == 1
    assert Course.objects.get(slug="knots").title == "Knots"


def test_of_several_rows_only_those_that_are_taken_are_skipped() -> None:
    insert(Course, [values_of(a_course_row())])

    rows = [values_of(a_course_row(id=uuid4(), slug=slug)) for slug in ("knots", "bends")]

    assert insert(Course, rows, unless_taken=("slug",)) == 1
    assert Course.objects.filter(slug="bends").exists()


def test_several_columns_may_be_unique_together() -> None:
    taken = ("user_id", "course_id")
    insert(CourseProgress, [values_of(a_progress_row())])

    assert insert(CourseProgress, [values_of(a_progress_row())], unless_taken=taken) == 0


@pytest.mark.parametrize(
    ("is_first_current", "is_second_current", "inserted"),
    [(True, True, 0), (True, False, 1), (False, True, 1), (False, False, 1)],
)
def test_a_constraint_may_be_partial(
    is_first_current: bool,  # noqa: FBT001  # pytest passes what a table holds
    is_second_current: bool,  # noqa: FBT001  # likewise
    inserted: int,
) -> None:
    first = an_issued_row(is_current=is_first_current)
    second = an_issued_row(is_current=is_second_current)
    insert(UserCredential, [values_of(first)])

    outcome = insert(
        UserCredential,
        [values_of(second)],
        unless_taken=("user_id", "credential_id"),
        among="is_current",
    )

    assert outcome == inserted


@pytest.mark.parametrize("same", ["id", "slug"])
def test_a_row_may_be_skipped_whichever_of_its_values_is_taken(same: str) -> None:
    course = a_course_row()
    insert(Course, [values_of(course)])
    other = a_course_row(**{"id": uuid4(), "slug": "bends", same: getattr(course, same)})

    assert insert(Course, [values_of(other)], unless_taken=ANY_VALUES) == 0


def test_any_other_constraint_raises_an_error() -> None:
    course = a_course_row()
    insert(Course, [values_of(course)])
    same_id = a_course_row(id=course.id, slug="bends")

    with pytest.raises(IntegrityError), transaction.atomic():
        insert(Course, [values_of(same_id)], unless_taken=("slug",))


def test_a_missing_column_is_an_error() -> None:
    values = values_of(a_course_row())
    del values["summary"]

    with pytest.raises(KeyError, match="summary"):
        insert(Course, [values])
