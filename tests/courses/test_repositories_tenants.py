"""Contract of course repositories: tenant isolation."""

from dataclasses import replace
from typing import Final
from uuid import uuid4

import pytest

from accounts.domain.access import OrganizationId
from authsvc.kernel.paging import PageRequest
from authsvc.kernel.tenancy import ALL_TENANTS, OutsideTenantScope, TenantScope
from courses.domain.entities.courses import Course, CourseId, CourseSelection, CourseStatus
from courses.domain.errors import CourseNotFound, CourseVersionNotFound
from tests.support.builders import a_course, a_draft, a_version
from tests.support.worlds import World

PLATFORM: Final = TenantScope()
WHOLE: Final = PageRequest(limit=100)
PUBLISHED: Final = CourseStatus.PUBLISHED


def a_course_there(world: World) -> Course:
    """A course of an organization, with a draft and a version."""
    course = world.has_course(org_id=world.has_organization().id)
    world.repositories.course_drafts.save(a_draft(course), scope=ALL_TENANTS)
    world.repositories.course_versions.add(a_version(course), scope=ALL_TENANTS)
    return course


def elsewhere(world: World) -> TenantScope:
    """The scope of a member of another organization."""
    return TenantScope.into(world.has_organization().id)


def listed(world: World, scope: TenantScope, org_id: OrganizationId | None = None) -> list[Course]:
    selection = CourseSelection(status=PUBLISHED, org_id=org_id)
    page = world.repositories.courses.page_of(selection, WHOLE, scope=scope)
    return list(page.items)


def test_a_member_finds_all_of_a_course(world: World) -> None:
    course = a_course_there(world)
    scope = TenantScope.into(course.org_id)

    assert world.repositories.courses.at(course.slug, scope=scope) == course
    assert world.repositories.courses.get_for_update(course.id, scope=scope) == course
    assert world.repositories.course_drafts.get(course.id, scope=scope).org_id == course.org_id
    version = world.repositories.course_versions.get(course.id, 1, scope=scope)
    assert version.org_id == course.org_id
    page = world.repositories.course_versions.page_of(course.id, WHOLE, scope=scope)
    assert page.items == (version,)


def test_several_courses_in_scope_are_found_together(world: World) -> None:
    there, here = a_course_there(world), world.has_course()
    ids = {there.id, here.id, CourseId(uuid4())}

    courses = world.repositories.courses.those_of(ids, scope=TenantScope.into(there.org_id))

    assert sorted(courses, key=lambda course: course.id) == sorted(
        [there, here], key=lambda course: course.id
    )
    for scope in (PLATFORM, elsewhere(world)):
        assert world.repositories.courses.those_of(ids, scope=scope) == [here]


def test_nobody_else_finds_the_course(world: World) -> None:
    course = a_course_there(world)

    for scope in (PLATFORM, elsewhere(world)):
        for address in (course.slug, str(course.id)):
            with pytest.raises(CourseNotFound):
                world.repositories.courses.at(address, scope=scope)
        with pytest.raises(CourseNotFound):
            world.repositories.courses.get_for_update(course.id, scope=scope)


def test_nobody_else_finds_its_draft(world: World) -> None:
    course = a_course_there(world)

    for scope in (PLATFORM, elsewhere(world)):
        with pytest.raises(CourseNotFound):
            world.repositories.course_drafts.get(course.id, scope=scope)


def test_nobody_else_finds_its_versions(world: World) -> None:
    course = a_course_there(world)

    for scope in (PLATFORM, elsewhere(world)):
        with pytest.raises(CourseVersionNotFound):
            world.repositories.course_versions.get(course.id, 1, scope=scope)
        page = world.repositories.course_versions.page_of(course.id, WHOLE, scope=scope)
        assert page.items == ()


def test_a_list_holds_what_is_in_view(world: World) -> None:
    ours, theirs, of_all = a_course_there(world), a_course_there(world), world.has_course()

    assert set(listed(world, PLATFORM)) == {of_all}
    assert set(listed(world, TenantScope.into(ours.org_id))) == {of_all, ours}
    assert set(listed(world, ALL_TENANTS)) == {of_all, ours, theirs}


def test_a_list_of_one_organization_holds_nothing_of_the_platform(world: World) -> None:
    ours, theirs, _ = a_course_there(world), a_course_there(world), world.has_course()

    assert listed(world, TenantScope.into(ours.org_id), ours.org_id) == [ours]
    assert listed(world, ALL_TENANTS, theirs.org_id) == [theirs]
    assert listed(world, TenantScope.into(ours.org_id), theirs.org_id) == []


def test_nothing_is_written_out_of_scope(world: World) -> None:
    course, scope = a_course_there(world), elsewhere(world)
    changed = replace(course, title="Changed")

    with pytest.raises(OutsideTenantScope):
        world.repositories.courses.add(a_course(org_id=course.org_id), scope=scope)
    with pytest.raises(OutsideTenantScope):
        world.repositories.courses.save(changed, scope=scope)
    with pytest.raises(OutsideTenantScope):
        world.repositories.course_drafts.save(a_draft(changed), scope=scope)
    with pytest.raises(OutsideTenantScope):
        world.repositories.course_versions.add(a_version(changed, number=2), scope=scope)

    assert listed(world, ALL_TENANTS) == [course]


def test_a_draft_has_the_checksum_of_its_content_whoever_owns_it() -> None:
    of_all = a_course()
    draft = a_draft(of_all)

    assert replace(draft, org_id=OrganizationId(of_all.id)).checksum == draft.checksum
