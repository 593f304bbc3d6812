"""Published versions kept in the process: they never change, so they are read once."""

from dataclasses import dataclass, field
from functools import lru_cache

from authsvc.kernel.pages import Page, PageRequest
from authsvc.kernel.reach import Reach
from courses.domain.entities import CourseId, CourseVersion
from courses.domain.errors import CourseVersionNotFound
from courses.domain.repositories.protocols import CourseVersionRepository

KEPT_VERSIONS = 256


class CachedCourseVersionRepository:
    """Another repository's versions, the ones used last held in memory.

    For reading alone: a version that is read in the unit of work that adds it would stay after a rollback.
    """

    def __init__(self, versions: CourseVersionRepository) -> None:
        self._versions = versions
        self._kept = lru_cache(maxsize=KEPT_VERSIONS)(self._read)

    def add(self, version: CourseVersion, *, within: Reach) -> None:
        self._versions.add(version, within=within)

    def get(self, course_id: CourseId, number: int, *, within: Reach) -> CourseVersion:
        version = self._kept(_Wanted(course_id=course_id, number=number, within=within))
        if not within.covers(version.org_id):
            raise CourseVersionNotFound
        return version

    def page_of(
        self, course_id: CourseId, request: PageRequest, *, within: Reach
    ) -> Page[CourseVersion]:
        return self._versions.page_of(course_id, request, within=within)

    def _read(self, wanted: "_Wanted") -> CourseVersion:
        return self._versions.get(wanted.course_id, wanted.number, within=wanted.within)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """Which version; the view of whoever asks first is no part of it, so that it is kept once for all."""

    course_id: CourseId
    number: int
    within: Reach = field(compare=False)
