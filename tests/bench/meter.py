"""Processor time of a server and its children."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import psutil


@dataclass
class Meter:
    """Seconds of processor time between the beginning and the end of a block."""

    seconds: float = 0.0


@contextmanager
def metered(pid: int) -> Iterator[Meter]:
    """Measure the process *pid* and all its children, except those that end in the meantime."""
    meter, before = Meter(), _used(pid)
    yield meter
    after = _used(pid)
    meter.seconds = sum(used - before.get(child, 0.0) for child, used in after.items())


def _used(pid: int) -> dict[int, float]:
    root = psutil.Process(pid)
    used: dict[int, float] = {}
    for process in [root, *root.children(recursive=True)]:
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            used[process.pid] = times.user + times.system
    return used
