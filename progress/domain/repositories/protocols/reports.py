"""What is counted over many learners."""

from collections.abc import Mapping
from datetime import date
from typing import Protocol

from accounts.public import OrganizationId
from authsvc.kernel.reach import Reach
from courses.public import AssessmentId, CourseId, ItemId
from progress.domain.entities import CourseSummary, Statuses, Window


class ReportRepository(Protocol):
    def statuses(self, course_id: CourseId, *, within: Reach) -> Statuses:
        """How many learners of the course are in which status; one in which nobody is is missing."""

    def completions(
        self, course_id: CourseId, window: Window, *, within: Reach
    ) -> Mapping[date, int]:
        """How many learners completed the course on each day of the window, by day; one without any is missing."""

    def item_completions(self, course_id: CourseId, *, within: Reach) -> Mapping[ItemId, int]:
        """How many learners of the course have completed each item, of whatever version."""

    def score_bands(
        self, course_id: CourseId, *, within: Reach
    ) -> Mapping[AssessmentId, Mapping[int, int]]:
        """How many learners' best scores lie in which band; what is void does not count."""

    def summaries(self, org_id: OrganizationId, *, within: Reach) -> list[CourseSummary]:
        """Of each course of the organization that somebody has taken up, by slug."""
