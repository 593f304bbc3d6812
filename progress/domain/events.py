"""What progress tells the other apps."""

from dataclasses import dataclass
from datetime import datetime

from accounts.public import OrganizationId, UserId
from courses.public import AssessmentId, CourseId, PathwayId


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseCompleted:
    """A learner has done all that a version of a course requires."""

    user_id: UserId
    course_id: CourseId
    org_id: OrganizationId | None
    course_version: int
    completed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentGraded:
    """An attempt of a learner has a score, be it the first or another one."""

    user_id: UserId
    course_id: CourseId
    org_id: OrganizationId | None
    course_version: int
    assessment_id: AssessmentId
    is_passed: bool
    graded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PathwayCompleted:
    """A learner has gone all the way: the course was the last one that this version of the pathway asked for.

    `org_id` says whose pathway it is.
    """

    user_id: UserId
    pathway_id: PathwayId
    org_id: OrganizationId | None
    pathway_version: int
    course_id: CourseId
    course_version: int
    course_org_id: OrganizationId | None
    completed_at: datetime
