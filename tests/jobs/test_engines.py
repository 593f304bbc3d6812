"""Both engines behave alike, as real processes: the embedded one, and Celery on Redis and on RabbitMQ."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from authsvc.composition.container import services
from authsvc.jobs.entities import JobRequest, JobStatus, Queue
from authsvc.jobs.ports import Carrier
from tests.support.brokers import NoBroker
from tests.support.databases import connected_to, database_with_tables
from tests.support.job_commands import kill, stop
from tests.support.job_engines import Engine, running_engine, until
from tests.support.jobs import Carried

pytestmark = [pytest.mark.postgres, pytest.mark.nightly]


@pytest.fixture(scope="module", params=["embedded", "redis", "rabbitmq"])
def engine(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,
    django_db_blocker: Any,
) -> Iterator[Engine]:
    """An engine with two workers."""
    folder = tmp_path_factory.mktemp("effects")
    with (
        django_db_blocker.unblock(),
        database_with_tables(folder) as url,
        connected_to(url),
    ):
        services.cache_clear()
        try:
            with running_engine(request.param, services(), url, folder) as running:
                running.start_worker(TICKS="on")
                running.start_worker(TICKS="on")
                yield running
        except NoBroker as error:
            pytest.skip(str(error))
        finally:
            services.cache_clear()


pytestmark.append(pytest.mark.usefixtures("committing"))


def with_carrier(engine: Engine, carrier: Carrier, text: str) -> Any:
    queue = replace(engine.services.job_queue, carrier=carrier)
    (job_id,) = queue.enqueue(JobRequest(kind="note", arguments={"text": text}))
    return job_id


def test_every_job_is_done_once(engine: Engine) -> None:
    jobs = [engine.enqueue(f"once-{number}") for number in range(30)]

    for job_id in jobs:
        engine.wait_until(job_id, JobStatus.SUCCEEDED)
    done = [line for line in engine.lines("done") if line.startswith("once-")]
    assert sorted(done) == sorted(f"once-{number}" for number in range(30))


def test_a_job_that_fails_is_repeated(engine: Engine) -> None:
    job = engine.wait_until(engine.enqueue("again", failures=2), JobStatus.SUCCEEDED)

    assert (job.attempts, engine.times("done", "again")) == (3, 1)


def test_a_delayed_job_waits(engine: Engine) -> None:
    job = engine.wait_until(
        engine.enqueue("later", delay=timedelta(seconds=2)), JobStatus.SUCCEEDED
    )

    assert job.started_at is not None
    assert job.started_at >= job.created_at + timedelta(seconds=2)


def test_a_job_with_the_key_of_a_waiting_one_is_not_added(engine: Engine) -> None:
    first = engine.enqueue("unique", unique_key="key", delay=timedelta(seconds=1))
    second = engine.enqueue("unique", unique_key="key", delay=timedelta(seconds=1))

    engine.wait_until(first, JobStatus.SUCCEEDED)
    assert second == first
    assert engine.times("done", "unique") == 1


def test_a_periodic_job_runs_once_a_period_in_all_workers(engine: Engine) -> None:
    until(lambda: len(engine.lines("ticks")) >= 5)

    ticks = engine.lines("ticks")
    assert len(ticks) == len(set(ticks))


def test_a_running_job_is_cancelled(engine: Engine) -> None:
    job_id = engine.enqueue("cancelled", kind="wait", reports=600)
    until(lambda: engine.times("begun", "cancelled") == 1)

    engine.queue.cancel(job_id)

    engine.wait_until(job_id, JobStatus.CANCELLED)
    assert engine.times("done", "cancelled") == 0


def test_a_job_whose_announcement_was_lost_is_done(engine: Engine) -> None:
    engine.wait_until(with_carrier(engine, Carried(), "lost"), JobStatus.SUCCEEDED)


def test_a_job_that_was_announced_many_times_is_done_once(engine: Engine) -> None:
    carrier = engine.queue.carrier

    class Shouting:
        def announce(self, jobs: Any) -> None:
            for _ in range(20):
                carrier.announce(jobs)

    job = engine.wait_until(with_carrier(engine, Shouting(), "doubled"), JobStatus.SUCCEEDED)
    until(lambda: engine.services.repositories.jobs.next_due(Queue.LONG) is None)

    assert (job.attempts, engine.times("done", "doubled")) == (1, 1)


def test_a_job_of_a_killed_worker_is_done_by_another(engine: Engine) -> None:
    jobs = [engine.enqueue(f"killed-{number}", seconds=2) for number in range(6)]
    until(lambda: any(line.startswith("killed-") for line in engine.lines("begun")))

    for worker in engine.workers:
        kill(worker)
    engine.workers.clear()
    engine.start_worker(TICKS="on")
    engine.start_worker(TICKS="on")

    for job_id in jobs:
        engine.wait_until(job_id, JobStatus.SUCCEEDED)
    assert {f"killed-{number}" for number in range(6)} <= set(engine.lines("done"))


def test_a_stopping_worker_hands_its_long_job_back(engine: Engine) -> None:
    job_id = engine.enqueue("handed", kind="wait", reports=100)
    until(lambda: engine.times("begun", "handed") == 1)

    for worker in engine.workers:
        worker.terminate()
    for worker in engine.workers:
        stop(worker)
    engine.workers.clear()

    job = engine.job(job_id)
    assert (job.status, job.lease, job.attempts) == (JobStatus.QUEUED, None, 0)
    engine.queue.cancel(job_id)
    engine.start_worker(TICKS="on")
    engine.start_worker(TICKS="on")


def test_an_outage_of_the_broker_neither_fails_nor_delays_enqueueing(engine: Engine) -> None:
    if engine.broker is None:
        pytest.skip("the embedded engine has no broker")
    until(lambda: engine.services.repositories.jobs.next_due(Queue.LONG) is None)
    engine.broker.kill()
    queue = engine.queue
    delays, jobs = [], []
    for number in range(20):
        began = time.monotonic()
        request = JobRequest(kind="note", arguments={"text": f"outage-{number}"})
        jobs += queue.enqueue(request)
        delays.append(time.monotonic() - began)

    engine.broker.start()

    assert max(delays) < 2
    assert sorted(delays)[10] < 0.2
    for job_id in jobs:
        engine.wait_until(job_id, JobStatus.SUCCEEDED)
    assert engine.job(engine.enqueue("afterwards"))
    until(lambda: engine.times("done", "afterwards") == 1)
