"""Rate limits and back-off."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from authsvc.kernel.rate_limits import Limit, LimitState, ProcessCounts, TooManyAttempts, doubling
from tests.support.builders import NOON

MINUTE = timedelta(minutes=1)
THREE_A_MINUTE = Limit(name="knots", most=3, period=MINUTE)
BACK_OFF = Limit(name="guess", most=3, period=MINUTE, waits=doubling(until=timedelta(seconds=5)))


def tried(limit: Limit, *seconds: float) -> LimitState:
    """The state after attempts so many seconds after noon."""
    first, *others = (NOON + timedelta(seconds=after) for after in seconds)
    state = LimitState.begun(limit, at=first)
    for at in others:
        state = state.attempted(at=at)
    return state


def allowed(limit: Limit, seconds: Iterable[float]) -> list[float]:
    """The seconds in which an attempt is allowed, if one is made in each."""
    moments = list(seconds)
    return [
        second
        for place, second in enumerate(moments)
        if tried(limit, *moments[: place + 1]).is_allowed
    ]


def test_as_many_attempts_as_the_limit_are_allowed() -> None:
    assert allowed(THREE_A_MINUTE, [0, 0, 0, 0, 0]) == [0, 0, 0]


def test_the_period_begins_with_the_first_attempt() -> None:
    assert allowed(THREE_A_MINUTE, [0, 30, 59, 59.9, 60, 61, 62, 63]) == [0, 30, 59, 60, 61, 62]


def test_a_limit_of_one_is_reached_at_once() -> None:
    once = Limit(name="knots", most=1, period=MINUTE)

    assert allowed(once, [0, 59, 60, 61]) == [0, 60]


def test_what_remains_is_counted_down_to_nothing() -> None:
    left = [tried(THREE_A_MINUTE, *[0] * times).remaining for times in range(1, 6)]

    assert left == [2, 1, 0, 0, 0]


@pytest.mark.parametrize(
    ("second", "wait"), [(0, 60), (1, 59), (59, 1), (59.999, 1), (0.001, 60), (30.5, 30)]
)
def test_a_refused_attempt_says_in_whole_seconds_how_long_to_wait(second: float, wait: int) -> None:
    attempt = tried(THREE_A_MINUTE, 0, 0, 0, second)

    with pytest.raises(TooManyAttempts) as error:
        attempt.require()

    assert error.value.facts == {"retry_after": wait}
    assert attempt.forgotten_in_seconds == wait


def test_an_allowed_attempt_raises_nothing() -> None:
    tried(THREE_A_MINUTE, 0, 0, 0).require()


def test_rejected_attempts_are_counted_until_one_is_allowed() -> None:
    moments = (0, 0, 0, 1, 2, 60)

    refusals = [tried(THREE_A_MINUTE, *moments[:times]).refusals for times in range(1, 7)]

    assert refusals == [0, 0, 0, 1, 2, 0]


def test_waits_double_until_the_longest() -> None:
    waits = doubling(until=timedelta(minutes=15))

    assert [wait.total_seconds() for wait in waits] == [
        1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900,
    ]  # fmt: skip


def test_with_back_off_each_further_attempt_waits_longer() -> None:
    every_tenth = [tenth / 10 for tenth in range(300)]

    assert allowed(BACK_OFF, every_tenth) == [0, 0.1, 0.2, 1.2, 3.2, 7.2, 12.2, 17.2, 22.2, 27.2]


def test_a_refused_attempt_does_not_prolong_the_wait() -> None:
    patient = tried(BACK_OFF, 0, 0, 0)
    impatient = tried(BACK_OFF, 0, 0, 0, 0.2, 0.4, 0.9)

    assert impatient.waits_until == patient.waits_until
    assert impatient.forgotten_at == patient.forgotten_at


def test_a_streak_lasts_until_a_period_after_the_wait() -> None:
    second_wait_is_over_at = 1 + 2

    goes_on = tried(BACK_OFF, 0, 0, 0, 1, second_wait_is_over_at + 59.9)
    begins_anew = tried(BACK_OFF, 0, 0, 0, 1, second_wait_is_over_at + 60)

    assert goes_on.count == 5
    assert begins_anew.count == 1


def test_a_streak_without_waits_lasts_a_period_after_each_attempt() -> None:
    assert tried(BACK_OFF, 0, 59).count == 2
    assert tried(BACK_OFF, 0, 59, 118).count == 3
    assert tried(BACK_OFF, 0, 60).count == 1


def test_the_longest_wait_is_repeated_in_a_long_streak() -> None:
    seconds = [5.0 * number for number in range(100)]

    assert allowed(BACK_OFF, seconds) == seconds


def test_a_clock_that_lags_behind_refuses_nothing() -> None:
    assert tried(THREE_A_MINUTE, 0.002, 0.001, 0).is_allowed
    assert tried(BACK_OFF, 0.002, 0.001, 0).is_allowed


def test_a_refunded_attempt_does_not_count() -> None:
    full = tried(BACK_OFF, 0, 0, 0)

    returned = full.refunded()

    assert (returned.count, returned.remaining) == (2, 1)
    assert returned.attempted(at=NOON).is_allowed


def test_no_more_attempts_are_refunded_than_were_made() -> None:
    assert tried(BACK_OFF, 0).refunded().refunded().count == 0


def test_a_process_counts_each_subject_by_the_same_rule() -> None:
    counts = ProcessCounts()
    seconds = [0, 0, 30, 30, 59, 60, 61]

    states = [
        counts.count("anna", THREE_A_MINUTE, at=NOON + timedelta(seconds=second))
        for second in seconds
    ]

    assert states == [tried(THREE_A_MINUTE, *seconds[: n + 1]) for n in range(len(seconds))]
    assert counts.count("bo", THREE_A_MINUTE, at=NOON).remaining == 2


def test_the_memory_of_a_process_is_bounded() -> None:
    """The subject whose period began first is forgotten."""
    counts = ProcessCounts(most_subjects=3)
    for subject in ["anna", "bo", "cleo", "anna", "dan"]:
        counts.count(subject, THREE_A_MINUTE, at=NOON)

    remaining = {
        subject: counts.count(subject, THREE_A_MINUTE, at=NOON).remaining
        for subject in ["bo", "cleo", "dan", "anna"]
    }

    assert remaining == {"bo": 1, "cleo": 1, "dan": 1, "anna": 2}


def test_a_subject_with_a_new_period_is_not_the_first_to_be_forgotten() -> None:
    counts = ProcessCounts(most_subjects=2)
    counts.count("anna", THREE_A_MINUTE, at=NOON)
    counts.count("bo", THREE_A_MINUTE, at=NOON + timedelta(seconds=30))
    counts.count("anna", THREE_A_MINUTE, at=NOON + MINUTE)
    counts.count("cleo", THREE_A_MINUTE, at=NOON + MINUTE)

    assert counts.count("anna", THREE_A_MINUTE, at=NOON + MINUTE).count == 2


def test_concurrent_requests_are_all_counted() -> None:
    counts, limit = ProcessCounts(), Limit(name="knots", most=10_000, period=MINUTE)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: counts.count("anna", limit, at=NOON), range(4000)))

    assert counts.count("anna", limit, at=NOON).count == 4001
