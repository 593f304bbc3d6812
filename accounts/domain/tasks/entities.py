"""Task entities: jobs, as those who asked for them see them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final
from uuid import UUID

from accounts.domain.access import OrganizationId, Principal, Right, Scope
from authsvc.jobs.entities import (
    KEPT_FOR,
    Job,
    JobFile,
    JobId,
    JobProgress,
    JobRequest,
    JobStatus,
    Queue,
)
from authsvc.kernel.errors import DomainError

LIFETIME: Final = timedelta(days=1)
"""How long it is of use to begin a task."""
MOST_UNFINISHED: Final = 20
"""How many tasks of a caller, a user or a client, can wait or run at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskPlan:
    """A task to start. `input` are JSON values that its work needs; staff never see them.

    The result shows what only callers with the `right` may see, in the organization if there is one, with a token that
    has the `scope`. A task without a right shows what is its owner's own, to those who manage all users, too.
    """

    kind: str
    scope: Scope
    right: Right | None = None
    org_id: OrganizationId | None = None
    input: Mapping[str, Any] = field(default_factory=dict, repr=False)
    file: JobFile | None = None
    unique_key: str | None = None

    def requested(self, *, by: Principal, caller: Mapping[str, Any]) -> JobRequest:
        """The job of the task; *caller* is how to tell the caller when it runs."""
        return JobRequest(
            kind=self.kind,
            arguments={
                "caller": caller,
                "right": self.right and self.right.value,
                "scope": self.scope.value,
                "input": self.input,
            },
            queue=Queue.LONG,
            unique_key=self.unique_key,
            lifetime=LIFETIME,
            owner_id=by.user_id,
            org_id=self.org_id,
            caller=by.identity,
            file=self.file,
        )


@dataclass(frozen=True, slots=True)
class TaskError:
    """Why a task failed, in words that are the same each time and disclose nothing."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A task. `expires_at` is when it is deleted with its result, None until it has ended."""

    id: JobId
    kind: str
    status: JobStatus
    progress: JobProgress
    result: Mapping[str, Any] | None
    result_url: str | None
    error: TaskError | None
    owner_id: UUID | None
    org_id: UUID | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    expires_at: datetime | None

    @property
    def url(self) -> str:
        return url_of(self.id)

    @classmethod
    def of(cls, job: Job, *, by: Principal) -> "Task":
        """The task that a job is, with as much of its result as the caller may see."""
        shows_result = may_see_result(job, by)
        result = dict(job.result or {}) if shows_result and job.result is not None else None
        has_file = result is not None and result.pop(FILE, None) is not None
        return cls(
            id=job.id,
            kind=job.kind,
            status=job.status,
            progress=job.progress,
            result=result,
            result_url=f"{url_of(job.id)}/result" if has_file else None,
            error=_error_of(job),
            owner_id=job.owner_id,
            org_id=job.org_id,
            created_at=job.created_at,
            started_at=job.started_at,
            ended_at=job.ended_at,
            expires_at=job.ended_at and job.ended_at + KEPT_FOR,
        )


FILE: Final = "file"
"""The member of a result that says that there is a file."""


def url_of(job_id: JobId) -> str:
    return f"/v1/tasks/{job_id}"


def may_see_result(job: Job, by: Principal) -> bool:
    """Whether the caller has what the result needs: they, or their token, may have lost it since."""
    right, scope = job.arguments.get("right"), job.arguments.get("scope")
    if scope is None or scope not in by.scopes:
        return False
    if right is None:
        is_owner = job.owner_id is not None and job.owner_id == by.user_id
        return is_owner or by.may(Right.MANAGE_USERS)
    return by.may(Right(right), of=None if job.org_id is None else OrganizationId(job.org_id))


def _error_of(job: Job) -> TaskError | None:
    if job.status is not JobStatus.FAILED:
        return None
    code, _, detail = job.error.partition(": ")
    if detail and code in _known_codes():
        return TaskError(code, detail)
    if job.error == "expired":
        return TaskError("task-expired", "The task could not be run in time. Start it again.")
    return TaskError("task-failed", "The task failed. Start it again, or ask the operator.")


@cache
def _known_codes() -> frozenset[str]:
    """Collected once: they do not change after the modules are imported."""
    return frozenset(_codes())


def _codes(kind: type[DomainError] = DomainError) -> Iterator[str]:
    """The codes of all domain errors, whose details are written for callers."""
    for error in kind.__subclasses__():
        if hasattr(error, "code"):
            yield error.code
        yield from _codes(error)
