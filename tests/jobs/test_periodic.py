"""Periodic jobs: each runs once a period, whatever became of it before."""

from datetime import timedelta

from authsvc.jobs.entities import JobRequest, JobStatus, Queue, RetryPolicy
from authsvc.jobs.errors import JobRetry
from authsvc.jobs.ports import Run
from tests.support.builders import NOON
from tests.support.jobs import Result, engine_with, enqueue
from tests.support.worlds import World


def succeed(run: Run) -> Result:
    return {"sent": 1}


def fail(run: Run) -> Result:
    raise ConnectionResetError


def postpone(run: Run) -> Result:
    raise JobRetry("the server is busy")


def test_a_periodic_job_runs_once_a_period(memory: World) -> None:
    hourly = JobRequest(kind="test", unique_key="hourly", period=timedelta(hours=1))
    engine = engine_with(memory, succeed)
    engine.ensure_periodic([hourly])
    engine.ensure_periodic([hourly])

    assert engine.run_due(Queue.OUTBOUND) == 1
    memory.clock.go_on(minutes=59)
    assert engine.run_due(Queue.OUTBOUND) == 0
    memory.clock.go_on(hours=7)
    assert engine.run_due(Queue.OUTBOUND) == 1

    job = memory.repositories.jobs.find_by_key("hourly")
    assert job is not None
    assert (job.status, job.due_at) == (JobStatus.QUEUED, NOON + timedelta(hours=8))


def test_a_periodic_job_that_fails_again_and_again_runs_once_a_period_at_least(
    memory: World,
) -> None:
    often = JobRequest(kind="test", unique_key="often", period=timedelta(minutes=1))
    engine = engine_with(memory, postpone)
    engine.ensure_periodic([often])
    attempts = 0
    for _ in range(60):
        attempts += engine.run_due(Queue.OUTBOUND)
        memory.clock.go_on(minutes=1)

    assert attempts == 60


def test_a_periodic_job_that_fails_runs_at_its_next_time(memory: World) -> None:
    hourly = JobRequest(kind="test", unique_key="hourly", period=timedelta(hours=1))
    engine = engine_with(memory, fail, policy=RetryPolicy(most_attempts=1))
    engine.ensure_periodic([hourly])
    engine.run_due(Queue.OUTBOUND)

    job = memory.repositories.jobs.find_by_key("hourly")
    assert job is not None
    assert (job.status, job.error) == (JobStatus.QUEUED, "ConnectionResetError")
    assert job.due_at == NOON + timedelta(hours=1)


def test_a_periodic_job_goes_before_a_full_queue(memory: World) -> None:
    waiting = enqueue(memory, queue=Queue.LONG)
    memory.clock.go_on(minutes=1)
    engine = engine_with(memory, succeed)
    engine.ensure_periodic([JobRequest.periodic("test", every=timedelta(hours=1))])

    first, second = memory.repositories.jobs.due(Queue.LONG, at=memory.clock.now(), limit=10)

    assert (first.unique_key, second.id) == ("periodic:test", waiting)
