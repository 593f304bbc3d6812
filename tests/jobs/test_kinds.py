"""Kinds of jobs: those that cannot report for long, and those whose jobs are not kept."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
import structlog
from django.db import connection
from django.test.utils import CaptureQueriesContext

from authsvc.jobs.entities import (
    LEASE_TIME,
    LONGEST_SILENCE,
    JobId,
    JobProgress,
    JobRequest,
    JobStatus,
    Queue,
)
from authsvc.jobs.errors import UnknownJob
from authsvc.jobs.ports import Run
from authsvc.jobs.services.engine import never
from tests.support.jobs import Result, engine_with, enqueue, stored
from tests.support.worlds import World


def succeed(run: Run) -> Result:
    return {"sent": 1}


@dataclass
class KeeperByHand:
    """A lease keeper that extends a lease when a test says so."""

    extend: Callable[[], bool] = never

    @contextmanager
    def keeping(self, extend: Callable[[], bool], *, every: timedelta) -> Iterator[None]:
        assert every < LEASE_TIME
        self.extend = extend
        yield


@pytest.mark.parametrize("is_atomic", [False, True])
def test_a_silent_attempt_keeps_its_lease_and_ends(memory: World, *, is_atomic: bool) -> None:
    keeper, begun = KeeperByHand(), list[JobId]()

    def take_long(run: Run) -> Result:
        begun.append(run.job.id)
        for _ in range(20):
            memory.clock.go_on(minutes=2)
            assert keeper.extend()
            assert stored(memory, run.job.id).due_at == memory.clock.now() + LEASE_TIME
            assert engine.run_due(Queue.OUTBOUND) == 0
        return {"sent": len(begun)}

    job_id = enqueue(memory)
    engine = engine_with(memory, take_long, is_atomic=is_atomic, longest_silence=LONGEST_SILENCE)
    engine = replace(engine, lease_keeper=keeper)
    engine.run_due(Queue.OUTBOUND)

    job = stored(memory, job_id)
    assert (job.status, job.result, job.attempts) == (JobStatus.SUCCEEDED, {"sent": 1}, 1)
    assert not keeper.extend()


def test_an_attempt_that_is_silent_for_too_long_loses_its_lease(memory: World) -> None:
    keeper = KeeperByHand()

    def hang(run: Run) -> Result:
        memory.clock.at += LONGEST_SILENCE
        assert not keeper.extend()
        assert [job.id for job in engine.claim(Queue.OUTBOUND)] == [run.job.id]
        return None

    enqueue(memory)
    engine = engine_with(memory, hang, longest_silence=LONGEST_SILENCE)
    engine = replace(engine, lease_keeper=keeper)

    with structlog.testing.capture_logs() as lines:
        engine.run_due(Queue.OUTBOUND)

    assert [line["event"] for line in lines] == ["a job lost its lease"]


def test_a_report_ends_the_silence(memory: World) -> None:
    keeper = KeeperByHand()

    def report_late(run: Run) -> Result:
        memory.clock.at += LONGEST_SILENCE
        run.report(JobProgress(done=1))
        assert keeper.extend()
        return None

    job_id = enqueue(memory)
    engine = engine_with(memory, report_late, longest_silence=LONGEST_SILENCE)
    replace(engine, lease_keeper=keeper).run_due(Queue.OUTBOUND)

    assert stored(memory, job_id).status is JobStatus.SUCCEEDED


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


def test_atomic_work_may_be_silent_for_long_because_it_cannot_report(memory: World) -> None:
    atomic = [kind for kind in memory.services.job_kinds if kind.is_atomic]

    assert [kind.longest_silence for kind in atomic] == [LONGEST_SILENCE] * len(atomic) != []


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
