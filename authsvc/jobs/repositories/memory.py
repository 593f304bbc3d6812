"""In-memory repository of jobs."""

from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
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
from authsvc.jobs.repositories.protocols import JOBS, Backlog, Failure
from authsvc.kernel.memory import remove_where
from authsvc.kernel.paging import Page, PageRequest, page_in_memory


@dataclass(frozen=True, slots=True)
class InMemoryJobRepository:
    store: MutableMapping[JobId, Job] = field(default_factory=dict)
    files: MutableMapping[tuple[JobId, FileRole], tuple[JobFile, ...]] = field(default_factory=dict)

    def add(self, jobs: Sequence[Job], files: Mapping[JobId, JobFile]) -> int:
        added = 0
        for job in jobs:
            if job.unique_key is None or self.find_by_key(job.unique_key) is None:
                self.store[job.id] = job
                added += 1
        for job_id, file in files.items():
            self.files[job_id, FileRole.INPUT] = (file,)
        return added

    def find(self, job_id: JobId) -> Job | None:
        return self.store.get(job_id)

    def find_for_update(self, job_id: JobId) -> Job | None:
        return self.store.get(job_id)

    def find_by_key(self, unique_key: str) -> Job | None:
        return next((job for job in self.store.values() if job.unique_key == unique_key), None)

    def claim(
        self, queue: Queue, lease: Lease, *, at: datetime, until: datetime, limit: int
    ) -> list[Job]:
        due = self.due(queue, at=at, limit=limit)
        claimed = [job.leased(lease, at=at, until=until) for job in due]
        for job in claimed:
            self.store[job.id] = job
        return claimed

    def due(self, queue: Queue, *, at: datetime, limit: int) -> list[Job]:
        due = [
            (job.priority, due_at, job.id, job)
            for due_at, job in self._waiting(queue)
            if due_at <= at
        ]
        return [job for *_, job in sorted(due)[:limit]]

    def next_due(self, queue: Queue) -> datetime | None:
        return min((due_at for due_at, _ in self._waiting(queue)), default=None)

    def save(self, job: Job) -> None:
        self.store[job.id] = job

    def save_if_leased(self, job: Job, lease: Lease, *, unless_cancelled: bool = False) -> bool:
        stored = self.store.get(job.id)
        if stored is None or stored.lease != lease or (unless_cancelled and stored.is_cancelled):
            return False
        self.store[job.id] = replace(job, is_cancelled=stored.is_cancelled)
        return True

    def extend(self, job_id: JobId, lease: Lease, *, until: datetime) -> bool:
        stored = self.store.get(job_id)
        if stored is None or stored.lease != lease:
            return False
        self.store[job_id] = replace(stored, due_at=until)
        return True

    def remove_if_leased(self, job_id: JobId, lease: Lease) -> bool:
        stored = self.store.get(job_id)
        if stored is None or stored.lease != lease:
            return False
        del self.store[job_id]
        return True

    def page_of(
        self,
        request: PageRequest,
        *,
        owner_id: UUID | None,
        org_id: UUID | None,
        status: JobStatus | None = None,
    ) -> Page[Job]:
        jobs = (
            job
            for job in self.store.values()
            if status in (None, job.status)
            and (
                (owner_id is not None and job.owner_id == owner_id)
                or (org_id is not None and job.org_id == org_id)
            )
        )
        return page_in_memory(jobs, request, JOBS)

    def attach(self, job_id: JobId, piece: JobFile, *, number: int = 0) -> None:
        key = job_id, FileRole.RESULT
        self.files[key] = (*self.files.get(key, ())[:number], piece)

    def file_of(self, job_id: JobId, role: FileRole) -> StoredFile | None:
        pieces = self.files.get((job_id, role))
        if pieces is None:
            return None
        return StoredFile(
            name=pieces[0].name,
            media_type=pieces[0].media_type,
            size=sum(len(piece.content) for piece in pieces),
            pieces=[piece.content for piece in pieces],
        )

    def count_unfinished(self, caller: str) -> int:
        return sum(job.caller == caller and not job.has_ended for job in self.store.values())

    def backlogs(self, *, at: datetime) -> list[Backlog]:
        return [self._backlog(queue, at) for queue in Queue]

    def failures(self, *, limit: int) -> list[Failure]:
        groups: dict[tuple[str, str], list[Job]] = {}
        for job in self.store.values():
            if job.error and job.status is not JobStatus.CANCELLED and job.started_at is not None:
                groups.setdefault((job.kind, job.error), []).append(job)
        failures = [
            Failure(
                kind=kind,
                error=error,
                jobs=len(jobs),
                given_up=sum(job.status is JobStatus.FAILED for job in jobs),
                latest_at=max(job.started_at for job in jobs if job.started_at is not None),
            )
            for (kind, error), jobs in groups.items()
        ]
        ordered = sorted(failures, key=lambda failure: (-failure.jobs, failure.kind, failure.error))
        return ordered[:limit]

    def remove_ended(self, *, before: datetime) -> int:
        removed = remove_where(
            self.store,
            lambda job: job.has_ended and job.ended_at is not None and job.ended_at < before,
        )
        for key in [key for key in self.files if key[0] not in self.store]:
            del self.files[key]
        return removed

    def _backlog(self, queue: Queue, at: datetime) -> Backlog:
        waiting = [
            due_at
            for due_at, job in self._waiting(queue)
            if due_at <= at and job.status is JobStatus.QUEUED
        ]
        statuses = [job.status for job in self.store.values() if job.queue is queue]
        return Backlog(
            queue=queue,
            due=len(waiting),
            running=statuses.count(JobStatus.RUNNING),
            failed=statuses.count(JobStatus.FAILED),
            oldest_due_at=min(waiting, default=None),
        )

    def _waiting(self, queue: Queue) -> Iterator[tuple[datetime, Job]]:
        return (
            (job.due_at, job)
            for job in self.store.values()
            if job.queue is queue and job.due_at is not None
        )
