"""What staff see at a glance."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

EXPIRES_SOON: Final = timedelta(days=7)
MOST_BY_DAY: Final = 31
"""The longest period, in days, that is counted by day; longer ones are counted by week."""
USUAL_DAYS: Final = 90
LONGEST_DAYS: Final = 3 * 366
"""The longest period in days, so that a chart and its statements stay bounded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The numbers beside the navigation of the admin site: what waits for staff.

    Expiring are clients, and former secrets of clients, within EXPIRES_SOON. Failing are webhooks that were paused
    because a delivery was given up or the receiver is gone. Failed sign-ins are those from client IP addresses with
    many of them; they are of no organization. `since` has a time for each that waits, but organizations: of the oldest
    submission, flag and pause, of the last failure, and of the next expiry.
    """

    open_invitations: int = 0
    submissions_to_grade: int = 0
    open_flags: int = 0
    expiring_clients: int = 0
    suspended_organizations: int = 0
    failed_jobs: int = 0
    failing_webhooks: int = 0
    failed_sign_ins: int = 0
    since: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingWork:
    """What waits in one organization for those who run it."""

    open_invitations: int = 0
    submissions_to_grade: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Days in UTC, both ends included."""

    since: date
    until: date

    @classmethod
    def of(cls, since: date | None, until: date | None, *, today: date) -> "Period":
        """The period between these days: by default the last USUAL_DAYS up to today, at most LONGEST_DAYS."""
        last = until or today
        first = since or _days_before(last, USUAL_DAYS - 1)
        return cls(since=max(min(first, last), _days_before(last, LONGEST_DAYS - 1)), until=last)

    @property
    def days(self) -> int:
        return (self.until - self.since).days + 1

    @property
    def is_by_week(self) -> bool:
        return self.days > MOST_BY_DAY

    @property
    def before(self) -> "Period":
        """The period of the same length that ends the day before this one begins."""
        last = _days_before(self.since, 1)
        return Period(since=_days_before(last, self.days - 1), until=last)

    def covers(self, day: date) -> bool:
        return self.since <= day <= self.until

    def beginnings(self) -> list[date]:
        """The first days of its parts: each day, or each Monday, and the week it begins in."""
        step = 7 if self.is_by_week else 1
        number = (self.until - self.beginning_of(self.since)).days // step + 1
        first = self.beginning_of(self.since)
        return [first + timedelta(days=step * index) for index in range(number)]

    def beginning_of(self, day: date) -> date:
        """The first day of the part that the day belongs to."""
        return _days_before(day, day.weekday()) if self.is_by_week else day

    def by_part(self, days: Mapping[date, int]) -> list[int]:
        """The counts of its parts, from counts by day; other days are left out."""
        parts = dict.fromkeys(self.beginnings(), 0)
        for day, count in days.items():
            if self.covers(day):
                parts[self.beginning_of(day)] += count
        return list(parts.values())


def _days_before(day: date, number: int) -> date:
    """The day that many days earlier; dates before year 1 cannot be represented."""
    return day - timedelta(days=min(number, (day - date.min).days))


class Series(StrEnum):
    """What is counted by day."""

    ENROLMENTS = "enrolments"
    COMPLETIONS = "completions"
    ISSUED = "issued"
    REVOKED = "revoked"
    SIGN_INS = "sign-ins"
    FAILED_SIGN_INS = "failed-sign-ins"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a dashboard is about: one course or one organization if they are named.

    Its sign-ins are those of the learners there; without a subject, those of everybody, and failed attempts of nobody
    known, too.
    """

    course_id: UUID | None = None
    org_id: UUID | None = None

    @property
    def is_everything(self) -> bool:
        return self.course_id is None and self.org_id is None

    def covers(self, course_id: UUID | None, org_id: UUID | None) -> bool:
        return self.course_id in (None, course_id) and self.org_id in (None, org_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The learners who enrolled in a period on a course, or at an organization, and those who have completed."""

    id: UUID | None
    name: str
    enrolled: int
    completed: int

    @property
    def percent(self) -> int:
        return 100 * self.completed // self.enrolled if self.enrolled else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """Figures of a period. Active learners were seen on a course within it; `learners` is the number of all."""

    period: Period
    days: Mapping[Series, Mapping[date, int]]
    active_learners: int
    learners: int
    courses: tuple[Standing, ...]
    organizations: tuple[Standing, ...]

    def total(self, series: Series) -> int:
        return self._total(series, self.period)

    def total_before(self, series: Series) -> int:
        """The total of the period before."""
        return self._total(series, self.period.before)

    def parts(self, series: Series) -> list[int]:
        return self.period.by_part(self.days.get(series, {}))

    def _total(self, series: Series, period: Period) -> int:
        days = self.days.get(series, {})
        return sum(count for day, count in days.items() if period.covers(day))


class UsagePart(StrEnum):
    """What the usage of AI is summed up by."""

    COURSES = "courses"
    ORGANIZATIONS = "organizations"
    MODELS = "models"


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageSum:
    """What the answers about a course, in an organization, or of a model have used in a period.

    Without an id and a name: those about no course, or outside of organizations. Models have a name alone.
    """

    id: UUID | None
    name: str
    answers: int
    tokens: int
    cost_micro_usd: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AIUsage:
    """What AI was used in a period, by day and by part. What clients report of their own tutors is left out."""

    period: Period
    answers: Mapping[date, int]
    cost_micro_usd: Mapping[date, int]
    sums: Mapping[UsagePart, tuple[UsageSum, ...]]
