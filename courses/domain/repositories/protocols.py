"""Where courses are kept: the promises every store makes.

What is out of view is as if it were not there; what is written must be in view, or OutOfReach is raised.
"""

from typing import Protocol

from accounts.public import OrganizationId
from authsvc.kernel.pages import Page, PageRequest
from authsvc.kernel.reach import Reach
from courses.domain.entities import Course, CourseDraft, CourseId, CourseStatus, CourseVersion


class CourseRepository(Protocol):
    def add(self, course: Course, *, within: Reach) -> None:
        """Raise SlugTaken rather than keep a second course with this slug."""

    def at(self, address: str, *, within: Reach) -> Course:
        """The course with this slug or this id. Raise CourseNotFound when there is none in view."""

    def get_for_update(self, course_id: CourseId, *, within: Reach) -> Course:
        """Raise CourseNotFound when there is none in view; nobody else may change it until the unit of work ends."""

    def save(self, course: Course, *, within: Reach) -> None:
        """Replace the kept course."""

    def page_of(
        self,
        request: PageRequest,
        *,
        status: CourseStatus,
        search: str,
        org_id: OrganizationId | None = None,
        within: Reach,
    ) -> Page[Course]:
        """Courses in view of this status whose title or summary contains *search* in any case.

        Those of one organization alone, if it is named. Oldest first; the id breaks ties.
        """


class CourseDraftRepository(Protocol):
    def get(self, course_id: CourseId, *, within: Reach) -> CourseDraft:
        """The draft, modules and items in their order. Raise CourseNotFound when there is none in view."""

    def save(self, draft: CourseDraft, *, within: Reach) -> None:
        """Keep the draft of a course in place of the one before."""


class CourseVersionRepository(Protocol):
    def add(self, version: CourseVersion, *, within: Reach) -> None:
        """Keep a version; it will never change."""

    def get(self, course_id: CourseId, number: int, *, within: Reach) -> CourseVersion:
        """Raise CourseVersionNotFound when there is none in view."""

    def page_of(
        self, course_id: CourseId, request: PageRequest, *, within: Reach
    ) -> Page[CourseVersion]:
        """The versions of a course in view, the first one first."""
