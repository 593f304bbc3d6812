"""Learning pathway entities: courses in stages, with prerequisites."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

from accounts.public import OrganizationId, UserId
from courses.domain.entities.assessments import NIL_ID
from courses.domain.entities.courses import CourseId, local_slug_in
from courses.domain.errors import PathwayNotPublished, PathwayPublished

PathwayId = NewType("PathwayId", UUID)


class PathwayStatus(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True, kw_only=True)
class PathwayCourse:
    """A course on a pathway. `after` has the slugs of its prerequisites, which are on the same pathway.

    `course_id` is looked up by the slug when the course becomes part of a pathway. It does not count for equality.
    """

    slug: str
    after: tuple[str, ...] = ()
    course_id: CourseId = field(default=CourseId(NIL_ID), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PathwayStage:
    """Courses of which learners complete `choose`."""

    key: str
    title: str
    choose: int
    courses: tuple[PathwayCourse, ...]

    def is_completed_by(self, completed: Collection[CourseId]) -> bool:
        return self.count_of(completed) == self.choose

    def count_of(self, completed: Collection[CourseId]) -> int:
        """How many of the completed courses count: at most `choose`."""
        return min(self.choose, sum(course.course_id in completed for course in self.courses))


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningPathway:
    """A pathway: courses in stages. Without `org_id` it belongs to the platform.

    `slug` never changes. `version` is 0 before the pathway is published, then 1, and one more after each change. A
    course is on a pathway once, and prerequisites form no cycle.
    """

    id: PathwayId
    slug: str
    title: str
    summary: str
    status: PathwayStatus
    version: int
    created_by: UserId | None
    created_at: datetime
    org_id: OrganizationId | None = None
    stages: tuple[PathwayStage, ...] = ()

    @property
    def local_slug(self) -> str:
        """The slug without that of the organization, as in definitions."""
        return local_slug_in(self.slug)

    @property
    def is_open(self) -> bool:
        """Whether it is published, so that its prerequisites apply."""
        return self.status is PathwayStatus.PUBLISHED

    @property
    def is_shown(self) -> bool:
        """Whether learners can see it: published or retired."""
        return self.status is not PathwayStatus.DRAFT

    @property
    def courses(self) -> Iterator[PathwayCourse]:
        return (course for stage in self.stages for course in stage.courses)

    @property
    def course_ids(self) -> frozenset[CourseId]:
        return frozenset(course.course_id for course in self.courses)

    def missing_before(
        self, course_id: CourseId, completed: Collection[CourseId]
    ) -> tuple[str, ...]:
        """The slugs of the prerequisites of the course that are not completed."""
        done = {course.slug for course in self.courses if course.course_id in completed}
        return tuple(
            slug
            for course in self.courses
            if course.course_id == course_id
            for slug in course.after
            if slug not in done
        )

    def is_completed_by(self, completed: Collection[CourseId]) -> bool:
        """Whether these courses complete every stage."""
        return all(stage.is_completed_by(completed) for stage in self.stages)

    def is_completed_with(self, course_id: CourseId, completed: Collection[CourseId]) -> bool:
        """Whether these courses complete the pathway, and would not without this one."""
        before = {completed_id for completed_id in completed if completed_id != course_id}
        return self.is_completed_by(completed) and not self.is_completed_by(before)

    def revised(
        self, *, title: str, summary: str, stages: tuple[PathwayStage, ...]
    ) -> "LearningPathway":
        """With this content: a new version if it differs and the pathway has been published."""
        revised = replace(self, title=title, summary=summary, stages=stages)
        if self.version and revised != self:
            return replace(revised, version=self.version + 1)
        return revised

    def published(self) -> "LearningPathway":
        """Raises PathwayPublished."""
        if self.is_open:
            raise PathwayPublished(version=self.version)
        return replace(self, status=PathwayStatus.PUBLISHED, version=self.version or 1)

    def retired(self) -> "LearningPathway":
        """No longer offered; its prerequisites stop applying. Raises PathwayNotPublished."""
        if not self.is_open:
            raise PathwayNotPublished(status=self.status.value)
        return replace(self, status=PathwayStatus.RETIRED)


@dataclass(frozen=True, slots=True, kw_only=True)
class PathwaySelection:
    """Pathways with a status; with an organization, only those that it owns."""

    status: PathwayStatus
    org_id: OrganizationId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PathwayDefinition:
    """A pathway as its author writes it: courses are named by slug, and have no ids yet."""

    slug: str
    title: str
    summary: str = ""
    stages: tuple[PathwayStage, ...]

    @classmethod
    def of(cls, pathway: LearningPathway) -> "PathwayDefinition":
        return cls(
            slug=pathway.local_slug,
            title=pathway.title,
            summary=pathway.summary,
            stages=pathway.stages,
        )

    @property
    def courses(self) -> Iterator[tuple[str, str]]:
        """The slug of each course, and its path in the definition."""
        for number, stage in enumerate(self.stages):
            for index, course in enumerate(stage.courses):
                yield course.slug, f"stages/{number}/courses/{index}/course"

    def stages_with(self, ids: Mapping[str, CourseId]) -> tuple[PathwayStage, ...]:
        """The stages with the ids of their courses, which *ids* has by slug."""
        return tuple(
            replace(
                stage,
                courses=tuple(
                    replace(course, course_id=ids[course.slug]) for course in stage.courses
                ),
            )
            for stage in self.stages
        )
