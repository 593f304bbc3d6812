"""Domain events that progress publishes to other apps."""

from dataclasses import dataclass
from datetime import datetime

from accounts.public import OrganizationId, UserId
from courses.public import AssessmentId, CourseId, PathwayId


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseCompleted:
    """A learner has completed all required items of a version of a course."""

    user_id: UserId
    course_id: CourseId
    org_id: OrganizationId | None
    course_version: int
    completed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentGraded:
    """An attempt was graded or regraded."""

    user_id: UserId
    course_id: CourseId
    org_id: OrganizationId | None
    course_version: int
    assessment_id: AssessmentId
    is_passed: bool
    graded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PathwayCompleted:
    """A learner has completed this version of a pathway, with the course as the last one it requires.

    `org_id` is the owner of the pathway, `course_org_id` that of the course.
    """

    user_id: UserId
    pathway_id: PathwayId
    org_id: OrganizationId | None
    pathway_version: int
    course_id: CourseId
    course_version: int
    course_org_id: OrganizationId | None
    completed_at: datetime
