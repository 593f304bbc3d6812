"""Published versions that are kept in the process."""

import pytest

from authsvc.kernel.pages import PageRequest
from courses.domain.errors import CourseVersionNotFound
from courses.domain.repositories.cached import KEPT_VERSIONS, CachedCourseVersionRepository
from courses.domain.repositories.memory import InMemoryCourseVersionRepository
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
    versions.add(version)
    cached.get(COURSE.id, 1)

    versions.store.clear()

    assert cached.get(COURSE.id, 1) is version


def test_a_version_is_told_from_the_others_of_its_course_and_of_other_courses(
    cached: CachedCourseVersionRepository,
) -> None:
    kept = [a_version(COURSE), a_version(COURSE, number=2), a_version(a_course())]
    for version in kept:
        cached.add(version)

    assert [cached.get(version.course_id, version.number) for version in kept] == kept


def test_a_version_that_is_not_there_yet_is_looked_for_again(
    cached: CachedCourseVersionRepository,
) -> None:
    with pytest.raises(CourseVersionNotFound):
        cached.get(COURSE.id, 1)
    version = a_version(COURSE)

    cached.add(version)

    assert cached.get(COURSE.id, 1) == version


def test_what_is_added_is_kept_in_the_repository_behind(
    cached: CachedCourseVersionRepository, versions: InMemoryCourseVersionRepository
) -> None:
    version = a_version(COURSE)

    cached.add(version)

    assert versions.get(COURSE.id, 1) == version


def test_a_list_is_always_read_anew(cached: CachedCourseVersionRepository) -> None:
    first, second = a_version(COURSE), a_version(COURSE, number=2)
    cached.add(first)
    before = cached.page_of(COURSE.id, PageRequest())

    cached.add(second)

    assert before.items == (first,)
    assert cached.page_of(COURSE.id, PageRequest()).items == (first, second)


def test_the_versions_that_nobody_used_for_the_longest_time_are_let_go(
    cached: CachedCourseVersionRepository, versions: InMemoryCourseVersionRepository
) -> None:
    for number in range(KEPT_VERSIONS + 1):
        cached.add(a_version(COURSE, number=number))
        cached.get(COURSE.id, number)

    versions.store.clear()

    assert cached.get(COURSE.id, 1).number == 1
    with pytest.raises(CourseVersionNotFound):
        cached.get(COURSE.id, 0)
