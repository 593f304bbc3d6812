"""Upserts in one statement."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Case, F, Value, When
from pytest_django import DjangoAssertNumQueries

from authsvc.storage.upserts import upsert
from courses.domain.entities.courses import CourseStatus
from courses.models import Course
from tests.support.builders import NOON
from tests.support.rows import ANNA, ROWS, a_course_row, add_what_rows_refer_to

pytestmark = pytest.mark.every_database

KINDS = [kind for kind, make in ROWS.items() if isinstance(make().pk, UUID)]
ID = UUID("0a1b2c3d-0000-4000-8000-00000000dddd")


@pytest.fixture(autouse=True)
def _others() -> None:
    add_what_rows_refer_to()


def values_of(row: Any) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def course_after(**changes: Any) -> dict[str, Any]:
    """The result of these changes to an existing course."""
    return upsert(Course, values_of(a_course_row(id=ID, title="Splices")), changes=changes)


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_row_is_stored_and_returned_as_the_orm_stores_it(kind: str) -> None:
    row: Any = ROWS[kind]()

    returned = upsert(type(row), values_of(row), changes={"id": Value(uuid4())})

    stored = type(row).objects.get(pk=row.pk)
    assert returned == values_of(stored)
    stored.delete()
    row.save(force_insert=True)
    assert returned == values_of(type(row).objects.get(pk=row.pk))


def test_an_existing_row_gets_the_changes_and_no_others() -> None:
    before = a_course_row(id=ID, title="Knots", version=3)
    before.save()

    returned = course_after(version=F("version") + 1, created_by_id=Value(ANNA))

    assert returned == values_of(before) | {"version": 4, "created_by_id": ANNA}
    assert returned == values_of(Course.objects.get(pk=ID))


def test_changes_refer_to_the_existing_row() -> None:
    a_course_row(id=ID, title="Knots", summary="Loops", version=2, created_at=NOON).save()
    is_old = When(version__gte=2, created_at__lte=NOON, then=Value(CourseStatus.RETIRED))

    returned = course_after(
        status=Case(is_old, default=F("status")), summary=F("title"), org_id=Value(None)
    )

    assert (returned["status"], returned["summary"]) == (CourseStatus.RETIRED, "Knots")
    assert returned["org_id"] is None


def test_other_rows_stay_unchanged() -> None:
    other = a_course_row(slug="splices")
    other.save()
    a_course_row(id=ID).save()

    course_after(title=Value("Changed"))

    assert values_of(Course.objects.get(pk=other.pk)) == values_of(other)


def test_another_constraint_raises_an_error() -> None:
    a_course_row(slug="knots").save()

    with pytest.raises(IntegrityError), transaction.atomic():
        upsert(Course, values_of(a_course_row(slug="knots")), changes={"title": Value("Changed")})


def test_it_is_one_statement(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    status = Value(CourseStatus.RETIRED)

    with django_assert_num_queries(2):
        course_after(status=status)
        assert course_after(status=status)["status"] == CourseStatus.RETIRED
