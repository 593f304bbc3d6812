"""Where courses are kept: the promises every store makes."""

from typing import Protocol

from authsvc.kernel.pages import Page, PageRequest
from courses.domain.entities import Course, CourseDraft, CourseId, CourseStatus, CourseVersion


class CourseRepository(Protocol):
    def add(self, course: Course) -> None:
        """Raise SlugTaken rather than keep a second course with this slug."""

    def at(self, address: str) -> Course:
        """The course with this slug or this id. Raise CourseNotFound when there is none."""

    def get_for_update(self, course_id: CourseId) -> Course:
        """Raise CourseNotFound when there is none; nobody else may change it until the unit of work ends."""

    def save(self, course: Course) -> None:
        """Replace the kept course."""

    def page_of(self, request: PageRequest, *, status: CourseStatus, search: str) -> Page[Course]:
        """Courses of this status whose title or summary contains *search* in any case.

        Oldest first; the id breaks ties.
        """


class CourseDraftRepository(Protocol):
    def get(self, course_id: CourseId) -> CourseDraft:
        """The draft, modules and items in their order. Raise CourseNotFound when there is none."""

    def save(self, draft: CourseDraft) -> None:
        """Keep the draft of a course in place of the one before."""


class CourseVersionRepository(Protocol):
    def add(self, version: CourseVersion) -> None:
        """Keep a version; it will never change."""

    def get(self, course_id: CourseId, number: int) -> CourseVersion:
        """Raise CourseVersionNotFound when there is none."""

    def page_of(self, course_id: CourseId, request: PageRequest) -> Page[CourseVersion]:
        """The versions of a course, the first one first."""
