"""Where courses are kept: the promises every store makes.

What is out of view is as if it were not there; what is written must be in view, or OutOfReach is raised.
"""

from collections.abc import Collection, Sequence
from typing import Protocol

from accounts.public import OrganizationId
from authsvc.kernel.pages import Page, PageRequest
from authsvc.kernel.reach import Reach
from courses.domain.entities import (
    AssessmentId,
    AssessmentPlace,
    Course,
    CourseDraft,
    CourseId,
    CourseStatus,
    CourseVersion,
    LearningPathway,
    PathwayId,
    PathwayStatus,
)


class CourseRepository(Protocol):
    def add(self, course: Course, *, within: Reach) -> None:
        """Raise SlugTaken rather than keep a second course with this slug."""

    def at(self, address: str, *, within: Reach) -> Course:
        """The course with this slug or this id. Raise CourseNotFound when there is none in view."""

    def those_of(self, course_ids: Collection[CourseId], *, within: Reach) -> list[Course]:
        """Those of the courses that are in view, in any order."""

    def get_for_update(self, course_id: CourseId, *, within: Reach) -> Course:
        """Raise CourseNotFound when there is none in view; nobody else may change it until the unit of work ends."""

    def save(self, course: Course, *, within: Reach) -> None:
        """Replace the kept course."""

    def count_pathways(
        self, *, joined: Collection[CourseId], left: Collection[CourseId], within: Reach
    ) -> None:
        """Count one pathway more for those in view that have joined it, and one fewer for those that have left it."""

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


class AssessmentRepository(Protocol):
    def keep(self, places: Sequence[AssessmentPlace], *, within: Reach) -> None:
        """Keep where assessments are; for those that are known it stays as it is, for that never changes."""

    def find(self, assessment_id: AssessmentId, *, within: Reach) -> AssessmentPlace | None:
        """Where the assessment is, if that is in view."""

    def places_of(
        self, assessment_ids: Collection[AssessmentId], *, within: Reach
    ) -> list[AssessmentPlace]:
        """Where those of the assessments are that are in view, in any order."""


class PathwayRepository(Protocol):
    def add(self, pathway: LearningPathway, *, within: Reach) -> None:
        """Raise PathwaySlugTaken rather than keep a second pathway with this slug."""

    def at(self, address: str, *, within: Reach) -> LearningPathway:
        """The pathway with this slug or this id. Raise PathwayNotFound when there is none in view."""

    def get_for_update(self, pathway_id: PathwayId, *, within: Reach) -> LearningPathway:
        """Raise PathwayNotFound when there is none in view; nobody else may change it until the unit of work ends."""

    def save(self, pathway: LearningPathway, *, within: Reach) -> None:
        """Replace the kept pathway."""

    def page_of(
        self,
        request: PageRequest,
        *,
        status: PathwayStatus,
        org_id: OrganizationId | None = None,
        within: Reach,
    ) -> Page[LearningPathway]:
        """Pathways in view of this status, of one organization alone if it is named.

        Oldest first; the id breaks ties.
        """

    def open_with(self, course_id: CourseId, *, within: Reach) -> list[LearningPathway]:
        """The published pathways in view that the course is on, oldest first; the id breaks ties."""

    def shown_with(
        self, course_ids: Collection[CourseId], *, within: Reach
    ) -> list[LearningPathway]:
        """The pathways in view that any of the courses is on and that learners know, be they retired.

        Oldest first; the id breaks ties.
        """

    def those_of(
        self, pathway_ids: Collection[PathwayId], *, within: Reach
    ) -> list[LearningPathway]:
        """Those of the pathways that are in view, in any order."""
