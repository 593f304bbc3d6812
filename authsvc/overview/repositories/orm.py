"""Read model of what staff see at a glance, in the database."""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, time
from typing import Any, Final
from uuid import UUID

from django.db.models import Aggregate, CharField, Count, F, Max, Min, Q, QuerySet, Sum, Value
from django.db.models.functions import TruncDate

from accounts import models as accounts
from accounts.domain.access import OrganizationStatus
from accounts.domain.integrations.entities.webhooks import PauseCause
from authsvc.jobs.entities import JobStatus
from authsvc.jobs.models import Job
from authsvc.kernel.tenancy import TenantScope
from authsvc.overview.entities import (
    EXPIRES_SOON,
    Counts,
    PendingWork,
    Period,
    Series,
    Standing,
    Subject,
    UsagePart,
    UsageSum,
)
from authsvc.storage.tenancy import owned_within
from credentials.models import UserCredential
from progress import models as progress
from progress.domain.ai.ports import Role
from progress.domain.entities.attempts import AttemptStatus
from progress.domain.entities.progress import ProgressStatus

_TIMES: Final[Mapping[str, Any]] = {
    "open_invitations": Min("expires_at"),
    "submissions_to_grade": Min("submitted_at"),
    "open_flags": Min("flagged_at"),
    "expiring_clients": Min("expires_at"),
    "suspended_organizations": Min("created_at"),
    "failed_jobs": Max("ended_at"),
    "failing_webhooks": Min("paused_at"),
}

_WITHOUT_TIME: Final = frozenset({"suspended_organizations"})
"""The audit log, not the row, has the time; the union of all counts needs a column all the same."""

_IN_ORGANIZATIONS: Final = ("open_invitations", "submissions_to_grade")
"""What waits for those who run an organization."""

_PARTS: Final[Mapping[UsagePart, tuple[str, str]]] = {
    UsagePart.COURSES: ("session__course_id", "session__course__title"),
    UsagePart.ORGANIZATIONS: ("org_id", "org__name"),
    UsagePart.MODELS: ("model_id", "model_id"),
}
"""The columns with the key and the name of each part."""


class OrmOverviewRepository:
    def counts(self, *, at: datetime, scope: TenantScope) -> Counts:
        first, *others = (
            _counted(name, rows, _TIMES[name]) for name, rows in _waiting(at, scope).items()
        )
        counted = list(first.union(*others, all=True))
        return Counts(
            **{name: number for name, number, _ in counted},
            since={name: time for name, _, time in counted if time and name not in _WITHOUT_TIME},
        )

    def pending_work(self, *, at: datetime, scope: TenantScope) -> Mapping[UUID, PendingWork]:
        waiting = _waiting(at, scope)
        first, *others = (_by_organization(name, waiting[name]) for name in _IN_ORGANIZATIONS)
        numbers: dict[UUID, dict[str, int]] = {}
        for org_id, name, number in first.union(*others, all=True):
            numbers.setdefault(org_id, {})[name] = number
        return {org_id: PendingWork(**counted) for org_id, counted in numbers.items()}

    def days(
        self, period: Period, subject: Subject, *, scope: TenantScope
    ) -> Mapping[Series, Mapping[date, int]]:
        first, *others = (
            _daily(series, rows, column, period)
            for series, rows, column in _happened(subject, scope)
        )
        days: dict[Series, dict[date, int]] = {series: {} for series in Series}
        for series, day, number in first.union(*others, all=True):
            days[Series(series)][day] = number
        return days

    def learners(self, period: Period, subject: Subject, *, scope: TenantScope) -> tuple[int, int]:
        since = _beginning(period.since)
        numbers = _learning(subject, scope).aggregate(
            active=Count("user", distinct=True, filter=Q(last_activity_at__gte=since)),
            learners=Count("user", distinct=True),
        )
        return numbers["active"], numbers["learners"]

    def learners_by_course(
        self, course_ids: Collection[UUID], *, scope: TenantScope
    ) -> Mapping[UUID, int]:
        learning = progress.CourseProgress.objects.filter(
            owned_within(scope), course__in=course_ids
        )
        enrolled = learning.exclude(status=ProgressStatus.WITHDRAWN).order_by()
        return dict(enrolled.values_list("course_id").annotate(Count("pk")))

    def by_course(
        self, period: Period, subject: Subject, *, limit: int, scope: TenantScope
    ) -> list[Standing]:
        enrolled = _enrolled(period, subject, scope)
        return _standings(
            enrolled.values_list("course_id", "course__title"), "course__title", limit
        )

    def by_organization(
        self, period: Period, subject: Subject, *, limit: int, scope: TenantScope
    ) -> list[Standing]:
        enrolled = _enrolled(period, subject, scope).filter(org__isnull=False)
        return _standings(enrolled.values_list("org_id", "org__name"), "org__name", limit)

    def usage_by_day(
        self, period: Period, subject: Subject, *, scope: TenantScope
    ) -> Mapping[date, tuple[int, int]]:
        by_day = _answers(period, subject, scope).annotate(day=TruncDate("occurred_at", tzinfo=UTC))
        sums = by_day.values_list("day").annotate(Count("pk"), Sum("cost_micro_usd"))
        return {day: (number, int(cost)) for day, number, cost in sums}

    def usage_by(
        self, part: UsagePart, period: Period, subject: Subject, *, limit: int, scope: TenantScope
    ) -> list[UsageSum]:
        key, name = _PARTS[part]
        grouped = _answers(period, subject, scope).values_list(key, name)
        sums = grouped.annotate(
            number=Count("pk"),
            tokens=Sum(F("input_tokens") + F("output_tokens")),
            cost=Sum("cost_micro_usd"),
        ).order_by(F("cost").desc(), name)
        return [
            UsageSum(
                id=None if part is UsagePart.MODELS else row_id,
                name=label or "",
                answers=number,
                tokens=int(tokens),
                cost_micro_usd=int(cost),
            )
            for row_id, label, number, tokens, cost in sums[:limit]
        ]


def _waiting(at: datetime, scope: TenantScope) -> dict[str, QuerySet[Any]]:
    """The rows that wait, by the name of their count."""
    owned, soon = owned_within(scope), (at, at + EXPIRES_SOON)
    expiring = Q(expires_at__range=soon) | Q(former_secret_expires_at__range=soon)
    failing = (PauseCause.FAILING, PauseCause.GONE)
    return {
        "open_invitations": accounts.Invitation.objects.filter(owned, expires_at__gt=at),
        "submissions_to_grade": progress.AssessmentAttempt.objects.filter(
            owned, status=AttemptStatus.SUBMITTED
        ),
        "open_flags": progress.AIFlag.objects.filter(owned, is_open=True),
        "expiring_clients": accounts.OAuthClient.objects.filter(owned, expiring, is_active=True),
        "suspended_organizations": accounts.Organization.objects.filter(
            owned_within(scope, column="id"), status=OrganizationStatus.SUSPENDED
        ),
        "failed_jobs": Job.objects.filter(owned, status=JobStatus.FAILED).exclude(error=""),
        "failing_webhooks": accounts.Webhook.objects.filter(owned, paused_because__in=failing),
    }


def _counted(name: str, rows: QuerySet[Any], time: Any) -> QuerySet[Any, Any]:
    """The name, the number and a time of the rows; nothing if there are none."""
    named = rows.order_by().annotate(counted=Value(name, CharField()))
    counted: QuerySet[Any, Any] = named.values_list("counted").annotate(_number_of(rows), time)
    return counted


def _by_organization(name: str, rows: QuerySet[Any]) -> QuerySet[Any, Any]:
    """The organization, the name and the number of the rows of each."""
    named = rows.filter(org__isnull=False).order_by().annotate(counted=Value(name, CharField()))
    counted: QuerySet[Any, Any] = named.values_list("org_id", "counted").annotate(Count("pk"))
    return counted


def _number_of(rows: QuerySet[Any]) -> Aggregate:
    """How many there are: a record of sign-ins can stand for several attempts."""
    return Sum("attempts", default=0) if rows.model is accounts.SignInRecord else Count("pk")


def _happened(subject: Subject, scope: TenantScope) -> list[tuple[Series, QuerySet[Any], str]]:
    """The rows and the column of each series."""
    learning = _learning(subject, scope)
    issued = UserCredential.objects.filter(owned_within(scope), _about(subject))
    sign_ins = accounts.SignInRecord.objects.all()
    if not subject.is_everything:
        sign_ins = sign_ins.filter(user__in=learning.values("user"))
    return [
        (Series.ENROLMENTS, learning, "enrolled_at"),
        (Series.COMPLETIONS, learning, "completed_at"),
        (Series.ISSUED, issued, "issued_at"),
        (Series.REVOKED, issued, "revoked_at"),
        (Series.SIGN_INS, sign_ins.filter(failure=""), "at"),
        (Series.FAILED_SIGN_INS, sign_ins.exclude(failure=""), "at"),
    ]


def _daily(series: Series, rows: QuerySet[Any], column: str, period: Period) -> QuerySet[Any, Any]:
    within = rows.filter(**_range(column, period)).order_by()
    named = within.annotate(
        series=Value(series.value, CharField()), day=TruncDate(column, tzinfo=UTC)
    )
    counted: QuerySet[Any, Any] = named.values_list("series", "day").annotate(_number_of(rows))
    return counted


def _range(column: str, period: Period) -> dict[str, datetime]:
    last = datetime.combine(period.until, time.max, UTC)
    return {f"{column}__gte": _beginning(period.since), f"{column}__lte": last}


def _beginning(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


def _about(subject: Subject, *, course_column: str = "course_id") -> Q:
    course, org = subject.course_id, subject.org_id
    condition = Q((course_column, course)) if course else Q()
    return condition & Q(org_id=org) if org else condition


def _learning(subject: Subject, scope: TenantScope) -> QuerySet[Any]:
    return progress.CourseProgress.objects.filter(owned_within(scope), _about(subject))


def _answers(period: Period, subject: Subject, scope: TenantScope) -> QuerySet[Any]:
    """The answers of this service's own models."""
    about = _about(subject, course_column="session__course_id")
    answers = progress.AIInteraction.objects.filter(
        owned_within(scope), about, role=Role.ASSISTANT, is_reported=False
    )
    return answers.filter(**_range("occurred_at", period)).order_by()


def _enrolled(period: Period, subject: Subject, scope: TenantScope) -> QuerySet[Any]:
    return _learning(subject, scope).filter(**_range("enrolled_at", period))


def _standings(grouped: QuerySet[Any, Any], name: str, limit: int) -> list[Standing]:
    numbers = grouped.annotate(
        enrolled=Count("pk"), completed=Count("pk", filter=Q(completed_at__isnull=False))
    )
    ordered = numbers.order_by(F("enrolled").desc(), name)
    return [
        Standing(id=row_id, name=label, enrolled=enrolled, completed=completed)
        for row_id, label, enrolled, completed in ordered[:limit]
    ]
