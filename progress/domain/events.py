"""What progress tells the other apps."""

from dataclasses import dataclass
from datetime import datetime

from accounts.public import OrganizationId, UserId
from courses.public import CourseId


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseCompleted:
    """A learner has done all that a version of a course requires."""

    user_id: UserId
    course_id: CourseId
    org_id: OrganizationId | None
    course_version: int
    completed_at: datetime
