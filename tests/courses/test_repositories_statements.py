"""Numbers of SQL statements of the course repositories: constant, whatever the size."""

from typing import Final

import pytest
from pytest_django import DjangoAssertNumQueries

from authsvc.kernel.paging import PageRequest
from authsvc.kernel.tenancy import ALL_TENANTS
from courses.domain.entities.courses import CourseSelection, CourseStatus
from tests.support.builders import a_definition, a_draft, a_module_definition, a_version
from tests.support.worlds import orm_world

pytestmark = pytest.mark.every_database

MANY: Final = 12


@pytest.mark.parametrize("address", ["slug", "id"])
def test_a_course_is_found_with_one_statement(
    address: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    world = orm_world()
    course = world.has_course()

    with django_assert_num_queries(1):
        world.repositories.courses.at(str(getattr(course, address)), scope=ALL_TENANTS)


def test_a_page_of_courses_takes_one_statement(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    world = orm_world()
    for _ in range(MANY):
        world.has_course()

    knots = CourseSelection(status=CourseStatus.PUBLISHED, search="knots")
    with django_assert_num_queries(1):
        world.repositories.courses.page_of(knots, PageRequest(), scope=ALL_TENANTS)


@pytest.mark.parametrize("modules", [1, MANY])
def test_a_draft_takes_three_statements_however_many_modules_it_has(
    modules: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    world = orm_world()
    course = world.has_course()
    definition = a_definition(modules=tuple(a_module_definition() for _ in range(modules)))
    world.repositories.course_drafts.save(a_draft(course, definition), scope=ALL_TENANTS)

    with django_assert_num_queries(3):
        world.repositories.course_drafts.get(course.id, scope=ALL_TENANTS)


def test_a_version_and_a_page_of_versions_take_one_statement_each(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    world = orm_world()
    course = world.has_course()
    for number in range(1, MANY):
        world.repositories.course_versions.add(a_version(course, number=number), scope=ALL_TENANTS)

    with django_assert_num_queries(1):
        world.repositories.course_versions.get(course.id, 1, scope=ALL_TENANTS)
    with django_assert_num_queries(1):
        world.repositories.course_versions.page_of(course.id, PageRequest(), scope=ALL_TENANTS)
