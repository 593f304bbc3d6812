"""Tasks in tests: tasks that wait, and tasks that have ended."""

from dataclasses import replace

from accounts.domain.access import OPERATOR, OrganizationId, Right, Scope, UserId
from accounts.domain.tasks.entities import FILE, TaskPlan
from authsvc.composition.container import Services
from authsvc.jobs.entities import JobFile, JobId, JobStatus

REPORT = JobFile(name="report.csv", media_type="text/csv", content=b"a,b\r\n")


def a_task(
    services: Services,
    *,
    owner_id: UserId | None = None,
    org_id: OrganizationId | None = None,
    right: Right | None = None,
    scope: Scope = Scope.ORGS_READ,
) -> JobId:
    """A task that waits for a worker, of this user, or of this organization for those who manage its members."""
    needed = right or (None if org_id is None else Right.MANAGE_MEMBERS)
    plan = TaskPlan(kind="example", scope=scope, right=needed, org_id=org_id)
    by = replace(OPERATOR, user_id=owner_id)
    return services.tasks.start(plan, by=by).id


def finish_task(services: Services, task_id: JobId) -> None:
    """Let the task succeed with a file."""
    jobs = services.repositories.jobs
    job = jobs.find(task_id)
    assert job is not None
    jobs.attach(task_id, REPORT)
    jobs.save(job.succeeded({"rows": 1, FILE: REPORT.name}, at=services.ports.clock.now()))


def fail_task(services: Services, task_id: JobId, *, error: str) -> None:
    jobs = services.repositories.jobs
    job = jobs.find(task_id)
    assert job is not None
    now = services.ports.clock.now()
    failed = replace(job, attempts=1, error=error, started_at=now)
    jobs.save(failed.ended(JobStatus.FAILED, at=now))
