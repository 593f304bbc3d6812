"""Attempts whose time limit has passed: they are submitted at their deadline with what was saved."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from accounts.domain.access import OPERATOR, NotPermitted, Right
from authsvc.kernel.paging import PageRequest
from authsvc.kernel.tenancy import ALL_TENANTS
from courses.domain.entities.assessments import LatePolicy
from progress.domain.entities.attempts import AssessmentAttempt, AttemptStatus
from progress.domain.entities.events import EventType
from progress.domain.entities.grades import Mark
from progress.domain.entities.progress import ProgressStatus
from progress.domain.errors import AttemptClosed, NoAttemptsLeft, TooLate
from progress.domain.services.attempt_outcomes import SUBMITTED_AT_ONCE
from tests.support.attempts import RIGHT, Examinee, another_examinee, attempts_at, under_time_limits
from tests.support.builders import NOON, a_principal
from tests.support.worlds import World

WHOLE = PageRequest(limit=100)
DEADLINE = NOON + timedelta(minutes=60)
BO = a_principal(None, Right.GRADE_ATTEMPTS)


@pytest.fixture
def anna(memory: World) -> Examinee:
    return under_time_limits(memory)


def stored(anna: Examinee, attempt: AssessmentAttempt) -> AssessmentAttempt:
    return anna.services.repositories.attempts.get(attempt.id, scope=ALL_TENANTS)


def overdue(memory: World, anna: Examinee, key: str = "quiz") -> AssessmentAttempt:
    """An attempt with right answers that were saved in time."""
    attempt = anna.begins(key)
    if key == "quiz":
        attempt = anna.answers(attempt, **RIGHT)
    memory.clock.go_on(minutes=61)
    return attempt


def test_an_overdue_attempt_is_late_if_its_assessment_was_due_before_its_deadline(
    memory: World,
) -> None:
    ben = under_time_limits(memory, due_at=DEADLINE - timedelta(minutes=1))
    attempt = overdue(memory, ben)

    submitted = ben.services.attempts.get(attempt.id, by=ben.principal)

    assert (submitted.submitted_at, submitted.is_late) == (DEADLINE, True)


LOOKS: dict[str, Callable[[Examinee, AssessmentAttempt], object]] = {
    "the attempt": lambda anna, attempt: anna.services.attempts.get(attempt.id, by=anna.principal),
    "the attempts": lambda anna, attempt: attempts_at(
        anna.services, attempt.assessment_id, by=anna.principal
    ),
    "a new attempt": lambda anna, _: anna.begins(),
    "the grading queue": lambda anna, _: anna.services.grading.queue_of(
        anna.course.slug, WHOLE, by=BO
    ),
    "a grader": lambda anna, attempt: anna.services.grading.get(attempt.id, by=BO),
    "the command": lambda anna, _: anna.services.overdue_attempts.submit_all(by=OPERATOR),
}


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_an_overdue_attempt_is_submitted_at_the_next_look(
    memory: World, anna: Examinee, look: Callable[[Examinee, AssessmentAttempt], object]
) -> None:
    attempt = overdue(memory, anna)

    look(anna, attempt)

    submitted = stored(anna, attempt)
    assert (submitted.status, submitted.score) == (AttemptStatus.GRADED, 4)
    assert (submitted.submitted_at, submitted.is_late) == (DEADLINE, False)
    assert attempt.item_id in anna.progress_on(anna.course).completed_items
    assert anna.types_of(anna.course) == [
        EventType.ENROLLED,
        EventType.ASSESSMENT_SUBMITTED,
        EventType.ASSESSMENT_PASSED,
        EventType.ITEM_COMPLETED,
    ]
    assert [event.recorded_by for event in anna.log_of(anna.course)[1:]] == [None] * 3
    assert anna.services.verifier.verify(by=OPERATOR).is_clean


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_nothing_happens_before_the_time_is_up(
    memory: World, anna: Examinee, look: Callable[[Examinee, AssessmentAttempt], object]
) -> None:
    attempt = anna.begins("project")
    memory.clock.go_on(minutes=60)

    look(anna, attempt)

    assert stored(anna, attempt) == attempt


def test_looking_twice_submits_once(memory: World, anna: Examinee) -> None:
    attempt = overdue(memory, anna)

    for look in LOOKS.values():
        look(anna, attempt)

    assert anna.types_of(anna.course).count(EventType.ASSESSMENT_SUBMITTED) == 1


@pytest.mark.parametrize("act", [Examinee.answers, Examinee.hands_in])
def test_a_late_request_is_refused_and_leaves_the_attempt_submitted(
    memory: World, anna: Examinee, act: Callable[[Examinee, AssessmentAttempt], object]
) -> None:
    attempt = overdue(memory, anna)

    with pytest.raises(TooLate):
        act(anna, attempt)

    assert stored(anna, attempt).is_passed


def test_a_late_request_for_a_voided_attempt_finds_it_closed(memory: World, anna: Examinee) -> None:
    attempt = overdue(memory, anna)
    anna.services.attempts.get(attempt.id, by=anna.principal)
    anna.services.grading.void(attempt.id, reason="Copied.", by=OPERATOR)

    with pytest.raises(AttemptClosed):
        anna.hands_in(attempt)


def test_the_last_attempt_is_scored_even_if_no_other_is_left(memory: World) -> None:
    anna = under_time_limits(memory, attempt_limit=1)
    attempt = overdue(memory, anna)

    with pytest.raises(NoAttemptsLeft):
        anna.begins()

    assert stored(anna, attempt).is_passed


def test_an_overdue_attempt_that_people_score_is_in_their_queue(
    memory: World, anna: Examinee
) -> None:
    attempt = overdue(memory, anna, "project")

    queue = anna.services.grading.queue_of(anna.course.slug, WHOLE, by=BO)

    assert [(item.id, item.status) for item in queue.items] == [
        (attempt.id, AttemptStatus.SUBMITTED)
    ]


def test_an_overdue_attempt_is_graded_without_another_look(memory: World, anna: Examinee) -> None:
    attempt = overdue(memory, anna, "exam")
    marks = (Mark(question_id=anna.question("program").id, score=1),)

    graded = anna.services.grading.grade(attempt.id, marks, by=BO)

    assert (graded.status, graded.submitted_at) == (AttemptStatus.GRADED, DEADLINE)
    assert anna.types_of(anna.course)[1:] == [
        EventType.ASSESSMENT_SUBMITTED,
        EventType.ASSESSMENT_PASSED,
        EventType.ITEM_COMPLETED,
    ]


def test_an_attempt_that_an_earlier_release_let_expire_is_submitted(
    memory: World, anna: Examinee
) -> None:
    attempt = overdue(memory, anna)
    expired = replace(attempt, status=AttemptStatus.EXPIRED)
    memory.repositories.attempts.save(expired, scope=ALL_TENANTS)

    assert anna.services.overdue_attempts.submit_all(by=OPERATOR) == 1

    assert stored(anna, attempt).is_passed


def test_where_late_submissions_are_accepted_an_attempt_stays_open(memory: World) -> None:
    anna = under_time_limits(memory, late=LatePolicy.MARK)
    attempt = overdue(memory, anna)

    assert anna.services.overdue_attempts.submit_all(by=OPERATOR) == 0

    assert stored(anna, attempt) == attempt
    assert anna.hands_in(attempt).is_late


def test_the_deadline_of_a_learner_who_withdrew_counts_on_return(
    memory: World, anna: Examinee
) -> None:
    attempt = anna.answers(anna.begins(), **RIGHT)
    anna.withdraws(anna.course)
    memory.clock.go_on(minutes=61)

    anna.services.overdue_attempts.submit_all(by=OPERATOR)
    withdrawn = anna.progress_on(anna.course)
    back = anna.enrols(anna.course)

    assert (withdrawn.status, withdrawn.completed_items) == (ProgressStatus.WITHDRAWN, ())
    assert back.completed_items == (attempt.item_id,)


def many_overdue(memory: World, anna: Examinee) -> int:
    """Two attempts more than are read at a time."""
    number = SUBMITTED_AT_ONCE + 2
    for _ in range(number):
        another_examinee(memory, anna.course).begins("project")
    memory.clock.go_on(minutes=61)
    return number


def test_all_overdue_attempts_are_submitted_however_many_there_are(
    memory: World, anna: Examinee
) -> None:
    number = many_overdue(memory, anna)

    assert anna.services.overdue_attempts.submit_all(by=OPERATOR) == number
    assert anna.services.overdue_attempts.submit_all(by=OPERATOR) == 0


def test_a_look_at_the_queue_submits_a_limited_number(memory: World, anna: Examinee) -> None:
    number = many_overdue(memory, anna)

    anna.services.grading.queue_of(anna.course.slug, WHOLE, by=BO)

    rest = anna.services.overdue_attempts.submit_all(by=OPERATOR)
    assert rest == number - SUBMITTED_AT_ONCE


def test_attempts_of_organizations_are_submitted_as_well(memory: World) -> None:
    anna = under_time_limits(memory, memory.has_organization())
    attempt = overdue(memory, anna)

    anna.services.overdue_attempts.submit_all(by=OPERATOR)

    assert stored(anna, attempt).is_passed


def test_submitting_all_overdue_attempts_needs_the_right_to_manage_organizations(
    anna: Examinee,
) -> None:
    with pytest.raises(NotPermitted):
        anna.services.overdue_attempts.submit_all(by=BO)
