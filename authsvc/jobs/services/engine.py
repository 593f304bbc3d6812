"""Job engine: claims jobs that are due, runs them, and stores how they ended."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final
from uuid import uuid4

import structlog

from authsvc.jobs.entities import (
    LEASE_TIME,
    Job,
    JobId,
    JobRequest,
    JobStatus,
    Lease,
    Queue,
    RetryPolicy,
)
from authsvc.jobs.errors import JobInterrupted, JobRetry, LeaseLost
from authsvc.jobs.ports import JobKind, LeaseKeeper
from authsvc.jobs.repositories.protocols import JobRepository
from authsvc.jobs.services.attempt import Attempt
from authsvc.kernel.clock import Clock
from authsvc.kernel.errors import Busy, DomainError
from authsvc.kernel.tracing import SpanKind, Tracing
from authsvc.kernel.unit_of_work import UnitOfWork

BATCH_SIZES: Final = {Queue.OUTBOUND: 10, Queue.LONG: 1, Queue.WEBHOOKS: 1}

log: Final = structlog.get_logger(__name__)


def never() -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class JobEngine:
    """`jitter` returns numbers from 0 to 1."""

    jobs: JobRepository
    kinds: Mapping[str, JobKind]
    lease_keeper: LeaseKeeper
    tracing: Tracing
    unit_of_work: UnitOfWork
    clock: Clock
    jitter: Callable[[], float]
    lease_time: timedelta = LEASE_TIME

    def run_due(self, queue: Queue, *, is_stopping: Callable[[], bool] = never) -> int:
        """Claim a batch of due jobs and attempt each; return how many were claimed.

        Once *is_stopping* returns True, no further job is begun, and those that were claimed wait for other workers.
        """
        claimed = self.claim(queue)
        for job in claimed:
            self.attempt(job, is_stopping=is_stopping)
        return len(claimed)

    def claim(self, queue: Queue) -> list[Job]:
        """Lease a batch of due jobs. If none is due, that costs one statement and locks nothing."""
        now, lease = self.clock.now(), Lease(uuid4())
        due_at = self.jobs.next_due(queue)
        if due_at is None or due_at > now:
            return []
        with self.unit_of_work.atomic():
            return self.jobs.claim(
                queue, lease, at=now, until=now + self.lease_time, limit=BATCH_SIZES[queue]
            )

    def run(self, job_id: JobId, *, is_stopping: Callable[[], bool] = never) -> None:
        """Attempt this job if it is due."""
        now, lease = self.clock.now(), Lease(uuid4())
        with self.unit_of_work.atomic():
            job = self.jobs.find_for_update(job_id)
            if job is None or job.due_at is None or job.due_at > now:
                return
            leased = job.leased(lease, at=now, until=now + self.lease_time)
            self.jobs.save(leased)
        self.attempt(leased, is_stopping=is_stopping)

    def hand_back(self, jobs: Iterable[Job]) -> None:
        """Let other workers begin these jobs, which were claimed here; the attempts do not count."""
        now = self.clock.now()
        for job in jobs:
            self._store(job.released(at=now), _lease_of(job))

    def ensure_periodic(self, requests: Iterable[JobRequest]) -> None:
        """Store the periodic jobs that are not stored yet. However many workers do it, each is stored once."""
        now = self.clock.now()
        jobs = [Job.requested(JobId(uuid4()), request, at=now) for request in requests]
        with self.unit_of_work.atomic():
            self.jobs.add(jobs, {})

    def attempt(self, job: Job, *, is_stopping: Callable[[], bool] = never) -> None:
        """Attempt the job, which was claimed here, and store how that ended."""
        now, lease = self.clock.now(), _lease_of(job)
        if is_stopping():
            self._store(job.released(at=now), lease)
        elif job.is_cancelled:
            self._store(job.stopped(at=now), lease)
        elif job.expires_at <= now:
            self._store(job.expired(at=now), lease)
        elif job.attempts > self._policy_of(job).most_attempts:
            # Attempts that end with their worker, or with their lease, leave no other trace.
            self._store(self._failed_job(job, "worker lost", is_final=True), lease)
        elif job.due_at is not None and now < job.due_at:
            attempt = Attempt(
                job=job,
                lease=lease,
                lease_time=self.lease_time,
                jobs=self.jobs,
                unit_of_work=self.unit_of_work,
                clock=self.clock,
                is_stopping=is_stopping,
            )
            self._store(self._traced(attempt), lease)

    def _traced(self, attempt: Attempt) -> Job | None:
        """Like `_after`, as a part of the trace of whatever enqueued the job."""
        job = attempt.job
        with self.tracing.span("job", SpanKind.CONSUMER, within=job.trace) as span:
            span.set("job.kind", job.kind)
            span.set("job.attempt", job.attempts)
            after = self._after(attempt)
            if after is not None and after.error:
                span.fail(after.error)
        return after

    def _after(self, attempt: Attempt) -> Job | None:
        """The job after the attempt; None if its end is stored already, or another worker has begun it."""
        job, kind = attempt.job, self.kinds.get(attempt.job.kind)
        if kind is None:  # of a newer version than this worker
            return self._failed(attempt, "no handler")
        try:
            with self._keeping_lease(attempt, kind):
                return self._completed(attempt, kind)
        except LeaseLost:
            _log_lost(job)
            return None
        except JobInterrupted:
            return self._interrupted(attempt)
        except Exception as error:  # noqa: BLE001  # of whatever kind: it belongs to the job, not to the worker
            is_final = isinstance(error, DomainError) and not isinstance(error, Busy)
            return self._failed(attempt, _reason(error, job), is_final=is_final)

    def _keeping_lease(self, attempt: Attempt, kind: JobKind) -> AbstractContextManager[None]:
        if kind.longest_silence is None:
            return nullcontext()
        extend = partial(attempt.keep_lease, kind.longest_silence)
        return self.lease_keeper.keeping(extend, every=attempt.lease_time / 3)

    def _interrupted(self, attempt: Attempt) -> Job:
        now, stored = self.clock.now(), self.jobs.find(attempt.job.id)
        if stored is not None and stored.is_cancelled:
            return attempt.current.stopped(at=now)
        return attempt.current.released(at=now)

    def _completed(self, attempt: Attempt, kind: JobKind) -> Job | None:
        """Do the work. With an atomic kind, its success is stored with it."""
        if not kind.is_atomic:
            result = kind.run(attempt)
            return attempt.current.succeeded(result or {}, at=self.clock.now())
        with self.unit_of_work.atomic():
            result = kind.run(attempt)
            succeeded = attempt.current.succeeded(result or {}, at=self.clock.now())
            if not self._is_stored(succeeded, attempt.lease):
                raise LeaseLost
        return None

    def _failed(self, attempt: Attempt, error: str, *, is_final: bool = False) -> Job:
        return self._failed_job(attempt.current, error, is_final=is_final)

    def _failed_job(self, job: Job, error: str, *, is_final: bool) -> Job:
        return job.failed(
            error,
            at=self.clock.now(),
            policy=self._policy_of(job),
            jitter=self.jitter(),
            is_final=is_final,
        )

    def _policy_of(self, job: Job) -> RetryPolicy:
        kind = self.kinds.get(job.kind)
        return kind.policy if kind else RetryPolicy()

    def _store(self, job: Job | None, lease: Lease) -> None:
        if job is not None and not self._is_stored(job, lease):
            _log_lost(job)

    def _is_stored(self, job: Job, lease: Lease) -> bool:
        """Store how the attempt ended, and return whether the lease was not lost."""
        kind = self.kinds.get(job.kind)
        if job.status is JobStatus.SUCCEEDED and kind is not None and not kind.is_kept:
            return self.jobs.remove_if_leased(job.id, lease)
        return self.jobs.save_if_leased(job, lease)


def _lease_of(job: Job) -> Lease:
    if job.lease is None:
        msg = f"a job of the kind {job.kind} was not claimed"
        raise ValueError(msg)
    return job.lease


def _reason(error: Exception, job: Job) -> str:
    """What to store about an error. Its text is left out unless it was written for that: it may have secrets."""
    if isinstance(error, JobRetry | Busy):
        return str(error)
    if isinstance(error, DomainError):
        return f"{error.code}: {error.detail}"
    log.error("a job failed", job=job.kind, job_id=str(job.id), exc_info=error)
    return type(error).__name__


def _log_lost(job: Job) -> None:
    log.warning("a job lost its lease", job=job.kind, job_id=str(job.id))
