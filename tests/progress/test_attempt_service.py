"""AttemptService: starting, saving and submitting attempts."""

from datetime import timedelta
from uuid import uuid4

import pytest

from accounts.domain.access import OPERATOR
from authsvc.kernel.metrics import ATTEMPTS_STARTED, ATTEMPTS_SUBMITTED
from courses.domain.entities.assessments import Answer, QuestionId
from courses.domain.errors import QuestionNotFound, UnsuitableAnswer
from progress.domain.entities.attempts import AttemptStatus
from progress.domain.entities.events import EventType
from progress.domain.errors import (
    AssessmentRequired,
    AttemptClosed,
    AttemptRunning,
    NoAttemptsLeft,
    TooLate,
)
from tests.support.attempts import (
    RIGHT,
    Examinee,
    an_examinee,
    under_time_limits,
)
from tests.support.blocks import failed_block
from tests.support.builders import NOON
from tests.support.worlds import World

WRONG = {"slips": Answer(choices=frozenset({"bowline"})), "length": Answer(text="7")}


@pytest.fixture
def anna(memory: World) -> Examinee:
    return an_examinee(memory)


def types_in(anna: Examinee) -> list[EventType]:
    return [event.fact.type for event in anna.log_of(anna.course)]


def test_an_attempt_begins_on_the_version_that_the_learner_is_on(anna: Examinee) -> None:
    attempt = anna.begins("exam")

    assert (attempt.number, attempt.course_version) == (1, 1)
    assert (attempt.status, attempt.started_at) == (AttemptStatus.STARTED, NOON)
    assert attempt.expires_at == NOON + timedelta(minutes=60)
    assert (attempt.max_score, attempt.pass_score) == (1, 1)
    assert attempt.is_passed is None
    assert anna.services.attempts.get(attempt.id, by=anna.principal) == attempt


def test_right_answers_pass_and_complete_the_item(anna: Examinee) -> None:
    attempt = anna.takes(**RIGHT)

    assert (attempt.status, attempt.score, attempt.is_passed) == (AttemptStatus.GRADED, 4, True)
    assert attempt.grade is not None
    assert attempt.grade.graded_by is None
    assert types_in(anna) == [
        EventType.ENROLLED,
        EventType.ASSESSMENT_SUBMITTED,
        EventType.ASSESSMENT_PASSED,
        EventType.ITEM_COMPLETED,
    ]
    assert attempt.item_id in anna.progress_on(anna.course).completed_items


def test_wrong_answers_fail_and_complete_nothing(anna: Examinee) -> None:
    attempt = anna.takes(**WRONG)

    assert (attempt.score, attempt.is_passed) == (0, False)
    assert types_in(anna)[-1] is EventType.ASSESSMENT_FAILED
    assert anna.progress_on(anna.course).completed_items == ()


def test_what_is_recorded_says_score_and_version(anna: Examinee) -> None:
    attempt = anna.takes(**RIGHT)

    _, submitted, passed, _ = anna.log_of(anna.course)
    of_it = {
        "assessment_id": str(attempt.assessment_id),
        "assessment_version": 1,
        "sha256": attempt.content_hash,
    }
    assert (submitted.fact.entity_id, submitted.fact.payload) == (attempt.id, of_it)
    assert passed.fact.payload == of_it | {"score": 4, "max_score": 4}


def test_passing_again_completes_nothing_again(anna: Examinee) -> None:
    anna.takes(**RIGHT)

    anna.takes(**RIGHT)

    assert types_in(anna).count(EventType.ITEM_COMPLETED) == 1


def test_the_last_answer_to_a_question_counts(anna: Examinee) -> None:
    attempt = anna.begins()
    anna.answers(attempt, **RIGHT)
    anna.answers(attempt, king=Answer(text="The sheet bend"))

    assert anna.hands_in(attempt).score == 3


def test_an_item_with_an_assessment_is_not_completed_by_hand(anna: Examinee) -> None:
    quiz = anna.takes(**WRONG)

    with pytest.raises(AssessmentRequired) as error:
        anna.completes(anna.course, quiz.item_id)
    anna.takes(**RIGHT)
    again = anna.completes(anna.course, quiz.item_id)

    assert error.value.facts == {"assessment_id": quiz.assessment_id}
    assert quiz.item_id in again.completed_items


def test_one_attempt_runs_at_a_time(anna: Examinee) -> None:
    first = anna.begins()

    with pytest.raises(AttemptRunning):
        anna.begins()

    anna.hands_in(first)
    assert anna.begins().number == 2


def test_attempts_are_limited_and_what_is_void_does_not_count(anna: Examinee) -> None:
    tried = [anna.takes(**WRONG) for _ in range(3)]

    with pytest.raises(NoAttemptsLeft) as error:
        anna.begins()
    anna.services.grading.void(tried[1].id, reason="The light went out.", by=OPERATOR)
    fourth = anna.begins()

    assert error.value.facts == {"attempt_limit": 3}
    assert fourth.number == 4


def test_without_a_limit_one_tries_as_often_as_one_likes(anna: Examinee) -> None:
    numbers = [anna.takes("exam").number for _ in range(5)]

    assert numbers == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("act", ["answers", "hands_in"])
def test_what_is_handed_in_takes_nothing_more(anna: Examinee, act: str) -> None:
    attempt = anna.takes("exam")

    with pytest.raises(AttemptClosed) as error:
        getattr(anna, act)(attempt)

    assert error.value.facts == {"status": "submitted"}


def test_what_comes_late_is_marked_if_the_assessment_says_so(memory: World, anna: Examinee) -> None:
    attempt = anna.begins("exam")
    memory.clock.go_on(minutes=60, seconds=1)

    anna.answers(attempt, program=Answer(text="tie()"))
    late = anna.hands_in(attempt)

    assert (late.is_late, late.status) == (True, AttemptStatus.SUBMITTED)


@pytest.mark.parametrize(("minutes", "is_late"), [(30, False), (31, True)])
def test_what_is_submitted_after_it_is_due_is_accepted_and_late(
    memory: World, minutes: int, *, is_late: bool
) -> None:
    ben = under_time_limits(memory, due_at=memory.clock.now() + timedelta(minutes=30))
    attempt = ben.begins()
    memory.clock.go_on(minutes=minutes)

    submitted = ben.hands_in(attempt)

    assert (submitted.status, submitted.is_late) == (AttemptStatus.GRADED, is_late)


def test_what_comes_in_time_is_not_late(memory: World, anna: Examinee) -> None:
    attempt = anna.begins("exam")
    memory.clock.go_on(minutes=60)

    assert not anna.hands_in(attempt).is_late


@pytest.mark.parametrize("act", ["answers", "hands_in"])
def test_what_comes_late_is_refused_otherwise(memory: World, act: str) -> None:
    ben = under_time_limits(memory)
    attempt = ben.begins("exam")
    memory.clock.go_on(minutes=61)

    for _ in range(2):
        with pytest.raises(TooLate):
            getattr(ben, act)(attempt)

    assert ben.services.attempts.get(attempt.id, by=ben.principal).responses == ()


def test_an_attempt_that_ran_out_of_time_does_not_block_the_next_one(memory: World) -> None:
    ben = under_time_limits(memory, attempt_limit=2)
    first = ben.begins("exam")
    memory.clock.go_on(minutes=61)

    assert ben.begins("exam").number == 2

    over = ben.services.attempts.get(first.id, by=ben.principal)
    assert (over.status, over.submitted_at) == (AttemptStatus.SUBMITTED, first.expires_at)
    with pytest.raises(TooLate):
        ben.hands_in(first)


def test_what_ran_out_of_time_counts(memory: World) -> None:
    ben = under_time_limits(memory, attempt_limit=1)
    ben.begins("exam")
    memory.clock.go_on(minutes=61)

    with pytest.raises(NoAttemptsLeft):
        ben.begins("exam")


def test_what_may_be_late_goes_on(memory: World, anna: Examinee) -> None:
    anna.begins("exam")
    memory.clock.go_on(minutes=61)

    with pytest.raises(AttemptRunning):
        anna.begins("exam")


def test_an_answer_that_does_not_fit_changes_nothing(anna: Examinee) -> None:
    attempt = anna.begins()

    with pytest.raises(UnsuitableAnswer):
        anna.answers(attempt, king=Answer(text="The bowline"), slips=Answer(text="noose"))

    assert anna.services.attempts.get(attempt.id, by=anna.principal).responses == ()


def test_an_answer_to_an_unknown_question_is_refused(anna: Examinee) -> None:
    attempt = anna.begins()

    with pytest.raises(QuestionNotFound):
        anna.services.attempts.save(
            attempt.id, {QuestionId(uuid4()): Answer(text="?")}, by=anna.principal
        )


def test_attempts_are_counted_once_they_are_stored(memory: World) -> None:
    anna = an_examinee(memory)

    with failed_block(memory.unit_of_work):
        anna.takes()
    assert memory.metrics.counts == {}
    anna.takes()

    assert memory.metrics.counts == {(ATTEMPTS_STARTED,): 1, (ATTEMPTS_SUBMITTED,): 1}
