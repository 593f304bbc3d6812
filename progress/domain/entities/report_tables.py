"""Reports as tables: a heading, and rows that a spreadsheet can filter and sum up."""

from collections.abc import Iterable, Iterator

from authsvc.kernel.tables import Row
from progress.domain.entities.progress import ProgressStatus
from progress.domain.entities.reports import BANDS, CourseReport, CourseSummary


def table_of_course(report: CourseReport) -> Iterator[Row]:
    """One count a row: `section` says of what, `key` of which one; only scores have a percent, where a band begins."""
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
            begin = band * 100 // BANDS
            yield "scores", str(scores.item_id), titles[scores.item_id], begin, learners


def table_of_courses(summaries: Iterable[CourseSummary]) -> Iterator[Row]:
    """One course a row."""
    yield "course_id", "course_slug", "learners", *(status.value for status in ProgressStatus)
    for course in summaries:
        yield str(course.course_id), course.course_slug, course.learners, *course.by_status.values()
