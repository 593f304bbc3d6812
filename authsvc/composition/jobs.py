"""Services of background jobs, and the worker that runs them."""

from collections.abc import Mapping
from functools import cached_property
from typing import Final

from django.db import close_old_connections, connections

from authsvc.composition.base import Expiring, Wiring
from authsvc.jobs.entities import JobRequest, Queue
from authsvc.jobs.ports import JobKind
from authsvc.jobs.services.backlogs import JobBacklogs
from authsvc.jobs.services.due_jobs import DueJobs
from authsvc.jobs.services.engine import JobEngine
from authsvc.jobs.services.job_queue import JobQueue
from authsvc.jobs.worker import LeaseThreads, WakeUp, Worker
from authsvc.kernel.lag import LagCheck
from authsvc.kernel.metrics import GaugeSource

THREADS: Final[Mapping[Queue, int]] = {Queue.OUTBOUND: 2, Queue.LONG: 1, Queue.WEBHOOKS: 4}


class JobServices(Wiring):
    @property
    def expiring(self) -> dict[str, Expiring]:
        return super().expiring | {"ended task": self.job_queue}

    @property
    def gauge_sources(self) -> dict[str, GaugeSource]:
        return super().gauge_sources | {"jobs": self.job_backlogs}

    @property
    def lag_checks(self) -> dict[str, LagCheck]:
        return super().lag_checks | {"jobs": self.job_backlogs}

    @property
    def job_kinds(self) -> tuple[JobKind, ...]:
        """The kinds of jobs, with what does their work. Subclasses add theirs."""
        return ()

    @property
    def periodic_jobs(self) -> tuple[JobRequest, ...]:
        """The jobs that run again and again. Subclasses add theirs."""
        return ()

    @cached_property
    def job_backlogs(self) -> JobBacklogs:
        return JobBacklogs(jobs=self.repositories.jobs, clock=self.ports.clock)

    @cached_property
    def wake_up(self) -> WakeUp:
        return WakeUp()

    @cached_property
    def job_queue(self) -> JobQueue:
        return JobQueue(
            jobs=self.repositories.jobs,
            carrier=self.ports.job_carrier or self.ports.broker or self.wake_up,
            tracing=self.ports.tracing,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def job_engine(self) -> JobEngine:
        return JobEngine(
            jobs=self.repositories.jobs,
            kinds={kind.name: kind for kind in self.job_kinds},
            lease_keeper=LeaseThreads(release=connections.close_all),
            tracing=self.ports.tracing,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
            jitter=self.ports.jitter,
        )

    @cached_property
    def due_jobs(self) -> DueJobs | None:
        """Announces due jobs to the broker, if there is one."""
        if self.ports.broker is None:
            return None
        return DueJobs(
            jobs=self.repositories.jobs, broker=self.ports.broker, clock=self.ports.clock
        )

    def worker(self, threads: Mapping[Queue, int] = THREADS) -> Worker:
        """A worker with so many threads for each queue."""
        return Worker(
            engine=self.job_engine,
            wake_up=self.wake_up,
            threads=dict(threads),
            periodic=self.periodic_jobs,
            release=close_old_connections,
        )
