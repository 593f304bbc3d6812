"""What a learning pathway is: courses in stages, some of which come before others."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

from accounts.public import OrganizationId, UserId
from authsvc.kernel.errors import Complaint
from courses.domain.entities.courses import CourseId, full_slug, local_slug_in, longest_slug
from courses.domain.errors import (
    InvalidPathwayDefinition,
    PathwayNotPublished,
    PathwayPublished,
)

PathwayId = NewType("PathwayId", UUID)


class PathwayStatus(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True, kw_only=True)
class PathwayCourse:
    """A course on a pathway, with the slug that it was named by, and the courses of the pathway before it."""

    course_id: CourseId
    slug: str
    after: tuple[CourseId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PathwayStage:
    """Courses of which so many are to be completed as `choose` says."""

    key: str
    title: str
    choose: int
    courses: tuple[PathwayCourse, ...]

    def is_completed_by(self, completed: Collection[CourseId]) -> bool:
        return self.count_of(completed) == self.choose

    def count_of(self, completed: Collection[CourseId]) -> int:
        """How many of these courses count: more than are to be completed do not."""
        return min(self.choose, sum(course.course_id in completed for course in self.courses))


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningPathway:
    """Courses in the order in which they are learned; without `org_id` it is the platform's.

    `slug` never changes. `version` is 0 before learners see it, 1 when it is published, and counts up with every
    change from then on. No course is on it twice, and none comes, be it by way of others, after itself.
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
        """The slug in definitions, which can be taken from one organization to another."""
        return local_slug_in(self.slug)

    @property
    def is_open(self) -> bool:
        """Whether it is offered, and what comes before its courses is asked for."""
        return self.status is PathwayStatus.PUBLISHED

    @property
    def is_shown(self) -> bool:
        """Whether learners know it, be it offered no longer."""
        return self.status is not PathwayStatus.DRAFT

    @property
    def courses(self) -> Iterator[PathwayCourse]:
        return (course for stage in self.stages for course in stage.courses)

    @property
    def course_ids(self) -> frozenset[CourseId]:
        return frozenset(course.course_id for course in self.courses)

    @property
    def slugs(self) -> Mapping[CourseId, str]:
        return {course.course_id: course.slug for course in self.courses}

    def missing_before(
        self, course_id: CourseId, completed: Collection[CourseId]
    ) -> tuple[str, ...]:
        """The slugs of what comes before the course and is not completed."""
        slugs = self.slugs
        return tuple(
            slugs[before]
            for course in self.courses
            if course.course_id == course_id
            for before in course.after
            if before not in completed
        )

    def is_completed_by(self, completed: Collection[CourseId]) -> bool:
        """Whether whoever has completed these courses has gone all the way."""
        return all(stage.is_completed_by(completed) for stage in self.stages)

    def is_completed_with(self, course_id: CourseId, completed: Collection[CourseId]) -> bool:
        """The same, and whether he had not before this one of them."""
        before = {each for each in completed if each != course_id}
        return self.is_completed_by(completed) and not self.is_completed_by(before)

    def revised(
        self, *, title: str, summary: str, stages: tuple[PathwayStage, ...]
    ) -> "LearningPathway":
        """With this content, which is a new version if anybody has seen another one."""
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
        """No longer offered, and nothing comes before its courses any more. Raises PathwayNotPublished."""
        if not self.is_open:
            raise PathwayNotPublished(status=self.status.value)
        return replace(self, status=PathwayStatus.RETIRED)


def pathway_slug_of(local_slug: str, *, within: str) -> str:
    """The slug of a pathway of the organization with the slug *within*. Raises InvalidPathwayDefinition."""
    longest = longest_slug(within)
    if len(local_slug) > longest:
        detail = f"A pathway of this organization has a slug of at most {longest} characters."
        raise InvalidPathwayDefinition(Complaint(path="slug", detail=detail))
    return full_slug(local_slug, within=within)
