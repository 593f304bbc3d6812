"""Task service: long work that callers have asked for."""

from dataclasses import dataclass
from uuid import UUID

from accounts.domain.access import OrganizationId, Principal, Right
from accounts.domain.audit.entities import AuditAction, AuditSubject, SubjectType
from accounts.domain.audit.services.audit_log import AuditLog
from accounts.domain.organizations.services.tenant_access import TenantAccess
from accounts.domain.tasks.entities import FILE, MOST_UNFINISHED, Task, TaskPlan, may_see_result
from accounts.domain.tasks.errors import TaskResultNotFound, TooManyTasks
from accounts.domain.tasks.services.callers import TaskCallers
from authsvc.jobs.entities import Job, JobId, JobStatus, StoredFile
from authsvc.jobs.errors import UnknownJob
from authsvc.jobs.repositories.protocols import JobRepository
from authsvc.jobs.services.job_queue import JobQueue
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskService:
    """A task is its owner's, who asked for it, and may be for an organization, whose owners and admins see it, too.

    Methods raise UnknownJob for tasks of others, unless the caller may manage the members of all organizations.
    """

    jobs: JobRepository
    queue: JobQueue
    callers: TaskCallers
    tenant_access: TenantAccess
    audit_log: AuditLog
    unit_of_work: UnitOfWork

    def start(self, plan: TaskPlan, *, by: Principal) -> Task:
        """Enqueue the work, for which the calling service has checked the caller's rights.

        With a unique key, return the task that has it, if there is one which has not ended. Raises TooManyTasks.
        """
        with self.unit_of_work.atomic():
            request = plan.requested(by=by, caller=self.callers.described(by))
            (job_id,) = self.queue.enqueue(request)
            job = self.jobs.find(job_id)
            assert job is not None  # noqa: S101  # for mypy: it was stored in this unit of work
            if self.jobs.count_unfinished(by.identity) > MOST_UNFINISHED:
                raise TooManyTasks(most=MOST_UNFINISHED)
        return Task.of(job, by=by)

    def page_of(
        self,
        request: PageRequest,
        *,
        org_id: OrganizationId | None = None,
        status: JobStatus | None = None,
        by: Principal,
    ) -> Page[Task]:
        """Return the caller's own tasks, or those of an organization to its owners and admins, newest first.

        Raises OrganizationNotFound, NotPermitted, InvalidCursor, and PersonNeeded when a client asks for its own.
        """
        owner_id: UUID | None = None
        with self.unit_of_work.atomic():
            if org_id is None:
                owner_id = by.person
            else:
                self.tenant_access.require_to_list(
                    org_id, Right.MANAGE_MEMBERS, of=SubjectType.TASK, by=by
                )
            page = self.jobs.page_of(request, owner_id=owner_id, org_id=org_id, status=status)
        items = tuple([Task.of(job, by=by) for job in page.items])
        return Page(items=items, next_cursor=page.next_cursor)

    def get(self, task_id: JobId, *, by: Principal) -> Task:
        """Return the task, without its result if the caller may not see that."""
        with self.unit_of_work.atomic():
            return Task.of(self._visible(self.jobs.find(task_id), by), by=by)

    def result_of(self, task_id: JobId, *, by: Principal) -> StoredFile:
        """Return the file that the task has written. Raises TaskResultNotFound."""
        with self.unit_of_work.atomic():
            job = self._visible(self.jobs.find(task_id), by)
            is_there = FILE in (job.result or {}) and may_see_result(job, by)
            file = self.queue.result_file(task_id) if is_there else None
        if file is None:
            raise TaskResultNotFound
        return file

    def cancel(self, task_id: JobId, *, reason: str = "", by: Principal) -> Task:
        """Cancel the task; a running one ends as soon as it can. Raises JobEnded."""
        with self.unit_of_work.atomic():
            job = self._visible(self.jobs.find_for_update(task_id), by)
            cancelled = self.queue.cancel(task_id)
            self._record(AuditAction.TASK_CANCELLED, job, reason, by)
        return Task.of(cancelled, by=by)

    def retry(self, task_id: JobId, *, reason: str = "", by: Principal) -> None:
        """Attempt a task or another job again now, as staff who manage all organizations. Raises NotPermitted."""
        by.require(Right.MANAGE_ORGANIZATIONS)
        with self.unit_of_work.atomic():
            job = self.queue.retry(task_id)
            self._record(AuditAction.TASK_RETRIED, job, reason, by)

    def cancel_job(self, job_id: JobId, *, reason: str = "", by: Principal) -> None:
        """Cancel a task or another job, as staff who manage all organizations. Raises NotPermitted, JobEnded."""
        by.require(Right.MANAGE_ORGANIZATIONS)
        with self.unit_of_work.atomic():
            job = self.queue.cancel(job_id)
            self._record(AuditAction.TASK_CANCELLED, job, reason, by)

    def _visible(self, job: Job | None, by: Principal) -> Job:
        """The job, if the caller may see that it exists; access from outside its organization is recorded."""
        if job is None:
            raise UnknownJob
        is_owner = by.user_id is not None and job.owner_id == by.user_id
        if is_owner or (job.org_id is None and may_see_result(job, by)):
            return job
        org_id = None if job.org_id is None else OrganizationId(job.org_id)
        if not by.may(Right.MANAGE_MEMBERS, of=org_id):
            raise UnknownJob
        self.tenant_access.record_access(org_id, at=SubjectType.TASK, subject_id=job.id, by=by)
        return job

    def _record(self, action: AuditAction, job: Job, reason: str, by: Principal) -> None:
        org_id = None if job.org_id is None else OrganizationId(job.org_id)
        subject = AuditSubject(SubjectType.TASK, str(job.id), org_id)
        self.audit_log.record(action, subject, by=by, because=reason, after={"kind": job.kind})
