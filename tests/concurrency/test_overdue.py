"""Races at the deadline of an attempt, and around a withdrawal."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Final
from uuid import uuid4

import pytest

from accounts.domain.access import OPERATOR
from authsvc.kernel.paging import PageRequest
from authsvc.kernel.tenancy import ALL_TENANTS
from progress.domain.entities.attempts import AssessmentAttempt
from progress.domain.entities.events import EventType
from tests.concurrency.test_organizations import DONE
from tests.concurrency.test_organizations import at_once as anywhere_at_once
from tests.support.attempts import RIGHT, Examinee, another_examinee, under_time_limits
from tests.support.databases import connected_to
from tests.support.worlds import World

pytestmark = pytest.mark.postgres

AtOnce = Callable[..., Counter[str]]

ROUNDS: Final = 4
SUBMITTED_ONCE: Final = [
    EventType.ENROLLED,
    EventType.ASSESSMENT_SUBMITTED,
    EventType.ASSESSMENT_PASSED,
    EventType.ITEM_COMPLETED,
]


@pytest.fixture
def at_once(database_url: str) -> AtOnce:
    """Runs acts simultaneously in that database and returns their outcomes."""

    def there(act: Callable[[], object]) -> object:
        with connected_to(database_url):
            return act()

    return lambda *acts: anywhere_at_once(*[partial(there, act) for act in acts])


@pytest.fixture
def timed(town: World) -> Examinee:
    return under_time_limits(town, slug=f"race-{uuid4().hex}")


def learners(town: World, timed: Examinee) -> list[tuple[Examinee, AssessmentAttempt]]:
    """Learners with a quiz that is answered and not submitted."""
    examinees = [another_examinee(town, timed.course) for _ in range(ROUNDS)]
    return [(anna, anna.answers(anna.begins(), **RIGHT)) for anna in examinees]


def test_the_command_late_requests_and_looks_submit_an_attempt_once(
    town: World, timed: Examinee, at_once: AtOnce
) -> None:
    attempts = learners(town, timed)
    town.clock.go_on(minutes=61)

    for anna, attempt in attempts:
        services = anna.services
        outcomes = at_once(
            partial(services.overdue_attempts.submit_all, by=OPERATOR),
            partial(services.overdue_attempts.submit_all, by=OPERATOR),
            partial(anna.hands_in, attempt),
            partial(anna.answers, attempt, **RIGHT),
            partial(services.attempts.get, attempt.id, by=anna.principal),
            partial(services.grading.queue_of, anna.course.slug, PageRequest(limit=9), by=OPERATOR),
        )

        assert outcomes == {DONE: 4, "too-late": 2}
        assert anna.types_of(anna.course) == SUBMITTED_ONCE
        stored = services.repositories.attempts.get(attempt.id, scope=ALL_TENANTS)
        assert (stored.submitted_at, stored.score) == (attempt.expires_at, 4)
    assert town.services.verifier.verify(by=OPERATOR).is_clean


def test_a_submission_and_a_withdrawal_at_once_lose_nothing(
    town: World, timed: Examinee, at_once: AtOnce
) -> None:
    totals: Counter[str] = Counter()
    for anna, attempt in learners(town, timed):
        outcomes = at_once(partial(anna.hands_in, attempt), partial(anna.withdraws, anna.course))

        totals.update(outcomes)
        assert set(outcomes) <= {DONE, "enrolment-ended"}
        anna.enrols(anna.course)
        if outcomes["enrolment-ended"]:
            anna.hands_in(attempt)
        assert anna.progress_on(anna.course).completed_items == (attempt.item_id,)
        assert anna.types_of(anna.course).count(EventType.ITEM_COMPLETED) == 1
    assert totals[DONE] >= ROUNDS
    assert town.services.log_verifier.compare(by=OPERATOR).is_clean


def test_a_voiding_and_a_return_at_once_complete_nothing(
    town: World, timed: Examinee, at_once: AtOnce
) -> None:
    for anna, attempt in learners(town, timed):
        submitted = anna.hands_in(attempt)
        void = partial(town.services.grading.void, submitted.id, reason="Copied.", by=OPERATOR)
        anna.withdraws(anna.course)

        outcomes = at_once(void, partial(anna.enrols, anna.course))

        assert outcomes == {DONE: 2}
        assert anna.progress_on(anna.course).completed_items == ()
    assert town.services.log_verifier.compare(by=OPERATOR).is_clean
    assert town.services.verifier.verify(by=OPERATOR).is_clean
