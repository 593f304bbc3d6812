"""Pacing: answers that take the same time whatever they find."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from time import monotonic, sleep


@contextmanager
def at_least(duration: timedelta) -> Iterator[None]:
    """Take at least that long, also when an error is raised, so that timing does not reveal what was done."""
    ends_at = monotonic() + duration.total_seconds()
    try:
        yield
    finally:
        sleep(max(0.0, ends_at - monotonic()))
