"""Repositories of courses: the promises that every store makes.

What is out of scope does not exist for the caller; writing it raises OutsideTenantScope.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from authsvc.kernel.paging import Keyset, Page, PageRequest
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.verification import Stored
from courses.domain.entities.assessments import AssessmentId
from courses.domain.entities.courses import (
    AssessmentPlace,
    Course,
    CourseDraft,
    CourseId,
    CourseSelection,
    CourseVersion,
)

COURSES: Final = Keyset("courses", {"created_at": datetime, "id": UUID})
VERSIONS: Final = Keyset("course-versions", {"number": int})


class CourseRepository(Protocol):
    def add(self, course: Course, *, scope: TenantScope) -> None:
        """Add a course. Raise SlugTaken if another course has this slug."""

    def at(self, slug_or_id: str, *, scope: TenantScope) -> Course:
        """The course with this slug or id. Raise CourseNotFound if there is none in scope."""

    def those_of(self, course_ids: Collection[CourseId], *, scope: TenantScope) -> list[Course]:
        """The courses with these ids that are in scope, in any order."""

    def get_for_update(self, course_id: CourseId, *, scope: TenantScope) -> Course:
        """The course, locked until the unit of work ends. Raise CourseNotFound if there is none in scope."""

    def save(self, course: Course, *, scope: TenantScope) -> None:
        """Replace the stored course."""

    def count_pathways(
        self, *, joined: Collection[CourseId], left: Collection[CourseId], scope: TenantScope
    ) -> None:
        """Add one to the pathways of courses in scope that joined one, and subtract one for those that left one."""

    def page_of(
        self, selection: CourseSelection, request: PageRequest, *, scope: TenantScope
    ) -> Page[Course]:
        """The selected courses in scope, oldest first; the id breaks ties."""


class CourseDraftRepository(Protocol):
    def get(self, course_id: CourseId, *, scope: TenantScope) -> CourseDraft:
        """The draft with modules and items in order. Raise CourseNotFound if there is none in scope."""

    def save(self, draft: CourseDraft, *, scope: TenantScope) -> None:
        """Replace the draft of a course."""


class CourseVersionRepository(Protocol):
    def add(self, version: CourseVersion, *, scope: TenantScope) -> None:
        """Add a version, which never changes."""

    def get(self, course_id: CourseId, number: int, *, scope: TenantScope) -> CourseVersion:
        """The version with this number. Raise CourseVersionNotFound if there is none in scope."""

    def those_of(
        self, keys: Collection[tuple[CourseId, int]], *, scope: TenantScope
    ) -> list[CourseVersion]:
        """The versions with these courses and numbers that are in scope, in any order."""

    def page_of(
        self, course_id: CourseId, request: PageRequest, *, scope: TenantScope
    ) -> Page[CourseVersion]:
        """The versions of a course in scope, oldest first."""

    def by_course(self, *, scope: TenantScope) -> Iterator[Stored[CourseVersion]]:
        """Yield all versions in scope, by course and number. The key of a row is both of them."""

    def count(self) -> int:
        """The number of versions of all tenants."""


class AssessmentRepository(Protocol):
    def keep(self, places: Sequence[AssessmentPlace], *, scope: TenantScope) -> None:
        """Store the places of assessments. Known ones stay as they are: a place never changes."""

    def find(self, assessment_id: AssessmentId, *, scope: TenantScope) -> AssessmentPlace | None:
        """The place of the assessment, if it is in scope."""

    def places_of(
        self, assessment_ids: Collection[AssessmentId], *, scope: TenantScope
    ) -> list[AssessmentPlace]:
        """The places of the assessments that are in scope, in any order."""
