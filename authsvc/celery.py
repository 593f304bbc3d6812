"""Celery application: workers that run the jobs which the broker names, and announce those that are due.

Start workers with `celery --app=authsvc.celery worker --beat`.
"""

import os
from collections.abc import Iterable
from datetime import timedelta
from functools import cache
from multiprocessing.sharedctypes import RawValue
from typing import Any, Final
from uuid import UUID

import django
from celery import Celery
from celery.signals import worker_shutting_down

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "authsvc.settings")
django.setup()

# Django must be set up before the modules below are imported.
from django.conf import settings  # noqa: E402  # as the comment above says

from authsvc.composition.container import services  # noqa: E402  # likewise
from authsvc.jobs.broker import (  # noqa: E402  # likewise
    ANNOUNCE_DUE,
    CONFIGURATION,
    DUE_QUEUE,
    RUN_JOBS,
    queues,
)
from authsvc.jobs.entities import JobId  # noqa: E402  # likewise

SWEEP_SECONDS: Final = 1.0

if not settings.ENVIRONMENT.has_broker:
    raise SystemExit(
        "Celery needs BROKER_URL and DATABASE_URL. Without a broker, manage.py work runs the jobs."
    )
app = Celery("authsvc", broker=settings.ENVIRONMENT.broker_url)
app.conf.update(
    CONFIGURATION,
    task_queues=queues(),
    # A worker that is killed has acknowledged its message: the job is announced again when its lease ends. Late
    # acknowledgement would gain nothing, and brokers limit how long it may take.
    task_acks_late=False,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    # In memory: after a restart, the sweep begins again at once.
    beat_scheduler="celery.beat:Scheduler",
    beat_schedule={
        "announce due jobs": {
            "task": ANNOUNCE_DUE,
            "schedule": timedelta(seconds=SWEEP_SECONDS),
            "options": {"queue": DUE_QUEUE, "expires": 5 * SWEEP_SECONDS},
        }
    },
)

# Shared with the processes that a worker forks.
_stopping: Final = RawValue("b", 0)


@worker_shutting_down.connect
def _stop(**_: Any) -> None:
    _stopping.value = 1


def _is_stopping() -> bool:
    return bool(_stopping.value)


@app.task(name=RUN_JOBS)
def run_jobs(job_ids: Iterable[str]) -> None:
    """Attempt those of the jobs that are due. Long ones are interrupted when the worker stops."""
    for job_id in job_ids:
        services().job_engine.run(JobId(UUID(job_id)), is_stopping=_is_stopping)


@app.task(name=ANNOUNCE_DUE)
def announce_due() -> None:
    """Announce jobs that are due and were not begun, whatever the reason."""
    _store_periodic_jobs()
    if due_jobs := services().due_jobs:
        due_jobs.announce()


@cache
def _store_periodic_jobs() -> None:
    services().job_engine.ensure_periodic(services().periodic_jobs)
