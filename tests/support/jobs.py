"""Jobs in tests: requests, stored jobs, engines with handlers of a test, and running whatever is due."""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime
from time import sleep
from typing import Any, Final
from uuid import uuid4

from authsvc.composition.container import Services
from authsvc.jobs.entities import Job, JobId, JobRequest, Queue
from authsvc.jobs.ports import Handler, JobKind
from authsvc.jobs.services.engine import JobEngine
from authsvc.jobs.services.job_queue import JobQueue
from tests.support.builders import NOON
from tests.support.patience import PATIENCE
from tests.support.worlds import World

_WAITING_MAIL: Final = "SELECT COUNT(*) FROM jobs_job WHERE kind = 'mail' AND due_at IS NOT NULL"
Result = Mapping[str, Any] | None


def a_job(*, at: datetime = NOON, **parts: Any) -> Job:
    """A job that was requested at that time; `parts` are those of the request."""
    request = JobRequest(**{"kind": "mail", **parts})
    return Job.requested(JobId(uuid4()), request, at=at)


@dataclass
class Carried:
    """A carrier that only remembers what was announced."""

    jobs: list[Job] = field(default_factory=list)

    def announce(self, jobs: Sequence[Job]) -> None:
        self.jobs.extend(jobs)


def engine_with(world: World, run: Handler, **options: Any) -> JobEngine:
    """The engine of the world, with one kind of jobs, `test`, whose work is done by *run*."""
    kind = JobKind(name="test", run=run, **options)
    return replace(world.services.job_engine, kinds={"test": kind})


def quiet_queue(world: World) -> JobQueue:
    """The queue of the world, of whose jobs no worker is told."""
    return replace(world.services.job_queue, carrier=Carried())


def enqueue(world: World, **parts: Any) -> JobId:
    (job_id,) = quiet_queue(world).enqueue(JobRequest(**{"kind": "test", **parts}))
    return job_id


def stored(world: World, job_id: JobId) -> Job:
    job = world.repositories.jobs.find(job_id)
    assert job is not None
    return job


def work_off(services: Services) -> None:
    """Run all jobs that are due, and those that these enqueue."""
    while any(services.job_engine.run_due(queue) for queue in Queue):
        pass


def wait_for_mail(database_url: str) -> None:
    """Wait until the worker of a server on this SQLite database has run all jobs that send mail."""
    database = sqlite3.connect(database_url.removeprefix("sqlite:///"), timeout=PATIENCE)
    with closing(database):
        while database.execute(_WAITING_MAIL).fetchone() != (0,):
            sleep(0.02)
