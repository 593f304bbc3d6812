"""The clock that shows which tests depend on the speed of the machine."""

from datetime import timedelta

import time_machine

from tests.support.builders import NOON
from tests.support.hurried_clock import SPEED, hurried_time_ns

NOON_NS = int(NOON.timestamp()) * 10**9


def test_it_runs_faster() -> None:
    with time_machine.travel(NOON) as clock:
        before = clock.time_ns() - NOON_NS
        hurried = hurried_time_ns(clock) - NOON_NS
        after = clock.time_ns() - NOON_NS

    assert SPEED * before <= hurried <= SPEED * after


def test_where_it_is_stopped_it_stands_still() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        clock.shift(timedelta(seconds=1))

        assert hurried_time_ns(clock) == NOON_NS + 10**9
