"""Course reports: anonymous counts over many learners."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from accounts.public import OrganizationId
from authsvc.kernel.tables import Row
from courses.public import AssessmentId, CourseId, ItemId, Outline
from progress.domain.entities.progress import ProgressStatus

BANDS: Final = 10
"""Number of bands in a score distribution; the full score is in the last one."""

USUAL_DAYS: Final = 90
"""Default length of a window in days."""

Statuses = Mapping[ProgressStatus, int]
"""Number of learners by status; a status without learners may be missing."""


def band_of(percent: int) -> int:
    """Return the band of a score; the lowest is 0."""
    return min(percent * BANDS // 100, BANDS - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Range of days in UTC, both ends included."""

    since: date
    until: date

    @classmethod
    def of(cls, since: date | None, until: date | None, *, today: date) -> "Window":
        """Return the window between the given days; by default the last USUAL_DAYS days up to today."""
        last = until or today
        # Dates before year 1 cannot be represented.
        days = min(USUAL_DAYS - 1, (last - date.min).days)
        return cls(since=since or last - timedelta(days=days), until=last)

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
    """Number of learners whose best score is in each band, lowest band first."""

    assessment_id: AssessmentId
    item_id: ItemId
    bands: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseSummary:
    """Number of learners of a course by status."""

    course_id: CourseId
    course_slug: str
    org_id: OrganizationId | None
    statuses: Statuses

    @property
    def learners(self) -> int:
        return sum(self.statuses.values())

    @property
    def by_status(self) -> Mapping[str, int]:
        """Counts for every status, zeros included."""
        return {status.value: self.statuses.get(status, 0) for status in ProgressStatus}


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseReport:
    """`items` and `scores` follow the outline of the published version; `completions` has no days without any."""

    summary: CourseSummary
    window: Window
    completions: tuple[DayCount, ...]
    items: tuple[ItemCount, ...]
    scores: tuple[ScoreDistribution, ...]


def funnel_of(outline: Outline, learners: Mapping[ItemId, int]) -> tuple[ItemCount, ...]:
    """Return how many learners have completed each item, in the order of the outline."""
    return tuple(
        ItemCount(item_id=item.id, title=item.title, learners=learners.get(item.id, 0))
        for item in outline.items
    )


def distributions_of(
    outline: Outline, bands: Mapping[AssessmentId, Mapping[int, int]]
) -> tuple[ScoreDistribution, ...]:
    """Return the score distribution of each assessment, in the order of the outline."""
    return tuple(
        ScoreDistribution(
            assessment_id=item.assessment.id,
            item_id=item.id,
            bands=_filled(bands.get(item.assessment.id, {})),
        )
        for item in outline.items
        if item.assessment is not None
    )


def table_of_course(report: CourseReport) -> Iterator[Row]:
    """Return the report as rows of one count each; `from_percent` is the lower end of a score band."""
    yield "section", "key", "title", "from_percent", "learners"
    for status, learners in report.summary.by_status.items():
        yield "statuses", status, "", "", learners
    for day in report.completions:
        yield "completions", day.day.isoformat(), "", "", day.learners
    titles = {item.item_id: item.title for item in report.items}
    for item in report.items:
        yield "items", str(item.item_id), item.title, "", item.learners
    for scores in report.scores:
        for band, learners in enumerate(scores.bands):
            percent = band * 100 // BANDS
            yield "scores", str(scores.item_id), titles[scores.item_id], percent, learners


def table_of_courses(summaries: Iterable[CourseSummary]) -> Iterator[Row]:
    """Return one row for each course."""
    yield "course_id", "course_slug", "learners", *(status.value for status in ProgressStatus)
    for course in summaries:
        yield str(course.course_id), course.course_slug, course.learners, *course.by_status.values()


def _filled(bands: Mapping[int, int]) -> tuple[int, ...]:
    return tuple(bands.get(band, 0) for band in range(BANDS))
