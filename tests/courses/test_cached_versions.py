"""Cache of published versions."""

from uuid import uuid4

import pytest

from accounts.domain.access import OrganizationId
from authsvc.kernel.paging import PageRequest
from authsvc.kernel.tenancy import ALL_TENANTS, TenantScope
from courses.domain.errors import CourseVersionNotFound
from courses.domain.repositories.cached import MOST_VERSIONS, CachedCourseVersionRepository
from courses.domain.repositories.memory.courses import InMemoryCourseVersionRepository
from tests.support.builders import a_course, a_version

COURSE = a_course()


@pytest.fixture
def versions() -> InMemoryCourseVersionRepository:
    return InMemoryCourseVersionRepository()


@pytest.fixture
def cached(versions: InMemoryCourseVersionRepository) -> CachedCourseVersionRepository:
    return CachedCourseVersionRepository(versions)


def test_a_version_is_read_once(
    cached: CachedCourseVersionRepository, versions: InMemoryCourseVersionRepository
) -> None:
    version = a_version(COURSE)
    versions.add(version, scope=ALL_TENANTS)
    cached.get(COURSE.id, 1, scope=ALL_TENANTS)

    versions.store.clear()

    assert cached.get(COURSE.id, 1, scope=ALL_TENANTS) is version


def test_a_version_is_distinguished_from_others_of_its_course_and_of_other_courses(
    cached: CachedCourseVersionRepository,
) -> None:
    versions = [a_version(COURSE), a_version(COURSE, number=2), a_version(a_course())]
    for version in versions:
        cached.add(version, scope=ALL_TENANTS)

    assert [
        cached.get(version.course_id, version.number, scope=ALL_TENANTS) for version in versions
    ] == versions


def test_a_missing_version_is_not_cached(cached: CachedCourseVersionRepository) -> None:
    with pytest.raises(CourseVersionNotFound):
        cached.get(COURSE.id, 1, scope=ALL_TENANTS)
    version = a_version(COURSE)

    cached.add(version, scope=ALL_TENANTS)

    assert cached.get(COURSE.id, 1, scope=ALL_TENANTS) == version


def test_what_is_added_is_kept_in_the_repository_behind(
    cached: CachedCourseVersionRepository, versions: InMemoryCourseVersionRepository
) -> None:
    version = a_version(COURSE)

    cached.add(version, scope=ALL_TENANTS)

    assert versions.get(COURSE.id, 1, scope=ALL_TENANTS) == version


def test_a_list_is_always_read_again(cached: CachedCourseVersionRepository) -> None:
    first, second = a_version(COURSE), a_version(COURSE, number=2)
    cached.add(first, scope=ALL_TENANTS)
    before = cached.page_of(COURSE.id, PageRequest(), scope=ALL_TENANTS)

    cached.add(second, scope=ALL_TENANTS)

    assert before.items == (first,)
    assert cached.page_of(COURSE.id, PageRequest(), scope=ALL_TENANTS).items == (first, second)


def test_the_least_recently_used_versions_are_evicted(
    cached: CachedCourseVersionRepository, versions: InMemoryCourseVersionRepository
) -> None:
    for number in range(MOST_VERSIONS + 1):
        cached.add(a_version(COURSE, number=number), scope=ALL_TENANTS)
        cached.get(COURSE.id, number, scope=ALL_TENANTS)

    versions.store.clear()

    assert cached.get(COURSE.id, 1, scope=ALL_TENANTS).number == 1
    with pytest.raises(CourseVersionNotFound):
        cached.get(COURSE.id, 0, scope=ALL_TENANTS)


def test_a_cached_version_is_shown_only_to_callers_who_may_see_it(
    cached: CachedCourseVersionRepository,
) -> None:
    ours = OrganizationId(uuid4())
    version = a_version(a_course(org_id=ours))
    cached.add(version, scope=ALL_TENANTS)
    cached.get(version.course_id, 1, scope=ALL_TENANTS)

    with pytest.raises(CourseVersionNotFound):
        cached.get(version.course_id, 1, scope=TenantScope())

    assert cached.get(version.course_id, 1, scope=TenantScope.into(ours)) == version


def test_a_version_is_cached_once_for_all_callers(
    cached: CachedCourseVersionRepository, versions: InMemoryCourseVersionRepository
) -> None:
    version = a_version(COURSE)
    cached.add(version, scope=ALL_TENANTS)
    cached.get(COURSE.id, 1, scope=TenantScope())

    versions.store.clear()

    assert cached.get(COURSE.id, 1, scope=TenantScope.into(uuid4())) is version


def test_of_several_versions_only_those_not_cached_are_read(
    cached: CachedCourseVersionRepository, versions: InMemoryCourseVersionRepository
) -> None:
    first, second = a_version(COURSE), a_version(COURSE, number=2)
    for version in (first, second):
        cached.add(version, scope=ALL_TENANTS)
    keys = [(COURSE.id, 1), (COURSE.id, 2), (COURSE.id, 3)]
    cached.get(COURSE.id, 1, scope=ALL_TENANTS)
    del versions.store[COURSE.id, 1]

    assert cached.those_of(keys, scope=ALL_TENANTS) == [first, second]

    versions.store.clear()
    assert cached.those_of(keys, scope=ALL_TENANTS) == [first, second]
    assert cached.get(COURSE.id, 2, scope=ALL_TENANTS) is second


def test_of_several_versions_only_those_in_scope_are_shown(
    cached: CachedCourseVersionRepository,
) -> None:
    ours = a_version(a_course(org_id=OrganizationId(uuid4())))
    cached.add(ours, scope=ALL_TENANTS)
    keys = [(ours.course_id, 1)]

    assert cached.those_of(keys, scope=TenantScope()) == []
    assert cached.those_of(keys, scope=TenantScope.into(ours.org_id)) == [ours]
    assert cached.those_of(keys, scope=TenantScope()) == []
