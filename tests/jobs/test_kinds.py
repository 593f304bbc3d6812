"""Kinds of jobs: those that cannot report for long, and those whose jobs are not kept."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
import structlog
from django.db import connection
from django.test.utils import CaptureQueriesContext

from authsvc.jobs.entities import (
    LONG_LEASE_TIME,
    JobId,
    JobProgress,
    JobRequest,
    JobStatus,
    Lease,
    Queue,
)
from authsvc.jobs.errors import UnknownJob
from authsvc.jobs.ports import Run
from tests.support.jobs import Result, engine_with, enqueue, stored
from tests.support.worlds import World


def succeed(run: Run) -> Result:
    return {"sent": 1}


def test_a_long_transaction_keeps_its_lease_and_ends(memory: World) -> None:
    begun: list[JobId] = []

    def take_long(run: Run) -> Result:
        begun.append(run.job.id)
        memory.clock.at += LONG_LEASE_TIME - timedelta(seconds=1)
        assert other.run_due(Queue.OUTBOUND) == 0
        return {"sent": len(begun)}

    job_id = enqueue(memory)
    engine = engine_with(memory, take_long, is_atomic=True, lease_time=LONG_LEASE_TIME)
    other = engine_with(memory, take_long, is_atomic=True, lease_time=LONG_LEASE_TIME)
    engine.run_due(Queue.OUTBOUND)

    job = stored(memory, job_id)
    assert (job.status, job.result, job.attempts) == (JobStatus.SUCCEEDED, {"sent": 1}, 1)


def test_a_report_extends_the_lease_by_that_of_the_kind(memory: World) -> None:
    def report(run: Run) -> Result:
        memory.clock.go_on(minutes=59)
        run.report(JobProgress(done=1))
        due_at.append(stored(memory, run.job.id).due_at)
        return None

    due_at: list[datetime | None] = []
    enqueue(memory)
    engine_with(memory, report, lease_time=LONG_LEASE_TIME).run_due(Queue.OUTBOUND)

    assert due_at == [memory.clock.now() + LONG_LEASE_TIME]


@pytest.mark.database
def test_a_report_takes_one_statement(world: World) -> None:
    def report(run: Run) -> Result:
        world.clock.go_on(seconds=5)
        with CaptureQueriesContext(connection) as captured:
            run.report(JobProgress(done=1))
        statements.extend(query["sql"].split()[0] for query in captured.captured_queries)
        return None

    statements: list[str] = []
    enqueue(world)
    engine_with(world, report).run_due(Queue.OUTBOUND)

    assert statements == ["UPDATE"]


def test_a_job_that_was_taken_before_its_lease_was_extended_is_left_alone(memory: World) -> None:
    begun: list[JobId] = []

    def begin(run: Run) -> Result:
        begun.append(run.job.id)
        return None

    job_id = enqueue(memory)
    engine = engine_with(memory, begin, lease_time=LONG_LEASE_TIME)
    (claimed,) = engine.claim(Queue.OUTBOUND)
    memory.repositories.jobs.save(replace(claimed, lease=Lease(uuid4())))

    with structlog.testing.capture_logs() as lines:
        engine.attempt(claimed)

    assert (begun, stored(memory, job_id).status) == ([], JobStatus.RUNNING)
    assert [line["event"] for line in lines] == ["a job lost its lease"]


def test_atomic_work_has_a_long_lease_because_it_cannot_report(memory: World) -> None:
    atomic = [kind for kind in memory.services.job_kinds if kind.is_atomic]

    assert [kind.lease_time for kind in atomic] == [LONG_LEASE_TIME] * len(atomic) != []


@pytest.mark.parametrize("is_atomic", [False, True])
def test_a_kind_that_is_not_kept_leaves_no_row_unless_it_fails(
    memory: World, *, is_atomic: bool
) -> None:
    def work(run: Run) -> Result:
        if run.job.id == failing:
            raise UnknownJob
        return {"sent": 1}

    failing = enqueue(memory)
    succeeding = enqueue(memory, unique_key="key")
    engine = engine_with(memory, work, is_kept=False, is_atomic=is_atomic)

    engine.run_due(Queue.OUTBOUND)

    assert memory.repositories.jobs.find(succeeding) is None
    assert stored(memory, failing).status is JobStatus.FAILED


def test_a_periodic_job_of_a_kind_that_is_not_kept_waits_for_its_next_time(memory: World) -> None:
    hourly = JobRequest(kind="test", unique_key="hourly", period=timedelta(hours=1))
    engine = engine_with(memory, succeed, is_kept=False)
    engine.ensure_periodic([hourly])

    engine.run_due(Queue.OUTBOUND)

    assert memory.repositories.jobs.find_by_key("hourly") is not None
