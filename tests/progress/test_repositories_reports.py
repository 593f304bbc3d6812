"""Contract of the report repository."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from accounts.domain.identity.entities.users import User
from authsvc.kernel.tenancy import ALL_TENANTS, TenantScope
from courses.domain.entities.assessments import AssessmentId, QuestionId
from courses.domain.entities.courses import AssessmentPlace, Course
from courses.domain.entities.outlines import ItemId
from progress.domain.entities.attempts import AssessmentAttempt, AttemptId, AttemptStatus
from progress.domain.entities.grades import Grade, Mark
from progress.domain.entities.progress import ProgressStatus
from progress.domain.entities.reports import Window
from tests.support.builders import NOON, a_progress
from tests.support.worlds import World

DONE, ON, LEFT = ProgressStatus.COMPLETED, ProgressStatus.IN_PROGRESS, ProgressStatus.WITHDRAWN
FIRST, SECOND = ItemId(UUID(int=1)), ItemId(UUID(int=2))
MARCH: Final = Window(since=date(2026, 3, 1), until=date(2026, 3, 31))


def takes(world: World, course: Course, status: ProgressStatus = ON, **parts: object) -> None:
    """Enrol a new learner on the course."""
    progress = a_progress(course, world.has_user(), status=status, **parts)
    world.repositories.progress.add(progress, scope=ALL_TENANTS)


def completes(world: World, course: Course, at: datetime) -> None:
    takes(world, course, DONE, percent_complete=100, completed_at=at)


def a_course_there(world: World, **parts: object) -> Course:
    return world.has_course(org_id=world.has_organization().id, **parts)


def test_learners_are_counted_by_status(world: World) -> None:
    course = world.has_course()
    for status in (ON, ON, LEFT):
        takes(world, course, status)
    takes(world, world.has_course(), ON)

    counted = world.repositories.reports.statuses(course.id, scope=ALL_TENANTS)

    assert counted == {ON: 2, LEFT: 1}


def test_completions_are_counted_by_day_and_the_window_has_both_its_ends(world: World) -> None:
    course, midnight = world.has_course(), datetime(2026, 3, 1, tzinfo=UTC)
    last = datetime(2026, 3, 31, 23, 59, 59, 999999, tzinfo=UTC)
    before, after = midnight - timedelta(microseconds=1), last + timedelta(microseconds=1)
    for at in (last, before, midnight, midnight + timedelta(hours=5), after):
        completes(world, course, at)

    counted = world.repositories.reports.completions(course.id, MARCH, scope=ALL_TENANTS)

    assert list(counted.items()) == [(MARCH.since, 2), (MARCH.until, 1)]


def test_items_are_counted_by_those_who_have_completed_them(world: World) -> None:
    course = world.has_course()
    takes(world, course, completed_items=(FIRST, SECOND))
    takes(world, course, completed_items=(FIRST,))
    takes(world, course)
    takes(world, world.has_course(), completed_items=(SECOND,))

    counted = world.repositories.reports.item_completions(course.id, scope=ALL_TENANTS)

    assert counted == {FIRST: 2, SECOND: 1}


def test_courses_of_an_organization_are_summed_up_by_slug(world: World) -> None:
    first = a_course_there(world, slug="bends")
    second = world.has_course(org_id=first.org_id, slug="knots")
    for course, status in ((second, ON), (first, ON), (first, LEFT)):
        takes(world, course, status)
    takes(world, a_course_there(world))
    assert first.org_id is not None

    summaries = world.repositories.reports.summaries(first.org_id, scope=ALL_TENANTS)

    assert [(item.course_slug, item.statuses) for item in summaries] == [
        ("bends", {ON: 1, LEFT: 1}),
        ("knots", {ON: 1}),
    ]


def test_nothing_is_counted_out_of_scope(world: World) -> None:
    course, reports = a_course_there(world), world.repositories.reports
    takes(world, course, DONE, percent_complete=100, completed_at=NOON, completed_items=(FIRST,))
    elsewhere = TenantScope.into(world.has_organization().id)
    whole = Window(since=date.min, until=date.max)
    assert course.org_id is not None

    assert not reports.statuses(course.id, scope=elsewhere)
    assert not reports.completions(course.id, whole, scope=elsewhere)
    assert not reports.item_completions(course.id, scope=elsewhere)
    assert not reports.summaries(course.org_id, scope=elsewhere)
    assert reports.completions(course.id, whole, scope=TenantScope.into(course.org_id))


def an_assessment_of(world: World, course: Course) -> AssessmentPlace:
    place = AssessmentPlace(
        assessment_id=AssessmentId(uuid4()),
        course_id=course.id,
        item_id=FIRST,
        org_id=course.org_id,
    )
    world.repositories.assessments.keep([place], scope=ALL_TENANTS)
    return place


def an_attempt(place: AssessmentPlace, user: User, number: int) -> AssessmentAttempt:
    return AssessmentAttempt(
        id=AttemptId(uuid4()),
        user_id=user.id,
        course_id=place.course_id,
        org_id=place.org_id,
        course_version=1,
        item_id=place.item_id,
        assessment_id=place.assessment_id,
        number=number,
        max_score=100,
        pass_score=60,
        started_at=NOON,
        expires_at=None,
    )


def scores(
    world: World,
    place: AssessmentPlace,
    *percents: int,
    status: AttemptStatus = AttemptStatus.GRADED,
) -> None:
    """Add attempts of a new learner at the assessment."""
    user = world.has_user()
    for number, percent in enumerate(percents, start=1):
        attempt = an_attempt(place, user, number)
        world.repositories.attempts.add(attempt, scope=ALL_TENANTS)
        mark = Mark(question_id=QuestionId(uuid4()), score=percent)
        grade = Grade(marks=(mark,), graded_at=NOON, graded_by=None)
        graded = replace(attempt, status=status, grades=(grade,), submitted_at=NOON)
        world.repositories.attempts.save(graded, scope=ALL_TENANTS)


def test_learners_are_counted_in_the_band_of_their_best_score(world: World) -> None:
    course = world.has_course()
    quiz, exam = an_assessment_of(world, course), an_assessment_of(world, course)
    for percents in ((0, 59, 9), (50,), (99,), (100,)):
        scores(world, quiz, *percents)
    scores(world, exam, 9)

    bands = world.repositories.reports.score_bands(course.id, scope=ALL_TENANTS)

    assert bands == {quiz.assessment_id: {5: 2, 9: 2}, exam.assessment_id: {0: 1}}


def test_a_void_score_is_not_counted(world: World) -> None:
    course = world.has_course()
    scores(world, an_assessment_of(world, course), 80, status=AttemptStatus.VOIDED)

    assert not world.repositories.reports.score_bands(course.id, scope=ALL_TENANTS)


def test_scores_out_of_scope_are_not_counted(world: World) -> None:
    course = a_course_there(world)
    scores(world, an_assessment_of(world, course), 80)
    elsewhere = TenantScope.into(world.has_organization().id)
    reports = world.repositories.reports

    assert not reports.score_bands(course.id, scope=elsewhere)
    assert reports.score_bands(course.id, scope=TenantScope.into(course.org_id))
