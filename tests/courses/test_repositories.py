"""Contract of course repositories: a single course."""

import threading
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from authsvc.kernel.tenancy import ALL_TENANTS
from courses.domain.entities.courses import CourseId, CourseStatus
from courses.domain.errors import CourseNotFound, SlugTaken
from tests.support.builders import NOON, a_course
from tests.support.patience import PATIENCE
from tests.support.worlds import World


def test_a_course_is_stored_as_it_was_added(world: World) -> None:
    bo = world.has_user(name="Bo")
    course = a_course(
        status=CourseStatus.RETIRED,
        version=7,
        created_by=bo.id,
        created_at=NOON + timedelta(microseconds=1),
        org_id=world.has_organization().id,
        summary="Ränder & <b>Knoten</b>\n🪢",
    )

    world.repositories.courses.add(course, scope=ALL_TENANTS)

    assert world.repositories.courses.at(course.slug, scope=ALL_TENANTS) == course


def test_a_course_without_a_known_creator_is_stored_too(world: World) -> None:
    course = a_course(created_by=None, org_id=None, summary="")

    world.repositories.courses.add(course, scope=ALL_TENANTS)

    assert world.repositories.courses.at(course.slug, scope=ALL_TENANTS) == course


def test_a_second_course_with_the_same_slug_is_rejected_and_the_first_unchanged(
    world: World,
) -> None:
    first = world.has_course(slug="knots")

    with pytest.raises(SlugTaken) as error:
        world.has_course(slug="knots")

    assert error.value.facts == {"slug": "knots"}
    assert world.repositories.courses.at("knots", scope=ALL_TENANTS) == first


def test_a_course_answers_to_its_slug_and_to_its_id(world: World) -> None:
    course = world.has_course(slug="knots")
    world.has_course()

    assert world.repositories.courses.at("knots", scope=ALL_TENANTS) == course
    assert world.repositories.courses.at(str(course.id), scope=ALL_TENANTS) == course


@pytest.mark.parametrize(
    "address",
    [
        "bends",
        "Knots",
        "knot",
        "",
        "00000000-0000-4000-8000-000000000000",
        "ABCDEF00000040008000000000000001",
        "abcdef00000040008000000000000001",
        "{abcdef00-0000-4000-8000-000000000001}",
    ],
)
def test_a_course_answers_to_nothing_else(world: World, address: str) -> None:
    course_id = CourseId(UUID("abcdef00-0000-4000-8000-000000000001"))
    world.has_course(slug="knots", id=course_id)

    with pytest.raises(CourseNotFound):
        world.repositories.courses.at(address, scope=ALL_TENANTS)


def test_a_course_that_is_not_there_cannot_be_had_for_a_change(world: World) -> None:
    with pytest.raises(CourseNotFound), world.unit_of_work.atomic():
        world.repositories.courses.get_for_update(CourseId(uuid4()), scope=ALL_TENANTS)


def test_nobody_else_changes_a_course_before_the_unit_of_work_of_its_reader_ends(
    memory: World,
) -> None:
    course = memory.has_course(version=1)
    courses = memory.repositories.courses

    def raise_version() -> None:
        with memory.unit_of_work.atomic():
            read = courses.get_for_update(course.id, scope=ALL_TENANTS)
            courses.save(replace(read, version=read.version + 1), scope=ALL_TENANTS)

    other = threading.Thread(target=raise_version)
    with memory.unit_of_work.atomic():
        read = courses.get_for_update(course.id, scope=ALL_TENANTS)
        other.start()
        other.join(timeout=0.1)
        assert other.is_alive()
        courses.save(replace(read, version=read.version + 1), scope=ALL_TENANTS)
    other.join(timeout=PATIENCE)

    assert courses.at(course.slug, scope=ALL_TENANTS).version == 3


def test_a_saved_course_replaces_the_stored_one_and_no_other(world: World) -> None:
    changed, other = world.has_course(), world.has_course()
    changed = replace(
        changed,
        title="Bends",
        summary="To join two ropes.",
        status=CourseStatus.RETIRED,
        version=2,
        org_id=world.has_organization().id,
    )

    world.repositories.courses.save(changed, scope=ALL_TENANTS)

    assert world.repositories.courses.at(changed.slug, scope=ALL_TENANTS) == changed
    assert world.repositories.courses.at(other.slug, scope=ALL_TENANTS) == other
