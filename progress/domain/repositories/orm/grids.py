"""Learner grids in the database."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest

from accounts.public import UserId
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.text import folded
from authsvc.storage.tenancy import owned_within
from courses.public import AssessmentId, CourseId, ItemId
from progress import models as rows
from progress.domain.entities.attempts import SUBMISSIONS, AttemptId, AttemptStatus
from progress.domain.entities.grids import (
    HALF,
    AttemptResult,
    GridCounts,
    GridLearner,
    GridLimits,
    GridOrder,
    GridSelection,
    LearnerFilter,
)
from progress.domain.entities.progress import ProgressStatus

_ON: Final = Q(status=ProgressStatus.IN_PROGRESS)
_ENROLLED: Final = Q(status__in=[ProgressStatus.IN_PROGRESS, ProgressStatus.COMPLETED])
_UNTOUCHED: Final = Q(completed_items=[], started_modules=[], has_attempt=False)
_COLUMNS: Final = {
    GridOrder.NAME: "user__folded_name",
    GridOrder.PROGRESS: "percent_complete",
    GridOrder.LAST_SEEN: "seen_at",
}


class OrmLearnerGridRepository:
    def counts(self, course_id: CourseId, *, limits: GridLimits, scope: TenantScope) -> GridCounts:
        shown = {show: _shown(show, limits) for show in LearnerFilter}
        counted = _judged(_on(course_id, scope), limits).aggregate(
            learners=Count("pk"),
            enrolled=Count("pk", filter=_ENROLLED),
            not_started=Count("pk", filter=shown[LearnerFilter.NOT_STARTED]),
            half=Count("pk", filter=_ENROLLED & Q(percent_complete__gte=HALF)),
            completed=Count("pk", filter=shown[LearnerFilter.COMPLETED]),
            withdrawn=Count("pk", filter=shown[LearnerFilter.WITHDRAWN]),
            away=Count("pk", filter=shown[LearnerFilter.AWAY]),
            failed=Count("pk", filter=shown[LearnerFilter.FAILED]),
            overdue=Count("pk", filter=shown[LearnerFilter.OVERDUE]),
            late=Count("pk", filter=shown[LearnerFilter.LATE]),
        )
        not_started = counted.pop("not_started")
        to_grade = rows.AssessmentAttempt.objects.filter(
            owned_within(scope), course_id=course_id, status=AttemptStatus.SUBMITTED
        ).count()
        return GridCounts(**counted, started=counted["enrolled"] - not_started, to_grade=to_grade)

    def number_of(
        self,
        course_id: CourseId,
        selection: GridSelection,
        *,
        limits: GridLimits,
        scope: TenantScope,
    ) -> int:
        return _selected(course_id, selection, limits, scope).count()

    def learners(
        self,
        course_id: CourseId,
        selection: GridSelection,
        *,
        limits: GridLimits,
        offset: int,
        limit: int,
        scope: TenantScope,
    ) -> list[GridLearner]:
        selected = _selected(course_id, selection, limits, scope).annotate(seen_at=_SEEN_AT)
        column = F(_COLUMNS[selection.order])
        order = column.desc() if selection.is_descending else column.asc()
        ordered = selected.select_related("user").order_by(order, "user__email")
        page = list(ordered[offset : offset + limit])
        attempts = _attempts(course_id, [row.user_id for row in page], scope)
        return [_learner(row, attempts) for row in page]


def _on(course_id: CourseId, scope: TenantScope) -> QuerySet[rows.CourseProgress]:
    return rows.CourseProgress.objects.filter(owned_within(scope), course_id=course_id)


def _attempts_of(**outer: Any) -> QuerySet[rows.AssessmentAttempt]:
    """The attempts of the learner in the outer query, on its course."""
    mine = {"user_id": OuterRef("user_id"), "course_id": OuterRef("course_id")}
    return rows.AssessmentAttempt.objects.filter(**mine, **outer)


_GRADED: Final = {"status": AttemptStatus.GRADED}
_SUBMITTED: Final = {"status__in": SUBMISSIONS}
_PASSES: Final = rows.AssessmentAttempt.objects.filter(
    user_id=OuterRef("user_id"),
    assessment_id=OuterRef("assessment_id"),
    score__gte=F("pass_score"),
    **_GRADED,
)
_LAST_ATTEMPT: Final = (
    _attempts_of()
    .order_by()
    .values("user_id")
    .annotate(at=Max(Coalesce("submitted_at", "started_at")))
    .values("at")
)
_SEEN_AT: Final = Greatest(
    "last_activity_at", Coalesce(Subquery(_LAST_ATTEMPT), "last_activity_at")
)


def _judged(
    progress: QuerySet[rows.CourseProgress], limits: GridLimits
) -> QuerySet[rows.CourseProgress]:
    """With what the filters ask about attempts."""
    failing = _attempts_of(score__lt=F("pass_score"), **_GRADED)
    return progress.alias(
        has_attempt=Exists(_attempts_of()),
        has_failed=Exists(failing.filter(~Exists(_PASSES))),
        has_late=Exists(_attempts_of(is_late=True, **_SUBMITTED)),
        submitted_due=_number_of_submitted(limits.past_due),
        last_seen=_SEEN_AT,
    )


def _number_of_submitted(assessment_ids: AbstractSet[AssessmentId]) -> Coalesce:
    """How many of these assessments the learner has submitted."""
    submitted = _attempts_of(assessment_id__in=assessment_ids, **_SUBMITTED).order_by()
    number = submitted.values("user_id").annotate(number=Count("assessment_id", distinct=True))
    return Coalesce(Subquery(number.values("number")), 0)


def _shown(show: LearnerFilter, limits: GridLimits) -> Q:
    return {
        LearnerFilter.ALL: Q(),
        LearnerFilter.AWAY: _ON & Q(last_seen__lt=limits.away_since),
        LearnerFilter.FAILED: _ON & Q(has_failed=True),
        LearnerFilter.NOT_STARTED: _ON & _UNTOUCHED,
        LearnerFilter.OVERDUE: _ON & Q(submitted_due__lt=len(limits.past_due)),
        LearnerFilter.LATE: _ENROLLED & Q(has_late=True),
        LearnerFilter.COMPLETED: Q(status=ProgressStatus.COMPLETED),
        LearnerFilter.WITHDRAWN: Q(status=ProgressStatus.WITHDRAWN),
    }[show]


def _selected(
    course_id: CourseId, selection: GridSelection, limits: GridLimits, scope: TenantScope
) -> QuerySet[rows.CourseProgress]:
    shown = _judged(_on(course_id, scope), limits).filter(_shown(selection.show, limits))
    if not selection.text:
        return shown
    part = folded(selection.text)
    return shown.filter(Q(user__folded_name__contains=part) | Q(user__email__contains=part))


def _attempts(
    course_id: CourseId, user_ids: Iterable[UUID], scope: TenantScope
) -> Mapping[UUID, list[AttemptResult]]:
    """The attempts of these learners on the course, in one statement, without their answers."""
    stored = rows.AssessmentAttempt.objects.filter(
        owned_within(scope), course_id=course_id, user_id__in=list(user_ids)
    )
    columns = "user_id", "id", "assessment_id", "number", "status", "score", "is_late"
    attempts: defaultdict[UUID, list[AttemptResult]] = defaultdict(list)
    ordered = stored.order_by("assessment_id", "number")
    for row in ordered.values(*columns, "max_score", "pass_score"):
        attempts[row["user_id"]].append(_result(row))
    return attempts


def _result(row: Mapping[str, Any]) -> AttemptResult:
    score, status = row["score"], AttemptStatus(row["status"])
    is_graded = status is AttemptStatus.GRADED and score is not None
    return AttemptResult(
        id=AttemptId(row["id"]),
        assessment_id=AssessmentId(row["assessment_id"]),
        number=row["number"],
        status=status,
        percent=None if score is None else 100 * score // row["max_score"],
        is_passed=is_graded and score >= row["pass_score"],
        is_late=row["is_late"],
    )


def _learner(row: Any, attempts: Mapping[UUID, list[AttemptResult]]) -> GridLearner:
    return GridLearner(
        user_id=UserId(row.user_id),
        name=row.user.name,
        email=row.user.email,
        status=ProgressStatus(row.status),
        percent_complete=row.percent_complete,
        enrolled_at=row.enrolled_at,
        seen_at=row.seen_at,
        completed_items=frozenset(ItemId(UUID(value)) for value in row.completed_items),
        attempts=tuple(attempts.get(row.user_id, ())),
    )
