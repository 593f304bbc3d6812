"""ORM repository of jobs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, F, Max, Min, Q, QuerySet
from django.db.models.functions import Length

from authsvc.jobs import models as rows
from authsvc.jobs.entities import (
    FileRole,
    Job,
    JobFile,
    JobId,
    JobProgress,
    JobStatus,
    Lease,
    Priority,
    Queue,
    StoredFile,
)
from authsvc.jobs.errors import UnknownJob
from authsvc.jobs.models import WAITING
from authsvc.jobs.repositories.protocols import JOBS, Backlog, Failure
from authsvc.kernel.paging import Page, PageRequest
from authsvc.storage.inserts import MOST_ROWS, insert
from authsvc.storage.locks import wait_for_lock
from authsvc.storage.paging import page_of_rows
from authsvc.storage.rows import values_of


class OrmJobRepository:
    def add(self, jobs: Sequence[Job], files: Mapping[JobId, JobFile]) -> int:
        added = insert(rows.Job, [_values(job) for job in jobs], unless_taken=("unique_key",))
        for job_id, file in files.items():
            insert(rows.JobFile, [_file_values(job_id, FileRole.INPUT, file, number=0)])
        return added

    def find(self, job_id: JobId) -> Job | None:
        row = rows.Job.objects.filter(pk=job_id).first()
        return _job(row) if row else None

    def find_for_update(self, job_id: JobId) -> Job | None:
        row = rows.Job.objects.select_for_update().filter(pk=job_id).first()
        return _job(row) if row else None

    def find_by_key(self, unique_key: str) -> Job | None:
        row = rows.Job.objects.filter(unique_key=unique_key).first()
        return _job(row) if row else None

    def claim(
        self, queue: Queue, lease: Lease, *, at: datetime, until: datetime, limit: int
    ) -> list[Job]:
        due = _due(rows.Job.objects.select_for_update(skip_locked=True), queue, at=at, limit=limit)
        if due:
            rows.Job.objects.filter(pk__in=[row.pk for row in due]).update(
                status=JobStatus.RUNNING,
                lease=lease,
                attempts=F("attempts") + 1,
                due_at=until,
                started_at=at,
            )
        return [_job(row).leased(lease, at=at, until=until) for row in due]

    def due(self, queue: Queue, *, at: datetime, limit: int) -> list[Job]:
        return [_job(row) for row in _due(rows.Job.objects.all(), queue, at=at, limit=limit)]

    def next_due(self, queue: Queue) -> datetime | None:
        waiting = rows.Job.objects.filter(queue=queue, due_at__isnull=False).order_by("due_at")
        return waiting.values_list("due_at", flat=True).first()

    def save(self, job: Job) -> None:
        rows.Job.objects.filter(pk=job.id).update(**_changing_values(job))

    def save_if_leased(self, job: Job, lease: Lease, *, unless_cancelled: bool = False) -> bool:
        leased = rows.Job.objects.filter(pk=job.id, lease=lease)
        if unless_cancelled:
            leased = leased.filter(is_cancelled=False)
        values = _changing_values(job)
        del values["is_cancelled"]
        return bool(leased.update(**values))

    def extend(self, job_id: JobId, lease: Lease, *, until: datetime) -> bool:
        return bool(rows.Job.objects.filter(pk=job_id, lease=lease).update(due_at=until))

    def remove_if_leased(self, job_id: JobId, lease: Lease) -> bool:
        leased = rows.Job.objects.filter(pk=job_id, lease=lease)
        # In one statement with the condition: `delete` would read the job first, to look for its files.
        return bool(leased._raw_delete(leased.db))  # noqa: SLF001  # as the comment above says

    def page_of(
        self,
        request: PageRequest,
        *,
        owner_id: UUID | None,
        org_id: UUID | None,
        status: JobStatus | None = None,
    ) -> Page[Job]:
        of_owner, of_org = Q(owner_id=owner_id), Q(org_id=org_id)
        is_listed = (of_owner if owner_id else Q(pk=None)) | (of_org if org_id else Q(pk=None))
        listed = rows.Job.objects.filter(is_listed)
        if status is not None:
            listed = listed.filter(status=status)
        return page_of_rows(listed, request, JOBS, _job)

    def attach(self, job_id: JobId, piece: JobFile, *, number: int = 0) -> None:
        if number == 0:
            rows.JobFile.objects.filter(job_id=job_id, role=FileRole.RESULT).delete()
        insert(rows.JobFile, [_file_values(job_id, FileRole.RESULT, piece, number=number)])

    def file_of(self, job_id: JobId, role: FileRole) -> StoredFile | None:
        stored = rows.JobFile.objects.filter(job_id=job_id, role=role).order_by("number")
        pieces = list(stored.values_list("pk", "name", "media_type", Length("content")))
        if not pieces:
            return None
        (_, name, media_type, _), *_ = pieces
        return StoredFile(
            name=name,
            media_type=media_type,
            size=sum(size for *_, size in pieces),
            pieces=_Pieces([pk for pk, *_ in pieces]),
        )

    def count_unfinished(self, caller: str) -> int:
        # A statement of its own: a count sees what was committed before it began, so the lock must be held by then.
        wait_for_lock(int(sha256(f"jobs of {caller}".encode()).hexdigest()[:16], 16))
        return rows.Job.objects.filter(WAITING, ~Q(caller=""), caller=caller).count()

    def backlogs(self, *, at: datetime) -> list[Backlog]:
        is_due = Q(status=JobStatus.QUEUED, due_at__lte=at)
        # Failed jobs have an error, by which an index finds them among all that have ended.
        failed = Q(status=JobStatus.FAILED) & ~Q(error="")
        jobs = rows.Job.objects.filter(Q(due_at__isnull=False) | failed)
        numbers = jobs.values("queue").annotate(
            due=Count("pk", filter=is_due),
            running=Count("pk", filter=Q(status=JobStatus.RUNNING)),
            failed=Count("pk", filter=Q(status=JobStatus.FAILED)),
            oldest_due_at=Min("due_at", filter=is_due),
        )
        of_queues = {
            row["queue"]: Backlog(
                queue=Queue(row["queue"]),
                due=row["due"],
                running=row["running"],
                failed=row["failed"],
                oldest_due_at=row["oldest_due_at"],
            )
            for row in numbers.order_by()
        }
        return [of_queues.get(queue, Backlog(queue=queue)) for queue in Queue]

    def failures(self, *, limit: int) -> list[Failure]:
        failing = rows.Job.objects.filter(~Q(error=""), started_at__isnull=False)
        groups = failing.exclude(status=JobStatus.CANCELLED).values("kind", "error")
        numbers = groups.annotate(
            jobs=Count("pk"),
            given_up=Count("pk", filter=Q(status=JobStatus.FAILED)),
            latest_at=Max("started_at"),
        )
        return [Failure(**row) for row in numbers.order_by("-jobs", "kind", "error")[:limit]]

    def remove_ended(self, *, before: datetime) -> int:
        ended, removed = rows.Job.objects.filter(due_at=None, ended_at__lt=before), 0
        # In parts, because Django reads what it deletes with files.
        while ids := list(ended.values_list("pk", flat=True)[:MOST_ROWS]):
            rows.Job.objects.filter(pk__in=ids).delete()
            removed += len(ids)
        return removed


_FIXED: Final = frozenset(
    {
        "id",
        "kind",
        "arguments",
        "queue",
        "priority",
        "owner_id",
        "org_id",
        "caller",
        "trace",
        "created_at",
    }
)


def _due(jobs: QuerySet[rows.Job], queue: Queue, *, at: datetime, limit: int) -> list[rows.Job]:
    """Those of the jobs that are due."""
    due: list[rows.Job] = []
    # One statement a priority: in one for all, those that are due much later would be read, too.
    for priority in Priority:
        waiting = jobs.filter(queue=queue, priority=priority, due_at__lte=at)
        due += waiting.order_by("due_at")[: limit - len(due)]
        if len(due) == limit:
            break
    return due


def _changing_values(job: Job) -> dict[str, Any]:
    return {name: value for name, value in _values(job).items() if name not in _FIXED}


def _values(job: Job) -> dict[str, Any]:
    progress = job.progress
    return values_of(
        rows.Job,
        job,
        arguments=dict(job.arguments),
        trace=dict(job.trace),
        result=None if job.result is None else dict(job.result),
        done=progress.done,
        total=progress.total,
        message=progress.message,
    )


def _file_values(job_id: JobId, role: FileRole, file: JobFile, *, number: int) -> dict[str, Any]:
    return values_of(rows.JobFile, file, job_id=job_id, role=role, number=number)


@dataclass(frozen=True, slots=True)
class _Pieces:
    """The contents of these rows, read one at a time."""

    keys: Sequence[int]

    def __iter__(self) -> Iterator[bytes]:
        """Raises UnknownJob if one is removed meanwhile."""
        for key in self.keys:
            stored = rows.JobFile.objects.filter(pk=key).values_list("content", flat=True)
            content = stored.first()
            if content is None:
                raise UnknownJob
            yield bytes(content)


def _job(row: rows.Job) -> Job:
    return Job(
        id=JobId(row.id),
        kind=row.kind,
        arguments=row.arguments,
        queue=Queue(row.queue),
        priority=Priority(row.priority),
        unique_key=row.unique_key,
        status=JobStatus(row.status),
        attempts=row.attempts,
        lease=None if row.lease is None else Lease(row.lease),
        progress=JobProgress(done=row.done, total=row.total, message=row.message),
        result=row.result,
        error=row.error,
        is_cancelled=row.is_cancelled,
        owner_id=row.owner_id,
        org_id=row.org_id,
        caller=row.caller,
        trace=row.trace,
        period=row.period,
        created_at=row.created_at,
        due_at=row.due_at,
        expires_at=row.expires_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
    )
