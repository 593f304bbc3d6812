"""A clock that hurries, to find tests that depend on the speed of the machine. It is a plugin of pytest.

It runs `SPEED` times as fast in the processes of pytest: to a test that lasts a second a minute seems to pass, as it
would on a very busy machine. Where a test stops the clock, it stands still; timeouts are as long as ever.
"""

from datetime import UTC, datetime
from typing import Final

import pytest
import time_machine

SPEED: Final = 60

_usual_time_ns = time_machine.Traveller.time_ns


def pytest_configure() -> None:
    time_machine.Traveller.time_ns = hurried_time_ns  # type: ignore[assignment, method-assign]  # it has no option for it
    time_machine.travel(datetime.now(UTC)).start()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect tests that start processes on their database, because the clocks of these run as usual."""
    others = [item for item in items if "database_url" in getattr(item, "fixturenames", ())]
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if item not in others]


def hurried_time_ns(clock: time_machine.Traveller) -> int:
    """Nanoseconds since the epoch, by this clock."""
    now = _usual_time_ns(clock)
    if not clock._tick:  # noqa: SLF001  # it is not public
        return now
    begin = time_machine.SYSTEM_EPOCH_TIMESTAMP_NS + clock._destination_timestamp_ns  # noqa: SLF001  # likewise
    return begin + SPEED * (now - begin)
