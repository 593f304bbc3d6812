"""Read model of what staff see at a glance."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from authsvc.kernel.tenancy import TenantScope
from authsvc.overview.entities import (
    Counts,
    PendingWork,
    Period,
    Series,
    Standing,
    Subject,
    UsagePart,
    UsageSum,
)


class OverviewRepository(Protocol):
    """Each method is one statement. What is outside of the scope does not count."""

    def counts(self, *, at: datetime, scope: TenantScope) -> Counts:
        """Return the numbers of what waits for staff at that time, but failed sign-ins."""

    def pending_work(self, *, at: datetime, scope: TenantScope) -> Mapping[UUID, PendingWork]:
        """Return what waits by organization at that time; those where nothing waits are missing."""

    def days(
        self, period: Period, subject: Subject, *, scope: TenantScope
    ) -> Mapping[Series, Mapping[date, int]]:
        """Return what happened on each day (UTC) of the period; days without any are missing."""

    def learners(self, period: Period, subject: Subject, *, scope: TenantScope) -> tuple[int, int]:
        """Return the number of learners whose last activity on a course was in the period or later, and of all."""

    def learners_by_course(
        self, course_ids: Collection[UUID], *, scope: TenantScope
    ) -> Mapping[UUID, int]:
        """Return how many learners are enrolled on each of these courses; courses without any are missing."""

    def by_course(
        self, period: Period, subject: Subject, *, limit: int, scope: TenantScope
    ) -> list[Standing]:
        """Return the courses with most enrolments in the period, then by name."""

    def by_organization(
        self, period: Period, subject: Subject, *, limit: int, scope: TenantScope
    ) -> list[Standing]:
        """Return the organizations with most enrolments in the period, then by name; courses of none are left out."""

    def usage_by_day(
        self, period: Period, subject: Subject, *, scope: TenantScope
    ) -> Mapping[date, tuple[int, int]]:
        """Return the answers of AI on each day (UTC) of the period, and their cost; days without any are missing."""

    def usage_by(
        self, part: UsagePart, period: Period, subject: Subject, *, limit: int, scope: TenantScope
    ) -> list[UsageSum]:
        """Return the parts that cost most in the period, then by name."""
