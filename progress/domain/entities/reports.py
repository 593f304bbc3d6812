"""What many learners together have done: counts, and nobody's name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from accounts.public import OrganizationId
from courses.public import AssessmentId, CourseId, ItemId, Outline
from progress.domain.entities.progress import ProgressStatus

BANDS: Final = 10
"""So many bands of percent a distribution of scores has; the full score is in the last one."""

USUAL_DAYS: Final = 90
"""So many days a window has, unless somebody asks for another one."""

Statuses = Mapping[ProgressStatus, int]
"""How many learners are in which status; one in which nobody is may be missing."""


def band_of(percent: int) -> int:
    """In which band a score lies, the lowest being 0."""
    return min(percent * BANDS // 100, BANDS - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Days in UTC, the first and the last one included."""

    since: date
    until: date

    @classmethod
    def of(cls, since: date | None, until: date | None, *, today: date) -> "Window":
        """Up to today, and for the usual number of days, unless there is a day that says otherwise."""
        last = until or today
        # The calendar begins with year 1.
        room = (last - date.min).days
        usual = last - timedelta(days=min(USUAL_DAYS - 1, room))
        return cls(since=since or usual, until=last)

    def covers(self, day: date) -> bool:
        return self.since <= day <= self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCount:
    day: date
    learners: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemCount:
    item_id: ItemId
    title: str
    learners: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreDistribution:
    """How many learners' best scores lie in each band, the lowest band first."""

    assessment_id: AssessmentId
    item_id: ItemId
    bands: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseSummary:
    """How many learners of a course are in which status."""

    course_id: CourseId
    course_slug: str
    org_id: OrganizationId | None
    statuses: Statuses

    @property
    def learners(self) -> int:
        return sum(self.statuses.values())

    @property
    def by_status(self) -> Mapping[str, int]:
        """The same with every status, be it that nobody is in it."""
        return {status.value: self.statuses.get(status, 0) for status in ProgressStatus}


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseReport:
    """`items` and `scores` are of the published version, in its order; `completions` leaves out days without any."""

    summary: CourseSummary
    window: Window
    completions: tuple[DayCount, ...]
    items: tuple[ItemCount, ...]
    scores: tuple[ScoreDistribution, ...]


def funnel_of(outline: Outline, learners: Mapping[ItemId, int]) -> tuple[ItemCount, ...]:
    """How far learners have come, item after item."""
    return tuple(
        ItemCount(item_id=item.id, title=item.title, learners=learners.get(item.id, 0))
        for item in outline.items
    )


def distributions_of(
    outline: Outline, bands: Mapping[AssessmentId, Mapping[int, int]]
) -> tuple[ScoreDistribution, ...]:
    """The scores at each assessment, in the order of the items that they are behind."""
    return tuple(
        ScoreDistribution(
            assessment_id=item.assessment.id,
            item_id=item.id,
            bands=_filled(bands.get(item.assessment.id, {})),
        )
        for item in outline.items
        if item.assessment is not None
    )


def _filled(bands: Mapping[int, int]) -> tuple[int, ...]:
    return tuple(bands.get(band, 0) for band in range(BANDS))
