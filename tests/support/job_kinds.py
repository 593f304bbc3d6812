"""Kinds of jobs for tests with real processes. What they do shows in files in the folder EFFECTS."""

import os
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from authsvc.composition import container
from authsvc.composition.container import Services
from authsvc.jobs.entities import LONGEST_SILENCE, JobProgress, JobRequest, Queue, RetryPolicy
from authsvc.jobs.errors import JobRetry
from authsvc.jobs.ports import JobKind, Run
from authsvc.jobs.services.engine import JobEngine
from authsvc.jobs.worker import Worker

LEASE_TIME: Final = timedelta(seconds=4)
PERIOD: Final = timedelta(seconds=1)
FOLDER: Final = "EFFECTS"


def use_test_kinds() -> None:
    """Let this process run the kinds of this module, too, and with short leases."""
    container.Services = ServicesWithTestKinds  # type: ignore[misc]  # for this process
    container.services.cache_clear()


def lines_of(folder: Path, name: str) -> list[str]:
    """What attempts have written to this file."""
    path = folder / name
    return path.read_text().splitlines() if path.exists() else []


class ServicesWithTestKinds(Services):
    @property
    def job_kinds(self) -> tuple[JobKind, ...]:
        quick = RetryPolicy(first_pause=timedelta(milliseconds=300))
        return (
            *super().job_kinds,
            JobKind(name="note", run=_note, policy=quick),
            JobKind(name="wait", run=_wait, queue=Queue.LONG),
            JobKind(
                name="hold",
                run=_hold,
                queue=Queue.LONG,
                is_atomic=True,
                longest_silence=LONGEST_SILENCE,
            ),
            JobKind(name="tick", run=_tick),
        )

    @property
    def periodic_jobs(self) -> tuple[JobRequest, ...]:
        tick = JobRequest(kind="tick", unique_key="tick", period=PERIOD)
        return (*super().periodic_jobs, tick) if "TICKS" in os.environ else super().periodic_jobs

    @cached_property
    def job_engine(self) -> JobEngine:
        return replace(super().job_engine, jitter=lambda: 0.5, lease_time=LEASE_TIME)


def _note(run: Run) -> Mapping[str, Any]:
    """Write the job's text before and after some seconds; fail in the first attempts if asked to."""
    arguments = run.job.arguments
    _write("begun", arguments["text"])
    time.sleep(arguments.get("seconds", 0))
    if run.job.attempts <= arguments.get("failures", 0):
        raise JobRetry("asked to fail")
    _write("done", arguments["text"])
    return {"process": os.getpid()}


def _wait(run: Run) -> None:
    """Report progress for a while."""
    _write("begun", run.job.arguments["text"])
    for number in range(run.job.arguments["reports"]):
        time.sleep(0.1)
        run.report(JobProgress(done=number))
    _write("done", run.job.arguments["text"])


def _hold(run: Run) -> None:
    """Be silent in the first attempt until its worker is killed."""
    _write("begun", run.job.arguments["text"])
    while run.job.attempts == 1:
        time.sleep(0.1)


def _tick(run: Run) -> None:
    """Write in which period of the job this is."""
    started_at = run.job.started_at
    assert started_at is not None
    _write("ticks", str((started_at - run.job.created_at) // PERIOD))


def _write(name: str, text: str) -> None:
    with (Path(os.environ[FOLDER]) / name).open("a") as file:
        file.write(f"{text}\n")


def worker_of_nothing(kind: str, *, threads: int) -> Worker:
    """A worker for outbound jobs of that kind, which do nothing."""
    application = container.services()
    engine = replace(application.job_engine, kinds={kind: JobKind(name=kind, run=lambda run: None)})
    return replace(application.worker({Queue.OUTBOUND: threads}), engine=engine)
