"""Announcement of due jobs to the broker: retries, delayed ones, and those whose message or worker was lost."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from authsvc.jobs.entities import Queue
from authsvc.jobs.ports import Broker
from authsvc.jobs.repositories.protocols import JobRepository
from authsvc.kernel.clock import Clock

BATCH_SIZE: Final = 200
MOST_WAITING: Final = 100
"""With more messages, workers have enough to do: further ones would only double those."""
GRACE: Final = timedelta(seconds=1)
"""How long a job is due before it is announced: in that time, most were begun after their first announcement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DueJobs:
    jobs: JobRepository
    broker: Broker
    clock: Clock

    def announce(self) -> None:
        """Announce a batch of jobs of each queue, unless enough messages wait. Costs two statements if none is due."""
        at = self.clock.now() - GRACE
        for queue in Queue:
            if self._is_due(queue, at) and self.broker.waiting(queue) < MOST_WAITING:
                self.broker.announce(self.jobs.due(queue, at=at, limit=BATCH_SIZE))

    def _is_due(self, queue: Queue, at: datetime) -> bool:
        due_at = self.jobs.next_due(queue)
        return due_at is not None and due_at <= at
