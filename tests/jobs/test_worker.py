"""Worker: what its threads do with claimed jobs, and what looking for jobs costs."""

import time
from dataclasses import replace
from datetime import timedelta
from threading import Event
from typing import Final

import pytest
import structlog
from pytest_django import DjangoAssertNumQueries

from authsvc.jobs.entities import Job, JobId, JobRequest, JobStatus, Queue
from authsvc.jobs.ports import Handler, Run
from authsvc.jobs.services.engine import JobEngine
from authsvc.jobs.worker import LeaseThreads, WakeUp, Worker
from tests.support.commands import error_of
from tests.support.job_engines import until
from tests.support.jobs import Result, engine_with, enqueue, stored
from tests.support.patience import PATIENCE
from tests.support.worlds import World

A_MOMENT: Final = timedelta(milliseconds=1)


def a_worker(world: World, run: Handler, *, threads: int = 1, **parts: object) -> Worker:
    """A worker with so many threads for outbound jobs."""
    engine: JobEngine = replace(engine_with(world, run), **parts)  # type: ignore[arg-type]  # as given
    return Worker(
        engine=engine,
        wake_up=world.services.wake_up,
        threads={Queue.OUTBOUND: threads},
        periodic=(),
        release=lambda: None,
    )


def test_announced_jobs_are_run_in_threads(memory: World) -> None:
    worker = a_worker(memory, lambda run: {"sent": 1}, threads=2)
    worker.start()

    jobs = [enqueue(memory) for _ in range(25)]

    until(lambda: all(stored(memory, job).status is JobStatus.SUCCEEDED for job in jobs))
    worker.stop()


def test_threads_share_the_jobs_that_one_of_them_has_claimed(memory: World) -> None:
    begun: list[JobId] = []
    go_on = Event()

    def work(run: Run) -> Result:
        begun.append(run.job.id)
        go_on.wait(timeout=PATIENCE)
        return None

    jobs = {enqueue(memory) for _ in range(2)}
    worker = a_worker(memory, work, threads=2)
    worker.start()

    until(lambda: set(begun) == jobs)
    go_on.set()
    worker.stop()


def test_a_stopping_worker_hands_back_what_it_has_not_begun_and_what_does_not_end(
    memory: World,
) -> None:
    begun, go_on = Event(), Event()

    def hang(run: Run) -> Result:
        begun.set()
        go_on.wait(timeout=PATIENCE)
        return None

    jobs = [enqueue(memory) for _ in range(3)]
    worker = a_worker(memory, hang)
    worker.start()
    begun.wait(timeout=PATIENCE)

    worker.stop(seconds=0.01)

    left = [stored(memory, job) for job in jobs]
    with structlog.testing.capture_logs() as lines:
        go_on.set()
        until(lambda: bool(lines))
    assert {(job.status, job.lease, job.attempts) for job in left} == {(JobStatus.QUEUED, None, 0)}
    assert [line["event"] for line in lines] == ["a job lost its lease"]


def test_a_worker_goes_on_when_the_store_is_back(
    memory: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("authsvc.jobs.worker.PAUSE_AFTER_ERROR_SECONDS", 0.01)
    outages = [1, 2, 3]

    class Failing:
        def now(self) -> object:
            if outages:
                outages.pop()
                raise ConnectionError
            return memory.clock.now()

    worker = a_worker(memory, lambda run: None, clock=Failing())
    job = enqueue(memory)
    with structlog.testing.capture_logs() as lines:
        worker.start()
        until(lambda: stored(memory, job).status is JobStatus.SUCCEEDED)
        worker.stop()

    assert {line["event"] for line in lines} == {"a worker cannot reach its jobs"}


def test_idle_threads_look_for_jobs_once_a_second_together(memory: World) -> None:
    looks = []

    class Counted(type(memory.services.job_engine)):  # type: ignore[misc]  # a dataclass
        def claim(self, queue: Queue) -> list[Job]:
            looks.append(time.monotonic())
            return []

    engine = memory.services.job_engine
    counted = Counted(**{name: getattr(engine, name) for name in engine.__slots__})
    worker = replace(a_worker(memory, lambda run: None, threads=5), engine=counted)
    worker.start()
    until(lambda: len(looks) >= 3)
    worker.stop()

    # The first look has no pause before it.
    assert looks[2] - looks[0] >= 1


def test_a_wake_up_calls_one_thread() -> None:
    wake_up = WakeUp()
    wake_up.answers(Queue.OUTBOUND)

    wake_up.call(Queue.OUTBOUND)

    answers = [wake_up.answers(Queue.OUTBOUND) for _ in range(3)]
    assert answers == [True, False, False]


def test_a_single_pass_runs_what_is_due_and_what_that_enqueues(memory: World) -> None:
    def enqueue_one(run: Run) -> Result:
        if not run.job.arguments.get("is_last"):
            enqueue(memory, arguments={"is_last": True})
        return None

    enqueue(memory)
    worker = a_worker(memory, enqueue_one)

    assert worker.run_once(is_stopping=lambda: False) == 2
    assert worker.run_once(is_stopping=lambda: False) == 0
    enqueue(memory)
    assert worker.run_once(is_stopping=lambda: True) == 0


@pytest.mark.every_database
def test_looking_for_jobs_in_vain_costs_one_statement_and_no_transaction(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    enqueue(world, delay=timedelta(hours=1))

    with django_assert_num_queries(1):
        jobs = world.services.job_engine.claim(Queue.OUTBOUND)

    assert jobs == []


@pytest.mark.every_database
def test_enqueueing_costs_one_statement_in_the_unit_of_work(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with world.unit_of_work.atomic(), django_assert_num_queries(1):
        world.services.job_queue.enqueue(*[JobRequest(kind="test") for _ in range(50)])


@pytest.mark.every_database
@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--outbound=0", "--long=0", "--webhooks=0"], "nor all 0"),
        (["--long=-1"], "must not be negative"),
    ],
)
def test_a_worker_without_threads_is_refused(options: list[str], message: str) -> None:
    error, _ = error_of("work", *options)

    assert message in error


def test_a_lease_is_extended_until_the_attempt_ends() -> None:
    released, extensions = Event(), list[int]()

    def extend() -> bool:
        extensions.append(len(extensions))
        if len(extensions) == 2:
            raise ConnectionError
        return True

    with (
        structlog.testing.capture_logs() as lines,
        LeaseThreads(released.set).keeping(extend, every=A_MOMENT),
    ):
        until(lambda: len(extensions) > 2)
        assert not released.is_set()

    assert released.is_set()
    assert lines == [
        {
            "event": "a lease could not be extended",
            "error": "ConnectionError",
            "log_level": "warning",
        }
    ]


def test_a_lease_that_was_lost_is_not_extended_again() -> None:
    released, extensions = Event(), list[int]()

    def extend() -> bool:
        extensions.append(len(extensions))
        return False

    with LeaseThreads(released.set).keeping(extend, every=A_MOMENT):
        assert released.wait(PATIENCE)

    assert extensions == [0]
