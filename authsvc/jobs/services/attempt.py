"""Attempt at a job: its progress, its files and its lease."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from authsvc.jobs.entities import FileRole, Job, JobFile, JobProgress, Lease, StoredFile
from authsvc.jobs.errors import JobInterrupted, LeaseLost
from authsvc.jobs.repositories.protocols import JobRepository
from authsvc.jobs.services.pieces import PieceWriter
from authsvc.kernel.clock import Clock
from authsvc.kernel.unit_of_work import UnitOfWork

LEAST_BETWEEN_REPORTS: Final = timedelta(seconds=1)


@dataclass(slots=True, kw_only=True)
class Attempt:
    """An attempt by the worker that has the lease. `current` is the job with its latest progress."""

    job: Job
    lease: Lease
    lease_time: timedelta
    jobs: JobRepository
    unit_of_work: UnitOfWork
    clock: Clock
    is_stopping: Callable[[], bool]
    current: Job = field(init=False)
    _reported_at: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.current = self.job
        self._reported_at = self.clock.now()

    def extend(self) -> bool:
        """Extend the lease to the lease time from now, and return whether it was not lost."""
        until = self.clock.now() + self.lease_time
        self.current = self.current.advanced(self.current.progress, until=until)
        return self.jobs.save_if_leased(self.current, self.lease)

    def keep_lease(self, longest_silence: timedelta) -> bool:
        """Extend the lease of a handler that is silent, also from another thread; return whether to do it again."""
        now = self.clock.now()
        if now - self._reported_at >= longest_silence:
            return False
        return self.jobs.extend(self.job.id, self.lease, until=now + self.lease_time)

    def report(self, progress: JobProgress) -> None:
        now = self.clock.now()
        self.current = self.current.advanced(progress, until=now + self.lease_time)
        if self.is_stopping():
            raise JobInterrupted
        if now - self._reported_at < LEAST_BETWEEN_REPORTS:
            return
        self._reported_at = now
        if not self.jobs.save_if_leased(self.current, self.lease, unless_cancelled=True):
            stored = self.jobs.find(self.job.id)
            is_cancelled = stored is not None and stored.lease == self.lease
            raise JobInterrupted if is_cancelled else LeaseLost

    def input_file(self) -> StoredFile:
        file = self.jobs.file_of(self.job.id, FileRole.INPUT)
        if file is None:
            msg = f"a job of the kind {self.job.kind} was enqueued without its file"
            raise ValueError(msg)
        return file

    def attach(self, file: JobFile) -> None:
        self.jobs.attach(self.job.id, file)

    @contextmanager
    def attaching(self, name: str, media_type: str) -> Iterator[PieceWriter]:
        def store(number: int, content: bytes) -> None:
            piece = JobFile(name=name, media_type=media_type, content=content)
            # Together, so that no worker that has lost its lease adds to the file of another.
            with self.unit_of_work.atomic():
                if not self.extend():
                    raise LeaseLost
                self.jobs.attach(self.job.id, piece, number=number)

        writer = PieceWriter(store)
        yield writer
        writer.close()
