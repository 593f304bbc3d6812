"""Withdrawal with open attempts, and what counts when the learner enrols again."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from accounts.domain.access import OPERATOR
from authsvc.kernel.tenancy import ALL_TENANTS
from courses.domain.entities.courses import CourseDefinition
from progress.domain.entities.attempts import AssessmentAttempt
from progress.domain.entities.events import EventType
from progress.domain.entities.grades import Mark
from progress.domain.entities.progress import ProgressStatus
from progress.domain.errors import AssessmentRequired, EnrolmentEnded
from tests.support.attempts import RIGHT, Examinee, a_definition_with_exams, an_examinee
from tests.support.learning import record_fact
from tests.support.worlds import World

QUIZ_PASSED = [
    EventType.ASSESSMENT_SUBMITTED,
    EventType.ASSESSMENT_PASSED,
    EventType.ITEM_COMPLETED,
]


@pytest.fixture
def anna(memory: World) -> Examinee:
    return an_examinee(memory)


def graded(anna: Examinee, attempt: AssessmentAttempt, **points: int) -> AssessmentAttempt:
    marks = tuple(
        Mark(question_id=anna.question(key).id, score=score) for key, score in points.items()
    )
    return anna.services.grading.grade(attempt.id, marks, reason="Read.", by=OPERATOR)


def without_quiz() -> CourseDefinition:
    definition = a_definition_with_exams()
    (module,) = definition.modules
    return replace(definition, modules=(replace(module, items=module.items[1:]),))


def published(anna: Examinee, definition: CourseDefinition) -> None:
    anna.services.authoring.revise(anna.course.slug, definition, by=OPERATOR)
    anna.services.authoring.publish(anna.course.slug, by=OPERATOR)


@pytest.mark.parametrize("act", [Examinee.answers, Examinee.hands_in])
def test_a_learner_who_withdrew_is_refused_and_loses_no_attempt(
    anna: Examinee, act: Callable[[Examinee, AssessmentAttempt], object]
) -> None:
    attempt = anna.begins()
    answered = anna.answers(attempt, **RIGHT)
    anna.withdraws(anna.course)
    log = anna.log_of(anna.course)

    with pytest.raises(EnrolmentEnded):
        act(anna, attempt)

    assert anna.services.attempts.get(attempt.id, by=anna.principal) == answered
    assert anna.log_of(anna.course) == log


def test_an_open_attempt_is_continued_after_enrolling_again(anna: Examinee) -> None:
    attempt = anna.begins()
    anna.answers(attempt, **RIGHT)
    anna.withdraws(anna.course)
    anna.enrols(anna.course)

    submitted = anna.hands_in(attempt)

    assert submitted.is_passed
    assert submitted.item_id in anna.progress_on(anna.course).completed_items
    assert anna.types_of(anna.course) == [
        EventType.ENROLLED,
        EventType.WITHDRAWN,
        EventType.ENROLLED,
        *QUIZ_PASSED,
    ]


@pytest.mark.parametrize("school", [None, "harbour"], ids=["platform", "organization"])
def test_a_project_graded_in_the_meantime_is_completed_by_enrolling_again(
    memory: World, school: str | None
) -> None:
    anna = an_examinee(memory, memory.has_organization(slug=school) if school else None)
    project = anna.takes("project")
    anna.withdraws(anna.course)
    graded(anna, project, picture=5, feedback=1)
    withdrawn = anna.progress_on(anna.course)

    back = anna.enrols(anna.course)

    assert (withdrawn.status, withdrawn.completed_items) == (ProgressStatus.WITHDRAWN, ())
    assert back.completed_items == (project.item_id,)
    assert anna.types_of(anna.course)[-2:] == [EventType.ENROLLED, EventType.ITEM_COMPLETED]


def test_enrolling_again_completes_the_course_if_nothing_else_is_left(anna: Examinee) -> None:
    anna.takes(**RIGHT)
    project, exam = anna.takes("project"), anna.takes("exam")
    anna.withdraws(anna.course)
    graded(anna, project, picture=5, feedback=1)
    graded(anna, exam, program=1)

    back = anna.enrols(anna.course)

    assert (back.status, back.percent_complete) == (ProgressStatus.COMPLETED, 100)
    assert anna.types_of(anna.course)[-4:] == [
        EventType.ENROLLED,
        EventType.ITEM_COMPLETED,
        EventType.ITEM_COMPLETED,
        EventType.COURSE_COMPLETED,
    ]


def test_a_failed_or_voided_attempt_completes_nothing_on_return(anna: Examinee) -> None:
    project, exam = anna.takes("project"), anna.takes("exam")
    anna.withdraws(anna.course)
    graded(anna, project, picture=0, feedback=0)
    graded(anna, exam, program=1)
    anna.services.grading.void(exam.id, reason="Copied.", by=OPERATOR)

    assert anna.enrols(anna.course).completed_items == ()


def test_an_item_that_the_version_on_return_does_not_have_is_not_completed(anna: Examinee) -> None:
    project = anna.takes("project")
    anna.withdraws(anna.course)
    graded(anna, project, picture=5, feedback=1)
    definition = a_definition_with_exams()
    (module,) = definition.modules
    items = (module.items[0], module.items[2])
    published(anna, replace(definition, modules=(replace(module, items=items),)))

    assert anna.enrols(anna.course).completed_items == ()


def test_an_upgrade_completes_what_was_passed_while_the_item_was_gone(anna: Examinee) -> None:
    attempt = anna.begins()
    anna.answers(attempt, **RIGHT)
    published(anna, without_quiz())
    anna.services.learning.upgrade(anna.course.slug, by=anna.principal)
    anna.hands_in(attempt)
    published(anna, a_definition_with_exams())

    upgraded = anna.services.learning.upgrade(anna.course.slug, by=anna.principal)

    assert upgraded.completed_items == (attempt.item_id,)
    assert anna.types_of(anna.course)[-2:] == [
        EventType.VERSION_UPGRADED,
        EventType.ITEM_COMPLETED,
    ]


def test_a_pass_that_an_earlier_release_left_open_is_completed_on_request(
    memory: World, anna: Examinee
) -> None:
    """Earlier releases scored attempts of withdrawn learners and never completed their items."""
    attempt, assessment = anna.begins(), anna.assessment("quiz")
    passed = anna.answers(attempt, **RIGHT).submitted(assessment, at=memory.clock.now())
    passed = passed.scored(assessment, at=memory.clock.now())
    anna.services.repositories.attempts.save(passed, scope=ALL_TENANTS)
    outcome = passed.outcome()
    assert outcome is not None
    for fact in (passed.submission(), outcome):
        record_fact(memory, fact, stream=passed.stream, by=None)

    progress = anna.completes(anna.course, attempt.item_id)

    assert progress.completed_items == (attempt.item_id,)
    assert anna.types_of(anna.course)[-3:] == QUIZ_PASSED


def test_an_item_whose_assessment_was_failed_is_still_not_completed_on_request(
    anna: Examinee,
) -> None:
    quiz = anna.takes()

    with pytest.raises(AssessmentRequired):
        anna.completes(anna.course, quiz.item_id)
