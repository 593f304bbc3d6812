"""Published versions kept in the process: they never change, so they are read once."""

from functools import lru_cache

from authsvc.kernel.pages import Page, PageRequest
from courses.domain.entities import CourseId, CourseVersion
from courses.domain.repositories.protocols import CourseVersionRepository

KEPT_VERSIONS = 256


class CachedCourseVersionRepository:
    """Another repository's versions, the ones used last held in memory.

    For reading alone: a version that is read in the unit of work that adds it would stay after a rollback.
    """

    def __init__(self, versions: CourseVersionRepository) -> None:
        self._versions = versions
        self._kept = lru_cache(maxsize=KEPT_VERSIONS)(versions.get)

    def add(self, version: CourseVersion) -> None:
        self._versions.add(version)

    def get(self, course_id: CourseId, number: int) -> CourseVersion:
        return self._kept(course_id, number)

    def page_of(self, course_id: CourseId, request: PageRequest) -> Page[CourseVersion]:
        return self._versions.page_of(course_id, request)
