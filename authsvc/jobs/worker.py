"""Worker: threads that run jobs as they become due, in a server process or in a process of their own."""

import atexit
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from threading import Condition, Thread
from time import monotonic
from typing import Final

import structlog

from authsvc.jobs.entities import Job, JobRequest, Queue
from authsvc.jobs.services.engine import JobEngine

LONGEST_SLEEP_SECONDS: Final = 1.0
"""How often a worker looks for jobs of which it was not told."""
PAUSE_AFTER_ERROR_SECONDS: Final = 5.0

log: Final = structlog.get_logger(__name__)


@dataclass(slots=True)
class WakeUp:
    """A carrier inside the process: it wakes the worker's threads."""

    _condition: Condition = field(default_factory=Condition)
    _number: int = 0

    def announce(self, jobs: Sequence[Job]) -> None:
        if jobs:
            self.wake()

    def wake(self) -> None:
        with self._condition:
            self._number += 1
            self._condition.notify_all()

    @property
    def number(self) -> int:
        """How many times threads were woken."""
        return self._number

    def wait(self, number: int, *, seconds: float) -> None:
        """Wait until threads were woken more than so many times, but not longer than that."""
        with self._condition:
            self._condition.wait_for(lambda: self._number > number, timeout=seconds)


@dataclass(slots=True, kw_only=True)
class Worker:
    """Threads that run the jobs of each queue. `release` gives up what a thread need not hold while it waits."""

    engine: JobEngine
    wake_up: WakeUp
    threads: dict[Queue, int]
    periodic: Iterable[JobRequest]
    release: Callable[[], None]
    _is_stopping: bool = False
    _running: list[Thread] = field(default_factory=list)

    def start(self) -> None:
        """Start the threads. They stop when the process ends in an orderly way."""
        for queue, number in self.threads.items():
            for place in range(number):
                name = f"jobs-{queue}-{place + 1}"
                thread = Thread(target=self._work, args=(queue,), name=name, daemon=True)
                self._running.append(thread)
                thread.start()
        atexit.register(self.stop)

    def stop(self, *, seconds: float = 20.0) -> None:
        """Begin no further job, and wait for those that are running; they have so long."""
        self._is_stopping = True
        self.wake_up.wake()
        deadline = monotonic() + seconds
        for thread in self._running:
            thread.join(max(0.0, deadline - monotonic()))

    def is_stopping(self) -> bool:
        return self._is_stopping

    def _work(self, queue: Queue) -> None:
        has_periodic = False
        while not self._is_stopping:
            number, pause = self.wake_up.number, LONGEST_SLEEP_SECONDS
            try:
                if not has_periodic:
                    self.engine.ensure_periodic(self.periodic)
                    has_periodic = True
                if self.engine.run_due(queue, is_stopping=self.is_stopping):
                    continue
            except Exception:
                # The store may be away for a while. A worker that ended would be missed when it is back.
                log.exception("a worker cannot reach its jobs", queue=str(queue))
                pause = PAUSE_AFTER_ERROR_SECONDS
            finally:
                self.release()
            self.wake_up.wait(number, seconds=pause)
