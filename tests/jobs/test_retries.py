"""Retries of jobs: what is repeated, and the pauses in between."""

from datetime import timedelta

from authsvc.events.errors import EventsBusy
from authsvc.jobs.entities import JobStatus, Queue, RetryPolicy
from authsvc.jobs.ports import Run
from tests.support.jobs import Result, engine_with, enqueue, stored
from tests.support.worlds import World


def overload(run: Run) -> Result:
    raise EventsBusy


def test_a_busy_server_is_waited_for(memory: World) -> None:
    job_id = enqueue(memory)

    engine_with(memory, overload).run_due(Queue.OUTBOUND)

    job = stored(memory, job_id)
    assert (job.status, job.error) == (JobStatus.QUEUED, EventsBusy().detail)


def test_a_pause_varies_by_a_quarter() -> None:
    policy = RetryPolicy(first_pause=timedelta(minutes=4))

    pauses = [policy.pause_after(1, jitter=jitter) / timedelta(minutes=1) for jitter in (0, 1)]

    assert pauses == [3, 5]
