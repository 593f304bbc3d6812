"""Job entities: work that outlives the request which asked for it, its leases, attempts and results."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import Any, Final, NewType
from uuid import UUID

JobId = NewType("JobId", UUID)
Lease = NewType("Lease", UUID)

LEASE_TIME: Final = timedelta(minutes=3)
"""How long an attempt has until another worker may begin the job, unless the lease is extended meanwhile."""
LONGEST_SILENCE: Final = timedelta(hours=1)
"""How long the lease is extended for kinds that cannot report, such as those whose work is one transaction."""
KEPT_FOR: Final = timedelta(days=14)
"""How long a job and its files are stored after its end."""
LONGEST_ERROR: Final = 500
NO_TRACE: Final[Mapping[str, str]] = MappingProxyType({})
PIECE_BYTES: Final = 2**20
"""How much of a file is written and read at a time."""


class Queue(StrEnum):
    """What jobs wait for: `outbound` ones mostly for other servers, `long` ones for a processor and the store.

    `webhooks` wait for servers that anybody may have chosen, so that none of these holds up mail.
    """

    OUTBOUND = "outbound"
    LONG = "long"
    WEBHOOKS = "webhooks"


class Priority(IntEnum):
    """Jobs of a higher priority (a smaller number) run first."""

    HIGH = 0
    NORMAL = 1
    LOW = 2


class JobStatus(StrEnum):
    """`queued` jobs wait for their first or next attempt. `failed` ones are dead letters, until staff retry them."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class FileRole(StrEnum):
    INPUT = "input"
    RESULT = "result"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFile:
    """A file that a job reads or has written, or a piece of one. It is removed with its job."""

    name: str
    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file whose content, of `size` bytes, is read piece by piece."""

    name: str
    media_type: str
    size: int
    pieces: Iterable[bytes] = field(repr=False)

    @property
    def content(self) -> bytes:
        """The whole content, for files that are known to be small."""
        return b"".join(self.pieces)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobProgress:
    """How far a job has come. `total` is None while it is unknown."""

    done: int = 0
    total: int | None = None
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How often a job is attempted, and how long it waits in between: twice as long each time, within limits.

    Waiting times vary by up to a quarter, so that jobs which failed together are not retried together.
    """

    most_attempts: int = 10
    first_pause: timedelta = timedelta(seconds=30)
    longest_pause: timedelta = timedelta(hours=6)

    def pause_after(self, attempts: int, *, jitter: float) -> timedelta:
        """The pause after so many failed attempts; `jitter` is a number from 0 to 1."""
        # Beyond 2**32 every pause is the longest one.
        doubled = self.first_pause * (1 << min(attempts - 1, 32))
        return min(doubled, self.longest_pause) * (0.75 + jitter / 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRequest:
    """A job to enqueue.

    `unique_key` names what the job does: while a job with the same key has not ended, no second one is enqueued.
    `owner_id` is the user who asked for it, `org_id` the organization it is for; `caller` is who asked, a user or a
    client, if there is a bound on what they ask for. `period` makes it run again and again.
    """

    kind: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    queue: Queue = Queue.OUTBOUND
    priority: Priority = Priority.NORMAL
    unique_key: str | None = None
    delay: timedelta = timedelta()
    lifetime: timedelta = timedelta(days=7)
    period: timedelta | None = None
    owner_id: UUID | None = None
    org_id: UUID | None = None
    caller: str = ""
    file: JobFile | None = None

    @classmethod
    def periodic(
        cls,
        kind: str,
        *,
        every: timedelta,
        queue: Queue = Queue.LONG,
        delay: timedelta = timedelta(),
        arguments: Mapping[str, Any] | None = None,
    ) -> "JobRequest":
        """The request for a job that runs once a period, in whichever process is free, before what callers ask for."""
        return cls(
            kind=kind,
            arguments=arguments or {},
            queue=queue,
            priority=Priority.HIGH,
            unique_key=f"periodic:{kind}",
            delay=delay,
            period=every,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job and the state of its execution.

    It is due at `due_at`: for the first or next attempt, or, while it runs, because the worker with the `lease` did not
    finish in time. It is None once the job has ended. After `expires_at` it is not attempted any more. `arguments` and
    `result` are JSON objects. `trace` continues the trace of whatever enqueued the job.
    """

    id: JobId
    kind: str
    arguments: Mapping[str, Any] = field(repr=False)
    queue: Queue
    priority: Priority
    unique_key: str | None
    status: JobStatus
    attempts: int
    lease: Lease | None
    progress: JobProgress
    result: Mapping[str, Any] | None
    error: str
    is_cancelled: bool
    owner_id: UUID | None
    org_id: UUID | None
    caller: str
    trace: Mapping[str, str] = field(repr=False)
    period: timedelta | None
    created_at: datetime
    due_at: datetime | None
    expires_at: datetime
    started_at: datetime | None
    ended_at: datetime | None

    @classmethod
    def requested(
        cls,
        job_id: JobId,
        request: JobRequest,
        *,
        at: datetime,
        trace: Mapping[str, str] = NO_TRACE,
    ) -> "Job":
        return cls(
            id=job_id,
            kind=request.kind,
            arguments=request.arguments,
            queue=request.queue,
            priority=request.priority,
            unique_key=request.unique_key,
            status=JobStatus.QUEUED,
            attempts=0,
            lease=None,
            progress=JobProgress(),
            result=None,
            error="",
            is_cancelled=False,
            owner_id=request.owner_id,
            org_id=request.org_id,
            caller=request.caller,
            trace=trace,
            period=request.period,
            created_at=at,
            due_at=at + request.delay,
            expires_at=datetime.max.replace(tzinfo=at.tzinfo)
            if request.period
            else at + request.delay + request.lifetime,
            started_at=None,
            ended_at=None,
        )

    @property
    def has_ended(self) -> bool:
        return self.due_at is None

    @property
    def can_be_retried(self) -> bool:
        return self.status in {JobStatus.QUEUED, JobStatus.FAILED, JobStatus.CANCELLED}

    def leased(self, lease: Lease, *, at: datetime, until: datetime) -> "Job":
        """The job at the beginning of an attempt, which has to end before `until`."""
        return replace(
            self,
            status=JobStatus.RUNNING,
            lease=lease,
            attempts=self.attempts + 1,
            due_at=until,
            started_at=at,
        )

    def released(self, *, at: datetime) -> "Job":
        """The job whose attempt was interrupted, for any worker to begin again; the attempt does not count."""
        return replace(
            self, status=JobStatus.QUEUED, lease=None, attempts=self.attempts - 1, due_at=at
        )

    def advanced(self, progress: JobProgress, *, until: datetime) -> "Job":
        """The running job with its progress and more time."""
        return replace(self, progress=progress, due_at=until)

    def succeeded(self, result: Mapping[str, Any], *, at: datetime) -> "Job":
        return replace(self.ended(JobStatus.SUCCEEDED, at=at), result=result, error="")

    def failed(
        self,
        error: str,
        *,
        at: datetime,
        policy: RetryPolicy,
        jitter: float,
        is_final: bool = False,
    ) -> "Job":
        """The job after a failed attempt: due again after a pause, or ended if that is of no use."""
        due_at = at + policy.pause_after(self.attempts, jitter=jitter)
        if self.period is not None:
            due_at = min(due_at, self._next_time(self.period, after=at))
        described = replace(self, error=error[:LONGEST_ERROR])
        if is_final or self.attempts >= policy.most_attempts or due_at >= self.expires_at:
            return described.ended(JobStatus.FAILED, at=at)
        return replace(described, status=JobStatus.QUEUED, lease=None, due_at=due_at)

    def expired(self, *, at: datetime) -> "Job":
        """The job whose time is up."""
        return replace(self, error=self.error or "expired").ended(JobStatus.FAILED, at=at)

    def cancelled(self, *, at: datetime) -> "Job":
        """The job that nobody wants any more. A running one is told, and ends as soon as it can."""
        if self.status is JobStatus.RUNNING:
            return replace(self, is_cancelled=True)
        return self.stopped(at=at)

    def stopped(self, *, at: datetime) -> "Job":
        """The job that has ended because it was cancelled."""
        return replace(self, is_cancelled=True, period=None).ended(JobStatus.CANCELLED, at=at)

    def retried(self, *, at: datetime, lifetime: timedelta) -> "Job":
        """The failed or waiting job, to be attempted at once, and as often as a new one."""
        return replace(
            self,
            status=JobStatus.QUEUED,
            attempts=0,
            is_cancelled=False,
            due_at=at,
            ended_at=None,
            expires_at=max(self.expires_at, at + lifetime),
        )

    def ended(self, status: JobStatus, *, at: datetime) -> "Job":
        """The ended job; a periodic one waits for its next time instead, and shows how it ended by its error."""
        if self.period is not None:
            next_at = self._next_time(self.period, after=at)
            return replace(
                self,
                status=JobStatus.QUEUED,
                attempts=0,
                lease=None,
                due_at=next_at,
                ended_at=at,
            )
        return replace(self, status=status, unique_key=None, lease=None, due_at=None, ended_at=at)

    def _next_time(self, period: timedelta, *, after: datetime) -> datetime:
        """The next multiple of the period since the job was created, so that delays do not add up."""
        periods = (after - self.created_at) // period + 1
        return self.created_at + periods * period
