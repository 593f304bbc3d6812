"""Repository of counts over many learners."""

from collections.abc import Mapping
from datetime import date
from typing import Protocol

from accounts.public import OrganizationId
from authsvc.kernel.tenancy import TenantScope
from courses.public import AssessmentId, CourseId, ItemId
from progress.domain.entities.reports import CourseSummary, Statuses, Window


class ReportRepository(Protocol):
    def statuses(self, course_id: CourseId, *, scope: TenantScope) -> Statuses:
        """Return the number of learners of the course by status; statuses without learners are missing."""

    def completions(
        self, course_id: CourseId, window: Window, *, scope: TenantScope
    ) -> Mapping[date, int]:
        """Return the number of completions of the course by day, in order; days without any are missing."""

    def item_completions(self, course_id: CourseId, *, scope: TenantScope) -> Mapping[ItemId, int]:
        """Return the number of learners who have completed each item, whatever the version."""

    def score_bands(
        self, course_id: CourseId, *, scope: TenantScope
    ) -> Mapping[AssessmentId, Mapping[int, int]]:
        """Return the number of best scores by assessment and band; voided attempts do not count."""

    def summaries(self, org_id: OrganizationId, *, scope: TenantScope) -> list[CourseSummary]:
        """Return a summary of each course of the organization that has learners, by slug."""
