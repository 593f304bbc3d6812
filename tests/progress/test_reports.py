"""ReportService: course and organization reports."""

from dataclasses import replace
from datetime import date
from typing import Final
from uuid import uuid4

import pytest

from accounts.domain.access import OPERATOR, NotPermitted, OrganizationId, Right
from accounts.domain.organizations.errors import OrganizationNotFound
from courses.domain.entities.assessments import AnswerKey, Assessment, Question, QuestionKind
from courses.domain.entities.courses import CourseDefinition
from courses.domain.entities.outlines import ItemType
from courses.domain.errors import CourseNotFound
from progress.domain.entities.progress import ProgressStatus
from progress.domain.entities.reports import DayCount, Window, band_of
from tests.support.builders import NOON, a_definition_of, a_principal
from tests.support.learning import a_learner, a_published_course, items_of
from tests.support.worlds import World

TODAY: Final = date(2026, 3, 31)


def with_a_quiz(definition: CourseDefinition) -> CourseDefinition:
    """The same definition, with a quiz on the last item of its only module."""
    (module,) = definition.modules
    question = Question(
        key="which", kind=QuestionKind.SHORT, prompt="Which?", answer_key=AnswerKey(texts=("bend",))
    )
    quiz = Assessment(questions=(question,))
    last = replace(module.items[-1], type=ItemType.ASSESSMENT, assessment=quiz)
    return replace(definition, modules=(replace(module, items=(*module.items[:-1], last)),))


@pytest.mark.parametrize(
    ("percent", "band"), [(0, 0), (9, 0), (10, 1), (59, 5), (90, 9), (99, 9), (100, 9)]
)
def test_a_score_lies_in_one_of_ten_bands(percent: int, band: int) -> None:
    assert band_of(percent) == band


@pytest.mark.parametrize(
    ("since", "until", "window"),
    [
        (None, None, (date(2026, 1, 1), TODAY)),
        (None, date(2026, 3, 30), (date(2025, 12, 31), date(2026, 3, 30))),
        (date(2026, 3, 1), None, (date(2026, 3, 1), TODAY)),
        (None, date(1, 1, 2), (date.min, date(1, 1, 2))),
    ],
)
def test_the_default_window_is_the_ninety_days_up_to_today(
    since: date | None, until: date | None, window: tuple[date, date]
) -> None:
    result = Window.of(since, until, today=TODAY)

    assert (result.since, result.until) == window


def test_a_report_says_how_many_learners_stand_where_and_who_has_completed(memory: World) -> None:
    course = a_published_course(memory.services)
    a_learner(memory).passes(course)
    ben = a_learner(memory, name="Ben")
    ben.enrols(course)
    first, second, third = items_of(memory.services, course)
    ben.completes(course, first)

    report = memory.services.reports.of_course(course.slug, by=OPERATOR)

    assert report.summary.learners == 2
    assert report.summary.by_status == {
        "not_started": 0,
        "in_progress": 1,
        "completed": 1,
        "withdrawn": 0,
    }
    assert report.completions == (DayCount(day=NOON.date(), learners=1),)
    assert [(item.item_id, item.learners) for item in report.items] == [
        (first, 2),
        (second, 1),
        (third, 1),
    ]


def test_completions_outside_the_window_are_left_out(memory: World) -> None:
    course = a_published_course(memory.services)
    a_learner(memory).passes(course)
    memory.clock.go_on(days=90)

    report = memory.services.reports.of_course(course.slug, by=OPERATOR)

    assert report.completions == ()
    assert report.summary.statuses == {ProgressStatus.COMPLETED: 1}


def test_an_assessment_that_nobody_has_tried_has_empty_bands(memory: World) -> None:
    definition = with_a_quiz(a_definition_of(required=2))
    course = a_published_course(memory.services, definition)
    _, quiz = items_of(memory.services, course)

    report = memory.services.reports.of_course(course.slug, by=OPERATOR)

    (scores,) = report.scores
    assert (scores.item_id, scores.bands) == (quiz, (0,) * 10)


def test_a_draft_has_nothing_to_report_yet(memory: World) -> None:
    draft = memory.services.authoring.create(a_definition_of(required=1), by=OPERATOR)

    report = memory.services.reports.of_course(draft.slug, by=OPERATOR)

    assert (report.summary.learners, report.items, report.scores) == (0, (), ())


def test_a_learner_gets_no_report(memory: World) -> None:
    course, anna = a_published_course(memory.services), a_learner(memory)

    with pytest.raises(NotPermitted):
        memory.services.reports.of_course(course.slug, by=anna.principal)


def test_callers_with_the_right_see_progress_get_the_report(memory: World) -> None:
    course = a_published_course(memory.services)
    bo = a_principal(memory.has_user(name="Bo"), Right.SEE_PROGRESS)

    assert memory.services.reports.of_course(course.slug, by=bo).summary.course_id == course.id


def test_there_is_no_report_on_a_course_that_there_is_not(memory: World) -> None:
    with pytest.raises(CourseNotFound):
        memory.services.reports.of_course("knots", by=OPERATOR)


def test_there_is_no_report_on_an_organization_that_there_is_not(memory: World) -> None:
    with pytest.raises(OrganizationNotFound):
        memory.services.reports.of_organization(OrganizationId(uuid4()), by=OPERATOR)
