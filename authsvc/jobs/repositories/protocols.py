"""Repository protocol of jobs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from authsvc.jobs.entities import (
    FileRole,
    Job,
    JobFile,
    JobId,
    JobStatus,
    Lease,
    Queue,
    StoredFile,
)
from authsvc.kernel.paging import Keyset, Page, PageRequest

JOBS: Final = Keyset("tasks", {"created_at": datetime, "id": UUID}, descends=True)

MOST_IN_ONE_STATEMENT: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """The jobs of a queue that are due or running, and the time since when the longest waiting one is due."""

    queue: Queue
    due: int = 0
    running: int = 0
    failed: int = 0
    oldest_due_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Jobs of a kind whose last attempts failed with one error: how many, those given up among them, and when last."""

    kind: str
    error: str
    jobs: int
    given_up: int
    latest_at: datetime


class JobRepository(Protocol):
    def add(self, jobs: Sequence[Job], files: Mapping[JobId, JobFile]) -> int:
        """Store new jobs and the files that they read, and return how many were stored.

        A job is left out if one that has not ended has its unique key; then there must be no files. Without files,
        and up to MOST_IN_ONE_STATEMENT, the jobs are stored in one statement.
        """

    def find(self, job_id: JobId) -> Job | None:
        """The job with this id, if any."""

    def find_for_update(self, job_id: JobId) -> Job | None:
        """The job with this id, if any, locked until the unit of work ends."""

    def find_by_key(self, unique_key: str) -> Job | None:
        """The job with this unique key that has not ended, if any."""

    def claim(
        self, queue: Queue, lease: Lease, *, at: datetime, until: datetime, limit: int
    ) -> list[Job]:
        """Lease the jobs of the queue that are due, in the order of priority, then due time, and return them.

        Workers that claim at the same time get different jobs.
        """

    def due(self, queue: Queue, *, at: datetime, limit: int) -> list[Job]:
        """The jobs of the queue that are due, in the order of priority, then due time."""

    def next_due(self, queue: Queue) -> datetime | None:
        """When the next job of the queue is due; None if none is waiting."""

    def save(self, job: Job) -> None:
        """Replace the stored job."""

    def save_if_leased(self, job: Job, lease: Lease, *, unless_cancelled: bool = False) -> bool:
        """Replace the stored job if it still has that lease, and return whether it had.

        Whether it is cancelled is not replaced: that may have changed meanwhile. With *unless_cancelled*, a job that is
        cancelled is not replaced either.
        """

    def extend(self, job_id: JobId, lease: Lease, *, until: datetime) -> bool:
        """Extend that lease of the job to then, and return whether the job still had it. Nothing else changes."""

    def remove_if_leased(self, job_id: JobId, lease: Lease) -> bool:
        """Delete a job without files if it still has that lease, and return whether it had."""

    def page_of(
        self,
        request: PageRequest,
        *,
        owner_id: UUID | None,
        org_id: UUID | None,
        status: JobStatus | None = None,
    ) -> Page[Job]:
        """Jobs of that owner, or of that organization, in that status if given, newest first.

        Periodic jobs have neither.
        """

    def attach(self, job_id: JobId, piece: JobFile, *, number: int = 0) -> None:
        """Store a piece of the file that the job writes. The first, with number 0, replaces an earlier file."""

    def file_of(self, job_id: JobId, role: FileRole) -> StoredFile | None:
        """The file of the job in that role, if any. Each of its pieces is read when it is needed.

        Reading raises UnknownJob if the job is removed meanwhile.
        """

    def count_unfinished(self, caller: str) -> int:
        """Count the jobs of the caller that have not ended; others who count them wait until the unit of work ends."""

    def backlogs(self, *, at: datetime) -> list[Backlog]:
        """The backlog of every queue."""

    def failures(self, *, limit: int) -> list[Failure]:
        """What is failing and why: up to so many kinds and errors, those of most jobs first.

        Cancelled jobs are left out.
        """

    def remove_ended(self, *, before: datetime) -> int:
        """Delete the jobs that ended before that time, with their files, and return how many."""
