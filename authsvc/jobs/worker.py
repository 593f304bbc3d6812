"""Threads that run jobs as they become due, in a server process or in one of their own, and that keep leases."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from multiprocessing.util import Finalize
from threading import Condition, Event, Thread
from time import monotonic
from typing import Final

import structlog

from authsvc.jobs.entities import Job, JobId, JobRequest, Queue
from authsvc.jobs.services.engine import JobEngine

LONGEST_SLEEP_SECONDS: Final = 1.0
"""How often the threads of a queue, together, look for jobs of which they were not told."""
PAUSE_AFTER_ERROR_SECONDS: Final = 5.0
STOP_SECONDS: Final = 20.0

log: Final = structlog.get_logger(__name__)


@dataclass(slots=True)
class WakeUp:
    """A carrier inside the process: it calls for one thread of a queue at a time."""

    _condition: Condition = field(default_factory=Condition)
    _called: set[Queue] = field(default_factory=lambda: set(Queue))
    _looks_at: dict[Queue, float] = field(default_factory=dict)

    def announce(self, jobs: Sequence[Job]) -> None:
        for queue in {job.queue for job in jobs}:
            self.call(queue)

    def call(self, queue: Queue) -> None:
        with self._condition:
            self._called.add(queue)
            self._condition.notify_all()

    def wait(self, queue: Queue, *, seconds: float) -> None:
        """Wait for a call, but not longer than that."""
        with self._condition:
            self._condition.wait_for(lambda: queue in self._called, timeout=seconds)

    def answers(self, queue: Queue) -> bool:
        """Whether this thread is the one to look for jobs: because of a call, or because it was some time ago."""
        now = monotonic()
        with self._condition:
            if queue not in self._called and now < self._looks_at.get(queue, 0):
                return False
            self._called.discard(queue)
            self._looks_at[queue] = now + LONGEST_SLEEP_SECONDS
            return True


@dataclass(frozen=True, slots=True)
class LeaseThreads:
    """A lease keeper with a thread for each block. `release` gives up what the thread holds when it ends."""

    release: Callable[[], None]

    @contextmanager
    def keeping(self, extend: Callable[[], bool], *, every: timedelta) -> Iterator[None]:
        ended = Event()
        thread = Thread(
            target=self._extend,
            args=(extend, every.total_seconds(), ended),
            name="lease",
            daemon=True,
        )
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def _extend(self, extend: Callable[[], bool], seconds: float, ended: Event) -> None:
        goes_on = True
        while goes_on and not ended.wait(seconds):
            try:
                goes_on = extend()
            except Exception as error:  # noqa: BLE001  # of whatever kind: the store may be back before the lease ends
                log.warning("a lease could not be extended", error=type(error).__name__)
        self.release()


@dataclass(slots=True, kw_only=True)
class Worker:
    """Threads that run the jobs of each queue. `release` gives up what a thread need not hold while it waits."""

    engine: JobEngine
    wake_up: WakeUp
    threads: dict[Queue, int]
    periodic: Iterable[JobRequest]
    release: Callable[[], None]
    _is_stopping: bool = False
    _has_periodic: bool = False
    _running: list[Thread] = field(default_factory=list)
    _claimed: dict[Queue, deque[Job]] = field(default_factory=lambda: {q: deque() for q in Queue})
    _begun: dict[JobId, Job] = field(default_factory=dict)

    def start(self) -> None:
        """Start the threads. They stop when the process ends in an orderly way."""
        for queue, number in self.threads.items():
            for place in range(number):
                name = f"jobs-{queue}-{place + 1}"
                thread = Thread(target=self._work, args=(queue,), name=name, daemon=True)
                self._running.append(thread)
                thread.start()
        # Not atexit: Granian's workers are children of multiprocessing, which runs only its own finalizers.
        Finalize(None, self.stop, exitpriority=1)

    def stop(self, *, seconds: float = STOP_SECONDS) -> None:
        """Begin no further job, and wait for those that are running; they have so long. Hand all others back."""
        if self._is_stopping:
            return
        self._is_stopping = True
        try:
            for queue in self.threads:
                self.engine.hand_back(_drained(self._claimed[queue]))
                self.wake_up.call(queue)
            deadline = monotonic() + seconds
            for thread in self._running:
                thread.join(max(0.0, deadline - monotonic()))
            # A thread may have been claiming when the others were handed back.
            for queue in self.threads:
                self.engine.hand_back(_drained(self._claimed[queue]))
            self.engine.hand_back(list(self._begun.values()))
        except Exception:
            log.exception("a worker could not hand back its jobs")

    def run_once(self, *, is_stopping: Callable[[], bool]) -> int:
        """Run the jobs that are due, and those that they enqueue, in this thread; return how many."""
        self.engine.ensure_periodic(self.periodic)
        number = 0
        while not is_stopping():
            batch = sum(
                self.engine.run_due(queue, is_stopping=is_stopping) for queue in self.threads
            )
            if not batch:
                break
            number += batch
        return number

    def is_stopping(self) -> bool:
        return self._is_stopping

    def _work(self, queue: Queue) -> None:
        while not self._is_stopping:
            pause = LONGEST_SLEEP_SECONDS
            try:
                if self._runs_one(queue):
                    continue
            except Exception:
                # The store may be away for a while. A worker that ended would be missed when it is back.
                log.exception("a worker cannot reach its jobs", queue=str(queue))
                pause = PAUSE_AFTER_ERROR_SECONDS
            finally:
                self.release()
            self.wake_up.wait(queue, seconds=pause)

    def _runs_one(self, queue: Queue) -> bool:
        """Attempt a job; return whether there was one."""
        job = self._next(queue)
        if job is None:
            return False
        self._begun[job.id] = job
        try:
            self.engine.attempt(job, is_stopping=self.is_stopping)
        finally:
            del self._begun[job.id]
        return True

    def _next(self, queue: Queue) -> Job | None:
        """A job that was claimed by a thread of the queue, if need be by this one now."""
        claimed = self._claimed[queue]
        if not claimed and self.wake_up.answers(queue):
            if not self._has_periodic:
                self.engine.ensure_periodic(self.periodic)
                self._has_periodic = True
            jobs = self.engine.claim(queue)
            claimed.extend(jobs)
            if jobs:
                self.wake_up.call(queue)
        return next(_drained(claimed), None)


def _drained(jobs: deque[Job]) -> Iterator[Job]:
    """The jobs, each taken by one thread alone."""
    while True:
        try:
            yield jobs.popleft()
        except IndexError:
            return
