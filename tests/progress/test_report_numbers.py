"""Report counts agree with the log, under random acts."""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.access import OPERATOR, Principal
from authsvc.kernel.errors import DomainError
from authsvc.kernel.tenancy import ALL_TENANTS
from courses.domain.entities.assessments import Assessment
from courses.domain.entities.courses import Course
from progress.domain.entities.attempts import AttemptStatus
from progress.domain.entities.progress import CourseProgress
from progress.domain.entities.reports import CourseReport, DayCount, band_of
from tests.progress.test_random_acts import a_plan, by_chance, folded
from tests.support.application import Application
from tests.support.attempts import attempts_at
from tests.support.profiles import examples
from tests.support.random_acts import School
from tests.support.worlds import memory_world

# Other tests go through the same lines; to follow these costs more than to run them.
pytestmark = pytest.mark.no_cover


def a_school_after(school: School, chance: Random, acts: int) -> School:
    for _ in range(acts):
        with suppress(DomainError):
            school.see(by_chance(chance, school))
    return school


def folded_from_log(school: School, number: int) -> list[CourseProgress]:
    """The progress of everybody on the course, folded from the log."""
    log = school.services.repositories.events
    streams = (
        log.stream(school.stream_of(learner, number), scope=ALL_TENANTS)
        for learner in range(len(school.learners))
    )
    return [folded(school, events) for events in streams if events]


def best_of(school: School, assessment: Assessment, learner: Principal) -> int | None:
    """The best score of a learner in percent, without voided attempts."""
    return max(
        (
            100 * attempt.score // attempt.max_score
            for attempt in attempts_at(school.services, assessment.id, by=learner)
            if attempt.status is AttemptStatus.GRADED and attempt.score is not None
        ),
        default=None,
    )


def bands_of(school: School, assessment: Assessment) -> tuple[int, ...]:
    result = (best_of(school, assessment, learner) for learner in school.learners)
    counted = Counter(band_of(percent) for percent in result if percent is not None)
    return tuple(counted[band] for band in range(10))


def items_of_version(school: School, course: Course) -> Iterator[Assessment]:
    """The items of the published version, in order."""
    published = school.services.catalog.course(course.id, scope=ALL_TENANTS)
    version = school.services.catalog.version(course.id, published.version, scope=ALL_TENANTS)
    return (item.assessment for item in version.outline.items if item.assessment)


def assert_true(report: CourseReport, school: School, number: int) -> None:
    messages, course = folded_from_log(school, number), school.courses[number]
    completed = Counter(item_id for progress in messages for item_id in progress.completed_items)
    days = Counter(progress.completed_at.date() for progress in messages if progress.completed_at)

    assert report.summary.statuses == Counter(progress.status for progress in messages)
    assert report.completions == tuple(
        DayCount(day=day, learners=days[day]) for day in sorted(days)
    )
    assert all(item.learners == completed[item.item_id] for item in report.items)
    assert [(score.assessment_id, score.bands) for score in report.scores] == [
        (assessment.id, bands_of(school, assessment))
        for assessment in items_of_version(school, course)
    ]


@examples(20)
@given(seed=st.integers(0, 10**6), acts=st.integers(0, 60))
def test_the_numbers_of_a_small_school_are_those_of_its_log(seed: int, acts: int) -> None:
    chance = Random(seed)
    school = School(memory_world().services, learners=4, plans=(a_plan(chance),))
    a_school_after(school, chance, acts)

    assert_true(school.services.reports.of_course("course-0", by=OPERATOR), school, 0)


@pytest.mark.postgres_too
def test_the_numbers_of_a_busy_school_are_those_of_its_log_on_any_store(
    application: Application,
) -> None:
    chance = Random("hitches")
    school = School(application.services, learners=8, plans=tuple(a_plan(chance) for _ in range(2)))
    a_school_after(school, chance, acts=200)

    reports = [
        application.services.reports.of_course(course.slug, by=OPERATOR)
        for course in school.courses
    ]

    for number, report in enumerate(reports):
        assert_true(report, school, number)
    assert all(report.summary.learners for report in reports)
    assert any(report.completions for report in reports)
    assert any(sum(score.bands) for report in reports for score in report.scores)
