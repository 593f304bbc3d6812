"""Cache of published versions: they never change, so a process reads each of them once."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.verification import Stored
from courses.domain.entities.courses import CourseId, CourseVersion
from courses.domain.errors import CourseVersionNotFound
from courses.domain.repositories.protocols.courses import CourseVersionRepository

MOST_VERSIONS = 256


class CachedCourseVersionRepository:
    """Caches the versions of another repository that were used last.

    For reading only: a version that is read in the unit of work that adds it would stay cached after a rollback.
    """

    def __init__(self, versions: CourseVersionRepository) -> None:
        self._versions = versions
        self._cached = lru_cache(maxsize=MOST_VERSIONS)(self._read)

    def add(self, version: CourseVersion, *, scope: TenantScope) -> None:
        self._versions.add(version, scope=scope)

    def get(self, course_id: CourseId, number: int, *, scope: TenantScope) -> CourseVersion:
        version = self._cached(_Key(course_id=course_id, number=number, scope=scope))
        if not scope.covers(version.org_id):
            raise CourseVersionNotFound
        return version

    def page_of(
        self, course_id: CourseId, request: PageRequest, *, scope: TenantScope
    ) -> Page[CourseVersion]:
        return self._versions.page_of(course_id, request, scope=scope)

    def by_course(self, *, scope: TenantScope) -> Iterator[Stored[CourseVersion]]:
        return self._versions.by_course(scope=scope)

    def count(self) -> int:
        return self._versions.count()

    def _read(self, key: "_Key") -> CourseVersion:
        return self._versions.get(key.course_id, key.number, scope=key.scope)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Key:
    """The key of a version. The scope of the first caller does not count, so that a version is cached once for all."""

    course_id: CourseId
    number: int
    scope: TenantScope = field(compare=False)
