"""Cache of published versions: they never change, so a process reads each of them once."""

from collections import OrderedDict
from collections.abc import Collection, Iterator
from threading import Lock

from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.verification import Stored
from courses.domain.entities.courses import CourseId, CourseVersion
from courses.domain.errors import CourseVersionNotFound
from courses.domain.repositories.protocols.courses import CourseVersionRepository

MOST_VERSIONS = 256

Key = tuple[CourseId, int]


class CachedCourseVersionRepository:
    """Caches the versions of another repository that were used last, once for callers of all tenants. Thread-safe.

    For reading only: a version that is read in the unit of work that adds it would stay cached after a rollback.
    """

    def __init__(self, versions: CourseVersionRepository) -> None:
        self._versions = versions
        self._cached: OrderedDict[Key, CourseVersion] = OrderedDict()
        self._lock = Lock()

    def add(self, version: CourseVersion, *, scope: TenantScope) -> None:
        self._versions.add(version, scope=scope)

    def get(self, course_id: CourseId, number: int, *, scope: TenantScope) -> CourseVersion:
        version = self._recent((course_id, number))
        if version is None:
            version = self._versions.get(course_id, number, scope=scope)
            self._keep(version)
        if not scope.covers(version.org_id):
            raise CourseVersionNotFound
        return version

    def those_of(self, keys: Collection[Key], *, scope: TenantScope) -> list[CourseVersion]:
        requested = {key: self._recent(key) for key in keys}
        missing = [key for key, version in requested.items() if version is None]
        read = self._versions.those_of(missing, scope=scope) if missing else []
        for version in read:
            self._keep(version)
        cached = [version for version in requested.values() if version is not None]
        return [version for version in cached if scope.covers(version.org_id)] + read

    def page_of(
        self, course_id: CourseId, request: PageRequest, *, scope: TenantScope
    ) -> Page[CourseVersion]:
        return self._versions.page_of(course_id, request, scope=scope)

    def by_course(self, *, scope: TenantScope) -> Iterator[Stored[CourseVersion]]:
        return self._versions.by_course(scope=scope)

    def count(self) -> int:
        return self._versions.count()

    def _recent(self, key: Key) -> CourseVersion | None:
        """The cached version, which counts as used now."""
        with self._lock:
            version = self._cached.get(key)
            if version is not None:
                self._cached.move_to_end(key)
            return version

    def _keep(self, version: CourseVersion) -> None:
        """Cache the version, in place of the least recently used one if there are too many."""
        with self._lock:
            self._cached[version.course_id, version.number] = version
            if len(self._cached) > MOST_VERSIONS:
                self._cached.popitem(last=False)
