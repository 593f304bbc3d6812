"""What somebody has done, all courses together."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime

from courses.public import AssessmentId, CourseId, PathwayId


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseRecord:
    """Of a course that somebody is or was on: the version, and when it was completed if it is."""

    course_version: int
    last_activity_at: datetime
    completed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerRecord:
    """What somebody has reached: courses, the best score at each assessment in percent, and pathways."""

    courses: Mapping[CourseId, CourseRecord] = field(default_factory=dict)
    best_percents: Mapping[AssessmentId, int] = field(default_factory=dict)
    completed_pathways: AbstractSet[PathwayId] = frozenset()

    @property
    def completed(self) -> AbstractSet[CourseId]:
        """The courses that are completed."""
        return {id_ for id_, course in self.courses.items() if course.completed_at is not None}
