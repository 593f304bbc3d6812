"""Backlogs of jobs: what operators watch of the queues."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from authsvc.jobs.entities import Queue
from authsvc.jobs.repositories.protocols import JobRepository
from authsvc.kernel.clock import Clock
from authsvc.kernel.metrics import JOBS_DUE, JOBS_FAILED, JOBS_OLDEST_SECONDS, JOBS_RUNNING, Reading

LONGEST_WAIT: Final = timedelta(minutes=5)
"""How long a job may wait until its queue lags."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobBacklogs:
    jobs: JobRepository
    clock: Clock

    def readings(self) -> Iterator[Reading]:
        """Yield the gauges of every queue."""
        now = self.clock.now()
        for backlog in self.jobs.backlogs(at=now):
            labels = (backlog.queue.value,)
            age = now - backlog.oldest_due_at if backlog.oldest_due_at else timedelta()
            yield Reading(JOBS_DUE, backlog.due, labels)
            yield Reading(JOBS_RUNNING, backlog.running, labels)
            yield Reading(JOBS_FAILED, backlog.failed, labels)
            yield Reading(JOBS_OLDEST_SECONDS, age.total_seconds(), labels)

    def lag(self) -> str | None:
        """Return which queue has not been worked off for LONGEST_WAIT, if any."""
        now = self.clock.now()
        for queue in Queue:
            due_at = self.jobs.next_due(queue)
            if due_at is not None and now - due_at > LONGEST_WAIT:
                minutes = (now - due_at) // timedelta(minutes=1)
                return f"Jobs of the queue {queue} have been waiting for {minutes} minutes. Is a worker running?"
        return None
