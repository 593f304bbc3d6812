"""Finding courses and reading them."""

from dataclasses import dataclass

from accounts.public import Principal, Right
from authsvc.kernel.pages import Page, PageRequest
from courses.domain.entities import (
    CatalogEntry,
    Course,
    CourseId,
    CourseStatus,
    CourseVersion,
    ItemId,
    ModuleItem,
)
from courses.domain.errors import CourseNotFound, CourseNotOpen
from courses.domain.repositories.protocols import (
    CourseDraftRepository,
    CourseRepository,
    CourseVersionRepository,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogService:
    courses: CourseRepository
    drafts: CourseDraftRepository
    versions: CourseVersionRepository

    def page_of(
        self, request: PageRequest, *, status: CourseStatus, search: str, by: Principal
    ) -> Page[Course]:
        """Courses of this status that match, oldest first. Raises NotPermitted if only authors may see those."""
        if status is not CourseStatus.PUBLISHED:
            by.require(Right.AUTHOR_COURSES)
        return self.courses.page_of(request, status=status, search=search)

    def entry(self, address: str, *, version: int | None = None, by: Principal) -> CatalogEntry:
        """The course and the outline of a version of it, by default the published one.

        Authors get the outline of the draft while nothing is published. Raises CourseNotFound,
        CourseVersionNotFound.
        """
        course = self.visible_to(by, address)
        if version is None and course.status is CourseStatus.DRAFT:
            return CatalogEntry(course=course, outline=self.drafts.get(course.id).outline)
        found = self.versions.get(course.id, version or course.version)
        return CatalogEntry(course=course, outline=found.outline)

    def item(
        self, address: str, item_id: ItemId, *, version: int | None = None, by: Principal
    ) -> ModuleItem:
        """One item with its text. Raises what `entry` raises, and ItemNotFound."""
        return self.entry(address, version=version, by=by).outline.item(item_id)

    def open_version(self, address: str, *, by: Principal) -> CourseVersion:
        """The version that whoever enrols now is taught. Raises CourseNotFound, CourseNotOpen."""
        course = self.visible_to(by, address)
        if not course.is_open:
            raise CourseNotOpen(status=course.status.value)
        return self.version(course.id, course.version)

    def version(self, course_id: CourseId, number: int) -> CourseVersion:
        """Raises CourseVersionNotFound."""
        return self.versions.get(course_id, number)

    def visible_to(self, by: Principal, address: str) -> Course:
        """The course with this slug or id. Raises CourseNotFound, also to those who may not know of it."""
        course = self.courses.at(address)
        if course.status is CourseStatus.DRAFT and not by.may(Right.AUTHOR_COURSES):
            raise CourseNotFound
        return course
