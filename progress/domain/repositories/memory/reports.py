"""Counts over many learners in memory."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date

from accounts.public import OrganizationId, UserId
from authsvc.kernel.tenancy import TenantScope
from courses.public import AssessmentId, CourseId, ItemId
from progress.domain.entities.attempts import AttemptStatus
from progress.domain.entities.progress import CourseProgress
from progress.domain.entities.reports import CourseSummary, Statuses, Window, band_of
from progress.domain.repositories.memory.attempts import InMemoryAttemptRepository
from progress.domain.repositories.memory.progress import InMemoryProgressRepository


@dataclass(frozen=True, slots=True)
class InMemoryReportRepository:
    progress: InMemoryProgressRepository
    attempts: InMemoryAttemptRepository

    def statuses(self, course_id: CourseId, *, scope: TenantScope) -> Statuses:
        return Counter(progress.status for progress in self._on(course_id, scope))

    def completions(
        self, course_id: CourseId, window: Window, *, scope: TenantScope
    ) -> Mapping[date, int]:
        times = (progress.completed_at for progress in self._on(course_id, scope))
        days = (time.astimezone(UTC).date() for time in times if time is not None)
        counted = Counter(day for day in days if window.covers(day))
        return dict(sorted(counted.items()))

    def item_completions(self, course_id: CourseId, *, scope: TenantScope) -> Mapping[ItemId, int]:
        return Counter(
            item_id
            for progress in self._on(course_id, scope)
            for item_id in progress.completed_items
        )

    def score_bands(
        self, course_id: CourseId, *, scope: TenantScope
    ) -> Mapping[AssessmentId, Mapping[int, int]]:
        best: dict[tuple[AssessmentId, UserId], int] = {}
        for attempt in list(self.attempts.store.values()):
            is_counted = attempt.course_id == course_id and attempt.status is AttemptStatus.GRADED
            if is_counted and attempt.score is not None and scope.covers(attempt.org_id):
                key = attempt.assessment_id, attempt.user_id
                best[key] = max(100 * attempt.score // attempt.max_score, best.get(key, 0))
        bands: defaultdict[AssessmentId, Counter[int]] = defaultdict(Counter)
        for (assessment_id, _), percent in best.items():
            bands[assessment_id][band_of(percent)] += 1
        return dict(bands)

    def summaries(self, org_id: OrganizationId, *, scope: TenantScope) -> list[CourseSummary]:
        owned = (progress for progress in self._in(scope) if progress.org_id == org_id)
        slugs = {progress.course_id: progress.course_slug for progress in owned}
        return [
            CourseSummary(
                course_id=course_id,
                course_slug=slug,
                org_id=org_id,
                statuses=self.statuses(course_id, scope=scope),
            )
            for course_id, slug in sorted(slugs.items(), key=lambda course: course[1])
        ]

    def _on(self, course_id: CourseId, scope: TenantScope) -> Iterable[CourseProgress]:
        return (progress for progress in self._in(scope) if progress.course_id == course_id)

    def _in(self, scope: TenantScope) -> Iterable[CourseProgress]:
        stored = list(self.progress.store.values())
        return (progress for progress in stored if scope.covers(progress.org_id))
