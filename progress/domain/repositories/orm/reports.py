"""Counts over many learners in the database."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Count, F, Max, QuerySet
from django.db.models.functions import TruncDate

from accounts.public import OrganizationId
from authsvc.kernel.tenancy import TenantScope
from authsvc.storage.tenancy import owned_within
from courses.public import AssessmentId, CourseId, ItemId
from progress import models as rows
from progress.domain.entities.attempts import AttemptStatus
from progress.domain.entities.progress import ProgressStatus
from progress.domain.entities.reports import CourseSummary, Statuses, Window, band_of

# The ORM cannot join set-returning functions, nor count groups of groups.
_ITEMS: Final = {
    "postgresql": "jsonb_array_elements_text(stored.completed_items) AS item(value)",
    "sqlite": "json_each(stored.completed_items) AS item",
}
_COUNT_OF_ITEMS: Final = "SELECT item.value, COUNT(*) FROM ({stored}) AS stored, {items} GROUP BY 1"
_COUNT_OF_SCORES: Final = (
    "SELECT best.assessment_id, best.percent, COUNT(*) FROM ({stored}) AS best GROUP BY 1, 2"
)


class OrmReportRepository:
    def statuses(self, course_id: CourseId, *, scope: TenantScope) -> Statuses:
        counted = _on(course_id, scope).values_list("status").annotate(Count("pk"))
        return {ProgressStatus(status): learners for status, learners in counted.order_by()}

    def completions(
        self, course_id: CourseId, window: Window, *, scope: TenantScope
    ) -> Mapping[date, int]:
        completed = _on(course_id, scope).filter(
            completed_at__gte=datetime.combine(window.since, time.min, UTC),
            completed_at__lte=datetime.combine(window.until, time.max, UTC),
        )
        days = completed.annotate(day=TruncDate("completed_at", tzinfo=UTC)).values_list("day")
        return dict(days.annotate(Count("pk")).order_by("day"))

    def item_completions(self, course_id: CourseId, *, scope: TenantScope) -> Mapping[ItemId, int]:
        stored = _on(course_id, scope).values("completed_items")
        counted = _counted(_COUNT_OF_ITEMS, stored)
        return {ItemId(UUID(item_id)): learners for item_id, learners in counted}

    def score_bands(
        self, course_id: CourseId, *, scope: TenantScope
    ) -> Mapping[AssessmentId, Mapping[int, int]]:
        graded = rows.AssessmentAttempt.objects.filter(
            owned_within(scope), course_id=course_id, status=AttemptStatus.GRADED
        )
        best = graded.values("assessment_id", "user_id").annotate(
            percent=Max(100 * F("score") / F("max_score"))
        )
        bands: defaultdict[AssessmentId, defaultdict[int, int]] = defaultdict(
            lambda: defaultdict(int)
        )
        for assessment_id, percent, learners in _counted(_COUNT_OF_SCORES, best.order_by()):
            bands[AssessmentId(UUID(str(assessment_id)))][band_of(percent)] += learners
        return bands

    def summaries(self, org_id: OrganizationId, *, scope: TenantScope) -> list[CourseSummary]:
        progress = rows.CourseProgress.objects.filter(owned_within(scope), org_id=org_id)
        counted = progress.values_list("course_id", "course_slug", "status").annotate(Count("pk"))
        statuses: defaultdict[tuple[str, UUID], dict[ProgressStatus, int]] = defaultdict(dict)
        for course_id, slug, status, learners in counted.order_by():
            statuses[slug, course_id][ProgressStatus(status)] = learners
        return [
            CourseSummary(
                course_id=CourseId(course_id), course_slug=slug, org_id=org_id, statuses=counts
            )
            for (slug, course_id), counts in sorted(statuses.items())
        ]


def _on(course_id: CourseId, scope: TenantScope) -> QuerySet[rows.CourseProgress]:
    return rows.CourseProgress.objects.filter(owned_within(scope), course_id=course_id)


def _counted(statement: str, stored: QuerySet[Any, Any]) -> list[tuple[Any, ...]]:
    """Run the counting statement over the rows of the query."""
    sql, parameters = stored.query.sql_with_params()
    items = _ITEMS[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(statement.format(stored=sql, items=items), parameters)
        return list(cursor.fetchall())
