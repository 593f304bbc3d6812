"""What staff see at a glance: counts of what waits for them, and the figures of a period."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final, Protocol
from uuid import UUID

from accounts.public import FailedAttempts
from authsvc.kernel.caches import BoundedCache
from authsvc.kernel.clock import Clock
from authsvc.kernel.tenancy import TenantScope
from authsvc.overview.entities import (
    AIUsage,
    Counts,
    Dashboard,
    PendingWork,
    Period,
    Subject,
    UsagePart,
)
from authsvc.overview.repositories.protocols import OverviewRepository

CACHED_FOR: Final = timedelta(minutes=1)
MOST_SCOPES: Final = 100
MOST_STANDINGS: Final = 10
MOST_SUMS: Final = 50


class FailedSignIns(Protocol):
    def many_failures(self) -> FailedAttempts | None:
        """The attempts from all client IP addresses from which many have failed lately, if there are any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewService:
    """Counts and figures for staff. Which of them a member of staff may see is decided by the page that shows them."""

    overview: OverviewRepository
    sign_ins: FailedSignIns
    clock: Clock
    _cache: BoundedCache[TenantScope, tuple[datetime, Counts]] = field(
        default_factory=lambda: BoundedCache(MOST_SCOPES)
    )

    def counts(self, *, scope: TenantScope) -> Counts:
        """The counts in this scope, at most CACHED_FOR old: every page of the admin site shows them."""
        now = self.clock.now()
        cached = self._cache.find(scope)
        if cached is not None and timedelta() <= now - cached[0] < CACHED_FOR:
            return cached[1]
        counts = self._with_failures(self.overview.counts(at=now, scope=scope))
        self._cache.put(scope, (now, counts))
        return counts

    def pending_work(self, org_ids: Collection[UUID]) -> Mapping[UUID, PendingWork]:
        """What waits in each of these organizations; those where nothing waits are missing."""
        if not org_ids:
            return {}
        scope = TenantScope.into(*org_ids)
        return self.overview.pending_work(at=self.clock.now(), scope=scope)

    def learners_by_course(
        self, course_ids: Collection[UUID], *, scope: TenantScope
    ) -> Mapping[UUID, int]:
        """How many learners are enrolled on each of these courses; courses without any are missing."""
        return self.overview.learners_by_course(course_ids, scope=scope)

    def period(self, since: date | None, until: date | None) -> Period:
        return Period.of(since, until, today=self.clock.now().astimezone(UTC).date())

    def dashboard(self, period: Period, subject: Subject, *, scope: TenantScope) -> Dashboard:
        """The figures of the period, in four statements."""
        both = Period(since=period.before.since, until=period.until)
        active, learners = self.overview.learners(period, subject, scope=scope)
        return Dashboard(
            period=period,
            days=self.overview.days(both, subject, scope=scope),
            active_learners=active,
            learners=learners,
            courses=tuple(
                self.overview.by_course(period, subject, limit=MOST_STANDINGS, scope=scope)
            ),
            organizations=tuple(
                self.overview.by_organization(period, subject, limit=MOST_STANDINGS, scope=scope)
            ),
        )

    def ai_usage(self, period: Period, subject: Subject, *, scope: TenantScope) -> AIUsage:
        """What AI was used in the period, in four statements."""
        days = self.overview.usage_by_day(period, subject, scope=scope)
        limit = MOST_SUMS
        return AIUsage(
            period=period,
            answers={day: answers for day, (answers, _) in days.items()},
            cost_micro_usd={day: cost for day, (_, cost) in days.items()},
            sums={
                part: tuple(self.overview.usage_by(part, period, subject, limit=limit, scope=scope))
                for part in UsagePart
            },
        )

    def _with_failures(self, counts: Counts) -> Counts:
        failed = self.sign_ins.many_failures()
        if failed is None:
            return counts
        since = {**counts.since, "failed_sign_ins": failed.last_at}
        return replace(counts, failed_sign_ins=failed.attempts, since=since)
