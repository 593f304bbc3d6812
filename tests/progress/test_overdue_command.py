"""The submit_overdue_attempts command."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.domain.access import OPERATOR
from authsvc.kernel.tenancy import ALL_TENANTS
from progress.domain.entities.attempts import AssessmentAttempt, AttemptStatus
from tests.support.attempts import RIGHT, Examinee, under_time_limits
from tests.support.commands import output_of
from tests.support.worlds import World, orm_world

pytestmark = pytest.mark.database

COMMAND = "submit_overdue_attempts"


@pytest.fixture
def school() -> World:
    return orm_world()


@pytest.fixture
def anna(school: World) -> Examinee:
    school.clock.at = datetime.now(UTC) - timedelta(minutes=90)
    return under_time_limits(school)


def stored(anna: Examinee, attempt: AssessmentAttempt) -> AssessmentAttempt:
    return anna.services.repositories.attempts.get(attempt.id, scope=ALL_TENANTS)


def test_overdue_attempts_are_submitted_at_their_deadline(anna: Examinee) -> None:
    quiz, exam = anna.answers(anna.begins(), **RIGHT), anna.begins("exam")

    assert output_of(COMMAND) == "Submitted: 2 attempts.\n"
    assert output_of(COMMAND) == "Submitted: 0 attempts.\n"

    assert (stored(anna, quiz).submitted_at, stored(anna, quiz).score) == (quiz.expires_at, 4)
    assert stored(anna, exam).status is AttemptStatus.SUBMITTED
    assert quiz.item_id in anna.progress_on(anna.course).completed_items
    assert anna.services.verifier.verify(by=OPERATOR).is_clean


def test_attempts_that_still_run_are_left_alone(school: World, anna: Examinee) -> None:
    school.clock.go_on(minutes=60)
    attempt = anna.begins()

    assert output_of(COMMAND) == "Submitted: 0 attempts.\n"
    assert stored(anna, attempt) == attempt
