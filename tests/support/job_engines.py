"""Both engines, as real processes on a database: workers that can be stopped and killed."""

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from authsvc.composition.container import Services
from authsvc.jobs.broker import BrokerCarrier
from authsvc.jobs.entities import Job, JobId, JobRequest, JobStatus, Queue
from authsvc.jobs.services.job_queue import JobQueue
from tests.support.brokers import BROKERS, RabbitBroker, RedisBroker
from tests.support.job_commands import ENGINES, kill, start_process
from tests.support.job_kinds import FOLDER, lines_of
from tests.support.patience import PATIENCE


@dataclass
class Engine:
    """An engine on a database. `broker` is None for the embedded one; `folder` has the effects of jobs."""

    services: Services
    database_url: str
    folder: Path
    broker: RedisBroker | RabbitBroker | None
    workers: "list[subprocess.Popen[bytes]]" = field(default_factory=list)

    @property
    def queue(self) -> JobQueue:
        """The job queue as the application has it."""
        if self.broker is None:
            return self.services.job_queue
        return replace(self.services.job_queue, carrier=BrokerCarrier.at(self.broker.url))

    def enqueue(self, text: str, *, kind: str = "note", **options: object) -> JobId:
        queue = Queue.LONG if kind == "wait" else Queue.OUTBOUND
        parts = {name: options.pop(name) for name in ("unique_key", "delay") if name in options}
        arguments = {"text": text} | options
        request = JobRequest(kind=kind, queue=queue, arguments=arguments, **parts)  # type: ignore[arg-type]  # as given
        (job_id,) = self.queue.enqueue(request)
        return job_id

    def start_worker(self, *options: str, **environment: str) -> "subprocess.Popen[bytes]":
        command = ENGINES["celery" if self.broker else "embedded"](str(len(self.workers)))
        worker = start_process([*command, *options], self.environment | environment)
        self.workers.append(worker)
        return worker

    @property
    def environment(self) -> dict[str, str]:
        broker = self.broker.url if self.broker else ""
        return {
            "DATABASE_URL": self.database_url,
            "BROKER_URL": broker,
            FOLDER: str(self.folder),
        }

    def job(self, job_id: JobId) -> Job:
        job = self.services.repositories.jobs.find(job_id)
        assert job is not None
        return job

    def wait_until(self, job_id: JobId, status: JobStatus) -> Job:
        until(lambda: self.job(job_id).status is status, lambda: f"is {self.job(job_id)}")
        return self.job(job_id)

    def lines(self, name: str) -> list[str]:
        return lines_of(self.folder, name)

    def times(self, name: str, text: str) -> int:
        return self.lines(name).count(text)


def until(holds: Callable[[], bool], description: Callable[[], str] = str) -> None:
    """Wait until that holds."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, description()
        time.sleep(0.05)


@contextmanager
def running_engine(
    name: str, services: Services, database_url: str, folder: Path
) -> Iterator[Engine]:
    """The engine without workers. Raises NoBroker."""
    broker = None if name == "embedded" else BROKERS[name]()
    engine = Engine(services, database_url, folder, broker)
    try:
        if broker:
            broker.start()
        yield engine
    finally:
        for worker in engine.workers:
            if worker.poll() is None:
                kill(worker)
        if broker:
            broker.remove()
