"""Contract of version repositories."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest
from django.db import DatabaseError, connection, transaction

from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.tenancy import ALL_TENANTS, TenantScope
from courses.domain.entities.courses import Course, CourseVersion
from courses.domain.entities.outlines import ItemType
from courses.domain.errors import CourseVersionNotFound
from tests.support.builders import (
    NOON,
    a_definition,
    a_draft,
    a_module_definition,
    a_version,
    an_item_definition,
)
from tests.support.definitions import whole
from tests.support.worlds import World, orm_world

WHOLE: Final = PageRequest(limit=100)


def kept_version(world: World, course: Course, number: int = 1) -> CourseVersion:
    version = a_version(course, number=number)
    world.repositories.course_versions.add(version, scope=ALL_TENANTS)
    return version


def test_a_version_is_stored_as_it_was_added(world: World) -> None:
    course = world.has_course(org_id=world.has_organization().id)
    items = (
        an_item_definition(body="# Ränder\n\n🪢", is_required=False),
        an_item_definition(type=ItemType.EXTERNAL, url="https://knots.example", body=""),
    )
    modules = (a_module_definition(items=items), a_module_definition())
    version = replace(
        a_version(course, draft=a_draft(course, a_definition(modules=modules))),
        published_at=NOON + timedelta(microseconds=1),
        published_by=world.has_user(name="Bo").id,
        org_id=course.org_id,
    )

    world.repositories.course_versions.add(version, scope=ALL_TENANTS)

    stored = world.repositories.course_versions.get(course.id, 1, scope=ALL_TENANTS)
    assert whole(stored) == whole(version)


@pytest.mark.parametrize("number", [0, 2, -1])
def test_a_version_that_was_never_added_is_not_found(world: World, number: int) -> None:
    course = world.has_course()
    kept_version(world, course)

    with pytest.raises(CourseVersionNotFound):
        world.repositories.course_versions.get(course.id, number, scope=ALL_TENANTS)


def test_a_version_belongs_to_its_course_alone(world: World) -> None:
    course = world.has_course()
    kept_version(world, world.has_course())

    with pytest.raises(CourseVersionNotFound):
        world.repositories.course_versions.get(course.id, 1, scope=ALL_TENANTS)


def test_a_version_does_not_change_with_its_course_and_its_draft(world: World) -> None:
    course = world.has_course()
    version = kept_version(world, course)

    world.repositories.courses.save(replace(course, title="Bends", version=2), scope=ALL_TENANTS)
    world.repositories.course_drafts.save(a_draft(course), scope=ALL_TENANTS)
    kept_version(world, course, number=2)

    assert world.repositories.course_versions.get(course.id, 1, scope=ALL_TENANTS) == version


@pytest.mark.every_database
@pytest.mark.parametrize(
    "statement",
    ["UPDATE courses_courseversion SET title = 'Bends'", "DELETE FROM courses_courseversion"],
)
def test_the_database_refuses_to_change_a_version(statement: str) -> None:
    world = orm_world()
    course = world.has_course()
    version = kept_version(world, course)

    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)

    assert world.repositories.course_versions.get(course.id, 1, scope=ALL_TENANTS) == version


def test_the_versions_of_a_course_come_in_the_order_of_their_numbers(world: World) -> None:
    course = world.has_course()
    for number in (2, 10, 1):
        kept_version(world, course, number)
    kept_version(world, world.has_course(), number=3)

    page = world.repositories.course_versions.page_of(course.id, WHOLE, scope=ALL_TENANTS)

    assert [version.number for version in page.items] == [1, 2, 10]
    assert page.items[0] == world.repositories.course_versions.get(course.id, 1, scope=ALL_TENANTS)
    assert page.next_cursor is None


def test_a_course_that_was_never_published_has_no_versions(world: World) -> None:
    course = world.has_course()

    page = world.repositories.course_versions.page_of(course.id, WHOLE, scope=ALL_TENANTS)

    assert page == Page(items=(), next_cursor=None)


def test_several_versions_are_read_by_course_and_number(world: World) -> None:
    course, other = world.has_course(), world.has_course(org_id=world.has_organization().id)
    first, _, third = (kept_version(world, course, number) for number in (1, 2, 3))
    ours = kept_version(world, other)
    keys = [(course.id, 1), (course.id, 3), (other.id, 1), (other.id, 2)]

    read = world.repositories.course_versions.those_of(keys, scope=ALL_TENANTS)

    assert {version.content_hash for version in read} == {
        version.content_hash for version in (first, third, ours)
    }
    in_scope = world.repositories.course_versions.those_of(keys, scope=TenantScope())
    assert {(version.course_id, version.number) for version in in_scope} == set(keys[:2])
    assert world.repositories.course_versions.those_of([], scope=ALL_TENANTS) == []
