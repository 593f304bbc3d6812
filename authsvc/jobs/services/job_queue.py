"""Job queue service: jobs are enqueued in the unit of work of their cause, so that neither exists without the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import uuid4

from authsvc.jobs.entities import KEPT_FOR, FileRole, Job, JobId, JobRequest, StoredFile
from authsvc.jobs.errors import JobEnded, UnknownJob
from authsvc.jobs.ports import Carrier
from authsvc.jobs.repositories.protocols import MOST_IN_ONE_STATEMENT, Failure, JobRepository
from authsvc.kernel.clock import Clock
from authsvc.kernel.tracing import Tracing
from authsvc.kernel.unit_of_work import UnitOfWork

RETRIED_FOR: Final = timedelta(days=1)
"""How long a job that staff retry is attempted at least."""
MOST_FAILURES: Final = 100
"""Number of kinds and errors that are listed as failing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobQueue:
    jobs: JobRepository
    carrier: Carrier
    tracing: Tracing
    unit_of_work: UnitOfWork
    clock: Clock

    def enqueue(self, *requests: JobRequest) -> list[JobId]:
        """Store the jobs in one statement, and tell workers once the outermost unit of work has committed.

        They continue the current trace.

        Return the id of each; of one whose unique key is taken, that of the job that has it.
        """
        now, trace = self.clock.now(), self.tracing.carrier()
        jobs = [Job.requested(JobId(uuid4()), request, at=now, trace=trace) for request in requests]
        files = {
            job.id: request.file
            for job, request in zip(jobs, requests, strict=True)
            if request.file
        }
        is_one_statement = not files and len(jobs) <= MOST_IN_ONE_STATEMENT
        with self.unit_of_work.single() if is_one_statement else self.unit_of_work.atomic():
            are_all_new = self.jobs.add(jobs, files) == len(jobs)
            self.unit_of_work.on_commit(lambda: self._announce(jobs))
        return [job.id for job in (jobs if are_all_new else map(self._stored, jobs))]

    def cancel(self, job_id: JobId) -> Job:
        """Cancel the job; a running one ends as soon as it can. Raises UnknownJob, JobEnded."""
        with self.unit_of_work.atomic():
            job = self._locked(job_id)
            if job.has_ended:
                raise JobEnded
            cancelled = job.cancelled(at=self.clock.now())
            self.jobs.save(cancelled)
        return cancelled

    def retry(self, job_id: JobId) -> Job:
        """Attempt the job again now, unless it is running or has succeeded. Raises UnknownJob."""
        with self.unit_of_work.atomic():
            job = self._locked(job_id)
            if not job.can_be_retried:
                return job
            retried = job.retried(at=self.clock.now(), lifetime=RETRIED_FOR)
            self.jobs.save(retried)
            self.unit_of_work.on_commit(lambda: self._announce([retried]))
        return retried

    def result_file(self, job_id: JobId) -> StoredFile | None:
        """The file that the job has written, if any."""
        return self.jobs.file_of(job_id, FileRole.RESULT)

    def failures(self) -> list[Failure]:
        """What is failing and why, that of most jobs first."""
        return self.jobs.failures(limit=MOST_FAILURES)

    def remove_expired(self) -> int:
        """Delete the jobs that ended KEPT_FOR ago, with their files, and return how many."""
        with self.unit_of_work.atomic():
            return self.jobs.remove_ended(before=self.clock.now() - KEPT_FOR)

    def _announce(self, jobs: Sequence[Job]) -> None:
        now = self.clock.now()
        self.carrier.announce([job for job in jobs if job.due_at is not None and job.due_at <= now])

    def _stored(self, job: Job) -> Job:
        """The stored job that has the key of this one; this one, if that has ended meanwhile."""
        while job.unique_key is not None:
            taken = self.jobs.find_by_key(job.unique_key)
            if taken is not None:
                return taken
            if self.jobs.add([job], {}):
                break
        return job

    def _locked(self, job_id: JobId) -> Job:
        job = self.jobs.find_for_update(job_id)
        if job is None:
            raise UnknownJob
        return job
