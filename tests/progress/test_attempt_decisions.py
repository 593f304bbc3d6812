"""AttemptDecisions: reopening submissions and extending deadlines."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from accounts.domain.access import OPERATOR, NotPermitted
from accounts.domain.audit.entities import AuditAction
from accounts.domain.organizations.errors import OrganizationSuspended
from authsvc.kernel.errors import DomainError
from authsvc.kernel.tenancy import ALL_TENANTS
from authsvc.kernel.verification import FindingKind
from courses.domain.entities.assessments import Answer
from progress.domain.entities.attempts import AssessmentAttempt, AttemptStatus
from progress.domain.entities.events import EventType
from progress.domain.entities.grades import Mark
from progress.domain.errors import (
    AttemptClosed,
    AttemptNotReopenable,
    AttemptRunning,
    DeadlineNotLater,
    NoTimeLimit,
    TooLate,
)
from tests.support.attempts import Examinee, an_examinee, under_time_limits
from tests.support.organizations import acts_in, closed
from tests.support.worlds import World

PICTURE = Answer(url="https://school.example/bowline.jpg")
HOUR = timedelta(hours=1)


@pytest.fixture
def anna(memory: World) -> Examinee:
    return under_time_limits(memory)


def test_a_reopened_submission_is_continued_with_its_answers_and_submitted_again(
    memory: World, anna: Examinee
) -> None:
    attempt = anna.takes("project", picture=PICTURE)

    reopened = memory.services.attempt_decisions.reopen(
        attempt.id, reason="Wrong file.", by=OPERATOR
    )
    anna.answers(reopened, feedback=Answer(text="Less rope."))
    again = anna.hands_in(reopened)

    assert (reopened.status, reopened.submitted_at) == (AttemptStatus.STARTED, None)
    assert reopened.expires_at == attempt.expires_at
    assert len(again.responses) == 2
    assert anna.types_of(anna.course)[-3:] == [
        EventType.ASSESSMENT_SUBMITTED,
        EventType.ASSESSMENT_REOPENED,
        EventType.ASSESSMENT_SUBMITTED,
    ]
    assert memory.services.verifier.verify(by=OPERATOR).is_clean


def test_an_attempt_that_ran_out_is_reopened_with_a_new_deadline(
    memory: World, anna: Examinee
) -> None:
    attempt = anna.begins("project")
    memory.clock.go_on(hours=2)
    decisions, until = memory.services.attempt_decisions, memory.clock.at + HOUR

    with pytest.raises(DeadlineNotLater):
        decisions.reopen(attempt.id, reason="A power cut.", by=OPERATOR)
    reopened = decisions.reopen(attempt.id, until=until, reason="A power cut.", by=OPERATOR)

    assert (reopened.status, reopened.expires_at) == (AttemptStatus.STARTED, until)
    assert anna.answers(reopened, picture=PICTURE).responses
    assert memory.services.verifier.verify(by=OPERATOR).is_clean


def test_an_extended_attempt_takes_answers_until_its_new_deadline(
    memory: World, anna: Examinee
) -> None:
    attempt = anna.begins("project")
    assert attempt.expires_at is not None
    until = attempt.expires_at + HOUR

    memory.services.attempt_decisions.extend(
        attempt.id, until=until, reason="A power cut.", by=OPERATOR
    )
    memory.clock.at = until - timedelta(seconds=1)
    anna.answers(attempt, picture=PICTURE)
    memory.clock.go_on(seconds=2)

    with pytest.raises(TooLate):
        anna.answers(attempt, picture=PICTURE)
    assert memory.services.verifier.verify(by=OPERATOR).is_clean


def test_decisions_are_audited_with_their_reason_and_both_deadlines(
    memory: World, anna: Examinee
) -> None:
    attempt = anna.begins("project")
    assert attempt.expires_at is not None
    until = attempt.expires_at + HOUR

    extended = memory.services.attempt_decisions.extend(
        attempt.id, until=until, reason="A power cut.", by=OPERATOR
    )

    entry = acts_in(memory.services, None)[-1]
    assert (entry.action, entry.reason) == (AuditAction.ATTEMPT_EXTENDED, "A power cut.")
    assert entry.before["expires_at"] == attempt.deadline_text
    assert entry.after["expires_at"] == extended.deadline_text


def reopen(anna: Examinee, attempt: AssessmentAttempt) -> None:
    anna.services.attempt_decisions.reopen(attempt.id, reason="Wrong file.", by=OPERATOR)


def extend(anna: Examinee, attempt: AssessmentAttempt) -> None:
    until = (attempt.expires_at or attempt.started_at) + HOUR
    anna.services.attempt_decisions.extend(
        attempt.id, until=until, reason="A power cut.", by=OPERATOR
    )


def graded(anna: Examinee) -> AssessmentAttempt:
    attempt = anna.takes("project", picture=PICTURE)
    marks = tuple(
        Mark(question_id=question.id, score=0) for question in anna.assessment("project").questions
    )
    return anna.services.grading.grade(attempt.id, marks, by=OPERATOR)


def submitted_while_another_runs(anna: Examinee) -> AssessmentAttempt:
    attempt = anna.takes("project", picture=PICTURE)
    anna.begins("project")
    return attempt


@pytest.mark.parametrize(
    ("situation", "act", "error"),
    [
        (lambda anna: anna.begins("project"), reopen, AttemptNotReopenable),
        (graded, reopen, AttemptNotReopenable),
        (submitted_while_another_runs, reopen, AttemptRunning),
        (lambda anna: anna.takes("project"), extend, AttemptClosed),
    ],
)
def test_decisions_that_do_not_suit_an_attempt_are_refused(
    memory: World,
    anna: Examinee,
    situation: Callable[[Examinee], AssessmentAttempt],
    act: Callable[[Examinee, AssessmentAttempt], None],
    error: type[DomainError],
) -> None:
    attempt = situation(anna)
    before = anna.types_of(anna.course)

    with pytest.raises(error):
        act(anna, attempt)

    assert anna.types_of(anna.course) == before
    stored = memory.repositories.attempts.get(attempt.id, scope=ALL_TENANTS)
    assert stored == attempt


def test_without_a_time_limit_there_is_no_deadline_to_move(memory: World) -> None:
    anna = an_examinee(memory)
    attempt = anna.begins("project")

    with pytest.raises(NoTimeLimit):
        extend(anna, attempt)


@pytest.mark.parametrize("hours", [-1, 0])
def test_a_deadline_only_moves_later(memory: World, anna: Examinee, hours: int) -> None:
    attempt = anna.begins("project")
    assert attempt.expires_at is not None
    until = attempt.expires_at + timedelta(hours=hours)

    with pytest.raises(DeadlineNotLater):
        memory.services.attempt_decisions.extend(
            attempt.id, until=until, reason="A power cut.", by=OPERATOR
        )


def test_learners_decide_nothing(memory: World, anna: Examinee) -> None:
    attempt = anna.takes("project", picture=PICTURE)

    with pytest.raises(NotPermitted):
        memory.services.attempt_decisions.reopen(attempt.id, reason="Mine.", by=anna.principal)


def test_nothing_is_decided_in_a_suspended_organization(memory: World) -> None:
    school = memory.has_organization()
    anna = under_time_limits(memory, school)
    attempt = anna.takes("project", picture=PICTURE)
    closed(memory.services, school)

    with pytest.raises(OrganizationSuspended):
        memory.services.attempt_decisions.reopen(attempt.id, reason="Wrong file.", by=OPERATOR)


@pytest.mark.parametrize(
    "forged",
    [
        lambda attempt: replace(attempt, expires_at=attempt.expires_at + HOUR),
        lambda attempt: replace(attempt, status=AttemptStatus.SUBMITTED),
    ],
)
def test_a_changed_row_is_found_after_a_decision(
    memory: World,
    anna: Examinee,
    forged: Callable[[AssessmentAttempt], AssessmentAttempt],
) -> None:
    attempt = anna.takes("project", picture=PICTURE)
    reopened = memory.services.attempt_decisions.reopen(
        attempt.id, reason="Wrong file.", by=OPERATOR
    )
    memory.repositories.attempts.save(forged(reopened), scope=ALL_TENANTS)

    report = memory.services.verifier.verify(by=OPERATOR)

    kinds = [finding.kind for result in report.results for finding in result.findings]
    assert kinds == [FindingKind.CHANGED]
