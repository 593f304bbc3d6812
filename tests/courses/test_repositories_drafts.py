"""Contract of draft repositories."""

from dataclasses import replace

import pytest

from authsvc.kernel.tenancy import ALL_TENANTS
from courses.domain.entities.courses import Course, CourseDefinition
from courses.domain.entities.outlines import ItemType
from courses.domain.errors import CourseNotFound
from tests.support.builders import (
    NOON,
    a_definition,
    a_draft,
    a_module_definition,
    an_item_definition,
)
from tests.support.definitions import whole
from tests.support.worlds import World


def kept_draft(world: World, course: Course, definition: CourseDefinition) -> None:
    world.repositories.course_drafts.save(a_draft(course, definition), scope=ALL_TENANTS)


def test_a_draft_is_stored_with_its_modules_and_items_in_order(world: World) -> None:
    course = world.has_course()
    keys = ["zebra", "ape", "mouse"]
    items = tuple(an_item_definition(key=key) for key in keys)
    modules = (
        a_module_definition(key="last", items=items),
        a_module_definition(key="first"),
    )
    draft = a_draft(course, a_definition(modules=modules))

    world.repositories.course_drafts.save(draft, scope=ALL_TENANTS)

    stored = world.repositories.course_drafts.get(course.id, scope=ALL_TENANTS)
    assert whole(stored) == whole(draft)


def test_a_draft_keeps_every_part_of_its_items(world: World) -> None:
    course = world.has_course()
    items = (
        an_item_definition(body="# Ränder\n\n    tie 🪢\n\n", is_required=False),
        an_item_definition(type=ItemType.ASSESSMENT),
        an_item_definition(type=ItemType.EXTERNAL, url="https://knots.example/?a=1&b=2", body=""),
    )
    draft = a_draft(course, a_definition(modules=(a_module_definition(items=items),)))

    world.repositories.course_drafts.save(draft, scope=ALL_TENANTS)

    stored = world.repositories.course_drafts.get(course.id, scope=ALL_TENANTS)
    assert whole(stored) == whole(draft)


def test_a_course_without_a_draft_has_none(world: World) -> None:
    course = world.has_course()
    kept_draft(world, world.has_course(), a_definition())

    with pytest.raises(CourseNotFound):
        world.repositories.course_drafts.get(course.id, scope=ALL_TENANTS)


def test_a_saved_draft_takes_the_place_of_the_one_before_wholly(world: World) -> None:
    course = world.has_course()
    stays, moves, goes = (an_item_definition() for _ in range(3))
    home = a_module_definition(items=(stays, moves))
    kept_draft(
        world, course, a_definition(modules=(home, a_module_definition(items=(goes,))), summary="A")
    )
    new = a_module_definition(items=(moves, an_item_definition()))
    after = a_draft(
        course,
        a_definition(
            title="Bends",
            summary="",
            modules=(new, replace(home, title="Home", items=(replace(stays, body="New."),))),
        ),
    )

    world.repositories.course_drafts.save(after, scope=ALL_TENANTS)

    stored = world.repositories.course_drafts.get(course.id, scope=ALL_TENANTS)
    assert whole(stored) == whole(after)


def test_two_modules_can_change_places(world: World) -> None:
    course = world.has_course()
    definition = a_definition()
    kept_draft(world, course, definition)
    swapped = a_draft(course, replace(definition, modules=definition.modules[::-1]))

    world.repositories.course_drafts.save(swapped, scope=ALL_TENANTS)

    stored = world.repositories.course_drafts.get(course.id, scope=ALL_TENANTS)
    assert whole(stored) == whole(swapped)


def test_a_saved_draft_leaves_the_drafts_of_other_courses_alone(world: World) -> None:
    first, other = world.has_course(), world.has_course()
    definition = a_definition()
    kept_draft(world, other, definition)

    kept_draft(world, first, definition)
    kept_draft(world, first, a_definition())

    stored = world.repositories.course_drafts.get(other.id, scope=ALL_TENANTS)
    assert whole(stored) == whole(a_draft(other, definition))


def test_a_draft_keeps_who_saved_it_and_when(world: World) -> None:
    course, anna = world.has_course(), world.has_user()
    draft = replace(a_draft(course), saved_by=anna.id, saved_at=NOON)

    world.repositories.course_drafts.save(draft, scope=ALL_TENANTS)

    stored = world.repositories.course_drafts.get(course.id, scope=ALL_TENANTS)
    assert (stored.saved_by, stored.saved_at) == (anna.id, NOON)
