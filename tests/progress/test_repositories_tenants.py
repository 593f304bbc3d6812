"""Tenant isolation of the progress repositories, and their lists for instructors."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Final

import pytest

from accounts.domain.identity.entities.users import User
from authsvc.kernel.paging import PageRequest
from authsvc.kernel.tenancy import ALL_TENANTS, OutsideTenantScope, TenantScope
from courses.domain.entities.courses import Course
from progress.domain.entities.progress import CourseProgress
from tests.support.builders import NOON, a_progress, an_event
from tests.support.pages import pages_of
from tests.support.worlds import World

PLATFORM: Final = TenantScope()
WHOLE: Final = PageRequest(limit=100)


def a_course_there(world: World) -> Course:
    return world.has_course(org_id=world.has_organization().id)


def is_on(
    world: World, course: Course, user: User | None = None, **parts: object
) -> CourseProgress:
    """Progress of an enrolled learner, with one event in the log."""
    progress = a_progress(course, user or world.has_user(), **parts)
    world.repositories.progress.add(progress, scope=ALL_TENANTS)
    world.repositories.events.append([an_event(progress)], scope=ALL_TENANTS)
    return progress


def elsewhere(world: World) -> TenantScope:
    """The scope of a member of another organization."""
    return TenantScope.into(world.has_organization().id)


def test_a_member_finds_their_own_progress(world: World) -> None:
    course = a_course_there(world)
    progress, scope = is_on(world, course), TenantScope.into(course.org_id)
    anna = progress.user_id

    assert world.repositories.progress.find(anna, course.slug, scope=scope) == progress
    result = world.repositories.progress.find_for_update(anna, str(course.id), scope=scope)
    assert result == progress
    assert world.repositories.progress.page_for_user(anna, WHOLE, scope=scope).items == (progress,)
    assert len(world.repositories.events.stream(progress.stream, scope=scope)) == 1


def test_a_former_member_finds_nothing_of_the_organization(world: World) -> None:
    course = a_course_there(world)
    progress = is_on(world, course)
    anna, stored = progress.user_id, world.repositories.progress

    for scope in (PLATFORM, elsewhere(world)):
        assert stored.find(anna, course.slug, scope=scope) is None
        assert stored.find_for_update(anna, str(course.id), scope=scope) is None
        assert stored.page_for_user(anna, WHOLE, scope=scope).items == ()
        assert stored.page_for_course(course.id, WHOLE, scope=scope).items == ()
        assert course.org_id is not None
        assert stored.page_for_organization(course.org_id, WHOLE, scope=scope).items == ()


def test_nobody_else_reads_the_log(world: World) -> None:
    progress = is_on(world, a_course_there(world))

    for scope in (PLATFORM, elsewhere(world)):
        assert world.repositories.events.stream(progress.stream, scope=scope) == []
        page = world.repositories.events.page_of_stream(progress.stream, WHOLE, scope=scope)
        assert page.items == ()
        assert world.repositories.events.page_of_streams(WHOLE, scope=scope).items == ()


def test_a_stream_has_its_owner(world: World) -> None:
    course = a_course_there(world)
    is_on(world, course)

    (stream,) = world.repositories.events.page_of_streams(WHOLE, scope=ALL_TENANTS).items

    assert stream.org_id == course.org_id


def test_progress_without_a_log_is_named_to_those_who_may_see_it(world: World) -> None:
    course = a_course_there(world)
    progress = a_progress(course, world.has_user())
    world.repositories.progress.add(progress, scope=ALL_TENANTS)

    assert world.repositories.progress.orphans(scope=PLATFORM) == []
    (result,) = world.repositories.progress.orphans(scope=TenantScope.into(course.org_id))

    assert (result, result.org_id) == (progress.stream, course.org_id)


def test_nothing_is_written_out_of_scope(world: World) -> None:
    course = a_course_there(world)
    progress, scope = is_on(world, course), elsewhere(world)
    other = a_progress(course, world.has_user())

    with pytest.raises(OutsideTenantScope):
        world.repositories.progress.add(other, scope=scope)
    with pytest.raises(OutsideTenantScope):
        world.repositories.progress.save(replace(progress, course_version=2), scope=scope)
    with pytest.raises(OutsideTenantScope):
        world.repositories.events.append([an_event(other)], scope=scope)

    page = world.repositories.progress.page_for_course(course.id, WHOLE, scope=ALL_TENANTS)
    assert page.items == (progress,)
    assert world.repositories.events.stream(other.stream, scope=ALL_TENANTS) == []


def test_everybody_on_a_course_is_listed_page_after_page(world: World) -> None:
    course = world.has_course()
    at_once = [is_on(world, course) for _ in range(2)]
    later = is_on(world, course, enrolled_at=NOON + timedelta(hours=1))
    is_on(world, world.has_course())
    page_for_course = partial(
        world.repositories.progress.page_for_course, course.id, scope=PLATFORM
    )

    pages = pages_of(page_for_course, limit=1)

    whole = [*sorted(at_once, key=lambda item: item.user_id), later]
    assert list(pages) == [[item] for item in whole]


def test_everybody_in_an_organization_is_listed_page_after_page(world: World) -> None:
    ours, anna = a_course_there(world), world.has_user()
    also_ours = world.has_course(org_id=ours.org_id)
    result = [is_on(world, ours, anna), is_on(world, also_ours, anna), is_on(world, ours)]
    is_on(world, world.has_course(), anna)
    is_on(world, a_course_there(world), anna)
    org_id = ours.org_id
    assert org_id is not None

    pages = pages_of(
        lambda request: world.repositories.progress.page_for_organization(
            org_id, request, scope=ALL_TENANTS
        ),
        limit=1,
    )

    whole = sorted(result, key=lambda item: (item.user_id, item.course_id))
    assert list(pages) == [[item] for item in whole]


def test_all_courses_of_a_learner_are_those_in_view(world: World) -> None:
    anna, there, here = world.has_user(), a_course_there(world), world.has_course()
    later = is_on(world, there, anna, enrolled_at=NOON + timedelta(hours=1))
    first = is_on(world, here, anna)
    is_on(world, here)

    for scope, visible in (
        (TenantScope.into(there.org_id), [first, later]),
        (elsewhere(world), [first]),
    ):
        assert world.repositories.progress.all_of(anna.id, scope=scope) == visible
        assert world.repositories.progress.all_of_for_update(anna.id, scope=scope) == visible
