"""The page of a background job: its state, progress and result."""

from typing import Any

from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts.admin.job_words import duration_words, kind_words, progress_words, state_words
from accounts.domain.tasks.entities import FILE
from authsvc.admin_site.labels import status_badge
from authsvc.admin_site.pages import thing_page
from authsvc.admin_site.people import name_of, person_link
from authsvc.composition.container import services
from authsvc.jobs.entities import KEPT_FOR, JobStatus
from authsvc.jobs.models import Job

_WAITING = (JobStatus.QUEUED, JobStatus.RUNNING)


def state_of(row: Job) -> dict[str, Any]:
    """How far a job is, for scripts. It says nothing of what the job is about."""
    return {
        "status": row.status,
        "done": row.done,
        "total": row.total,
        "words": state_words(row, now=services().ports.clock.now()),
        "has_ended": row.status not in _WAITING,
    }


def job_page(request: HttpRequest, row: Job, *, opts: Any, may_act: bool) -> HttpResponse:
    """The page of a job, with what may be done to it in its state."""
    name = (row.result or {}).get(FILE)
    return thing_page(
        request,
        "admin/jobs/job/job.html",
        title=kind_words(row.kind),
        opts=opts,
        job=row,
        badge=status_badge(row.status),
        is_waiting=row.status in _WAITING,
        state=state_of(row),
        progress=progress_words(row),
        starter=_starter(request, row),
        duration=duration_words(row, now=services().ports.clock.now()),
        result_name=name,
        result_until=row.ended_at and row.ended_at + KEPT_FOR,
        list_url=reverse("admin:jobs_job_changelist"),
        may_retry=may_act and row.status == JobStatus.FAILED,
        may_cancel=may_act and row.status in _WAITING,
    )


def starter_of(row: Job) -> str:
    """Who or what started a job that no user owns."""
    return "Schedule" if row.period else row.caller or "authsvc"


def _starter(request: HttpRequest, row: Job) -> str:
    user = get_user_model().objects.filter(pk=row.owner_id).first() if row.owner_id else None
    return starter_of(row) if user is None else person_link(request, user.pk, name_of(user))
