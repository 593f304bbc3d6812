"""Contract of the progress repository."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError

from accounts.domain.access import UserId
from authsvc.kernel.paging import PageRequest
from authsvc.kernel.tenancy import ALL_TENANTS
from courses.domain.entities.courses import CourseId
from courses.domain.entities.outlines import ItemId, ModuleId
from progress.domain.entities.progress import CourseProgress, ProgressStatus
from progress.domain.errors import AlreadyEnrolled
from tests.support.builders import NOON, a_progress, an_event
from tests.support.worlds import World, orm_world


def a_stored_progress(world: World, **parts: object) -> CourseProgress:
    """Progress of a new learner on a new course."""
    progress = a_progress(world.has_course(), world.has_user(), **parts)
    world.repositories.progress.add(progress, scope=ALL_TENANTS)
    return progress


def test_progress_is_stored_as_it_was_added(world: World) -> None:
    progress = a_progress(
        world.has_course(slug="knots"),
        world.has_user(),
        org_id=world.has_organization().id,
        status=ProgressStatus.COMPLETED,
        course_version=7,
        percent_complete=100,
        enrolled_at=NOON + timedelta(microseconds=1),
        last_activity_at=NOON + timedelta(hours=2),
        completed_at=NOON + timedelta(hours=1),
        completed_items=(ItemId(UUID(int=2)), ItemId(UUID(int=1))),
        started_modules=(ModuleId(UUID(int=4)), ModuleId(UUID(int=3))),
        sequence=5,
        hash="e" * 64,
    )

    world.repositories.progress.add(progress, scope=ALL_TENANTS)

    assert (
        world.repositories.progress.find(progress.user_id, "knots", scope=ALL_TENANTS) == progress
    )


def test_a_second_progress_of_a_learner_on_a_course_is_rejected_and_the_first_unchanged(
    world: World,
) -> None:
    first = a_stored_progress(world)

    with pytest.raises(AlreadyEnrolled) as error:
        world.repositories.progress.add(replace(first, course_version=2), scope=ALL_TENANTS)

    assert error.value.facts == {"course_slug": first.course_slug}
    page = world.repositories.progress.page_for_user(
        first.user_id, PageRequest(), scope=ALL_TENANTS
    )
    assert page.items == (first,)


def test_a_learner_takes_many_courses_and_a_course_has_many_learners(world: World) -> None:
    anna, ben = world.has_user(), world.has_user()
    knots, bends = world.has_course(), world.has_course()
    stored = [a_progress(course, user) for user in (anna, ben) for course in (knots, bends)]

    for progress in stored:
        world.repositories.progress.add(progress, scope=ALL_TENANTS)

    result = [
        world.repositories.progress.find(progress.user_id, progress.course_slug, scope=ALL_TENANTS)
        for progress in stored
    ]
    assert result == stored


def test_progress_is_found_by_the_slug_of_the_course_and_by_its_id(world: World) -> None:
    progress = a_stored_progress(world)

    by_slug = world.repositories.progress.find(
        progress.user_id, progress.course_slug, scope=ALL_TENANTS
    )
    by_id = world.repositories.progress.find(
        progress.user_id, str(progress.course_id), scope=ALL_TENANTS
    )

    assert by_slug == by_id == progress


@pytest.mark.parametrize("address", ["bends", "", "00000000-0000-4000-8000-000000000000"])
def test_nothing_is_found_on_another_course(world: World, address: str) -> None:
    progress = a_stored_progress(world)

    assert world.repositories.progress.find(progress.user_id, address, scope=ALL_TENANTS) is None


def test_nothing_is_found_of_another_learner(world: World) -> None:
    progress = a_stored_progress(world)
    ben = world.has_user(name="Ben")

    assert world.repositories.progress.find(ben.id, progress.course_slug, scope=ALL_TENANTS) is None


def test_what_is_to_be_changed_is_found_likewise(world: World) -> None:
    progress = a_stored_progress(world)
    find = partial(world.repositories.progress.find_for_update, scope=ALL_TENANTS)

    with world.unit_of_work.atomic():
        by_slug = find(progress.user_id, progress.course_slug)
        by_id = find(progress.user_id, str(progress.course_id))
        elsewhere = find(progress.user_id, "bends")

    assert by_slug == by_id == progress
    assert elsewhere is None


def test_saved_progress_replaces_the_stored_one_and_nothing_else(world: World) -> None:
    anna, ben = world.has_user(), world.has_user()
    course = world.has_course()
    first, other = a_progress(course, anna), a_progress(course, ben)
    world.repositories.progress.add(first, scope=ALL_TENANTS)
    world.repositories.progress.add(other, scope=ALL_TENANTS)
    changed = replace(
        first,
        status=ProgressStatus.COMPLETED,
        course_version=2,
        percent_complete=100,
        enrolled_at=NOON + timedelta(hours=1),
        last_activity_at=NOON + timedelta(hours=2),
        completed_at=NOON + timedelta(hours=2),
        completed_items=(ItemId(uuid4()),),
        started_modules=(ModuleId(uuid4()),),
        sequence=9,
        hash="a" * 64,
    )

    world.repositories.progress.save(changed, scope=ALL_TENANTS)

    assert world.repositories.progress.find(anna.id, course.slug, scope=ALL_TENANTS) == changed
    assert world.repositories.progress.find(ben.id, course.slug, scope=ALL_TENANTS) == other


def test_the_courses_of_a_learner_stand_in_the_order_of_enrolment(world: World) -> None:
    anna = world.has_user()
    stored = [
        a_progress(world.has_course(), anna, enrolled_at=NOON + timedelta(hours=hours))
        for hours in (2, 0, 1)
    ]
    for progress in stored:
        world.repositories.progress.add(progress, scope=ALL_TENANTS)
    a_stored_progress(world)

    page = world.repositories.progress.page_for_user(anna.id, PageRequest(), scope=ALL_TENANTS)

    assert page.items == (stored[1], stored[2], stored[0])
    assert page.next_cursor is None


def test_the_id_of_the_course_breaks_ties(world: World) -> None:
    anna = world.has_user()
    for number in (3, 1, 2):
        course = world.has_course(id=CourseId(UUID(int=number)))
        world.repositories.progress.add(a_progress(course, anna), scope=ALL_TENANTS)

    page = world.repositories.progress.page_for_user(anna.id, PageRequest(), scope=ALL_TENANTS)

    assert [progress.course_id.int for progress in page.items] == [1, 2, 3]


def test_progress_without_a_first_event_is_an_orphan(world: World) -> None:
    begun, beheaded, never_begun = (a_stored_progress(world) for _ in range(3))
    world.repositories.events.append(
        [an_event(begun), an_event(replace(beheaded, sequence=1))], scope=ALL_TENANTS
    )

    orphans = world.repositories.progress.orphans(scope=ALL_TENANTS)

    assert set(orphans) == {beheaded.stream, never_begun.stream}


def test_an_event_of_another_learner_or_course_is_no_first_event(world: World) -> None:
    anna, ben = world.has_user(), world.has_user()
    knots, bends = world.has_course(), world.has_course()
    orphan = a_progress(knots, anna)
    world.repositories.progress.add(orphan, scope=ALL_TENANTS)

    world.repositories.events.append(
        [an_event(a_progress(bends, anna)), an_event(a_progress(knots, ben))], scope=ALL_TENANTS
    )

    assert world.repositories.progress.orphans(scope=ALL_TENANTS) == [orphan.stream]


def test_orphans_stand_in_the_order_of_users_and_then_of_courses(world: World) -> None:
    users = [world.has_user(id=UserId(UUID(int=number))) for number in (2, 1)]
    courses = [world.has_course(id=CourseId(UUID(int=number))) for number in (4, 3)]
    for progress in (a_progress(course, user) for course in courses for user in users):
        world.repositories.progress.add(progress, scope=ALL_TENANTS)

    orphans = world.repositories.progress.orphans(scope=ALL_TENANTS)

    places = [(orphan.user_id.int, orphan.course_id.int) for orphan in orphans]
    assert places == [(1, 3), (1, 4), (2, 3), (2, 4)]


@pytest.mark.every_database
@pytest.mark.parametrize(
    ("percent", "constraint"),
    [(100, "complete_means_completed"), (101, "percent_is_at_most_100")],
)
def test_the_database_refuses_a_percentage_that_cannot_be(percent: int, constraint: str) -> None:
    completed_at = None if percent == 100 else NOON

    with pytest.raises(IntegrityError, match=constraint):
        a_stored_progress(orm_world(), percent_complete=percent, completed_at=completed_at)
