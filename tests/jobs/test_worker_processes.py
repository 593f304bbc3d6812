"""Workers of the embedded engine as real processes: how they share, stop, die, and outlive their database."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection

from authsvc.composition.container import services
from authsvc.jobs.entities import JobStatus, Queue
from tests.support.application import PASSWORD
from tests.support.commands import manage
from tests.support.databases import connected_to, database_with_tables
from tests.support.job_commands import kill, stop
from tests.support.job_engines import Engine, running_engine, until
from tests.support.job_kinds import LEASE_TIME
from tests.support.patience import PATIENCE
from tests.support.postgres import SETTINGS, start_cluster
from tests.support.server import running_server
from tests.support.wire import WireCaller

pytestmark = [pytest.mark.every_database, pytest.mark.nightly]
SERVER = "tests.support.job_server:application"


@pytest.fixture
def engine(tmp_path: Path, committing: None) -> Iterator[Engine]:
    """The embedded engine on a database of its own, without workers."""
    with database_with_tables(tmp_path) as url, engine_on(url, tmp_path) as running:
        yield running


@contextmanager
def engine_on(url: str, folder: Path) -> Iterator[Engine]:
    with connected_to(url):
        services.cache_clear()
        with running_engine("embedded", services(), url, folder) as running:
            yield running
    services.cache_clear()


def test_jobs_are_shared_out_and_those_of_a_killed_worker_done_by_others(engine: Engine) -> None:
    jobs = [engine.enqueue(f"job-{number}", seconds=0.2) for number in range(60)]
    killed, stopped, _ = [engine.start_worker() for _ in range(3)]
    until(lambda: len(engine.lines("done")) >= 12)

    kill(killed)
    stop(stopped)

    for job_id in jobs:
        engine.wait_until(job_id, JobStatus.SUCCEEDED)
    repeated = len(engine.lines("done")) - len(jobs)
    assert 0 <= repeated <= 2  # at most one for each thread of the killed worker


@pytest.mark.postgres
def test_a_long_transaction_keeps_its_lease_until_its_worker_is_killed(engine: Engine) -> None:
    killed = engine.start_worker()
    job_id = engine.enqueue("long", kind="hold")
    until(lambda: engine.times("begun", "long") == 1)
    started_at = engine.job(job_id).started_at
    assert started_at is not None
    until(lambda: (engine.job(job_id).due_at or started_at) > started_at + 3 * LEASE_TIME)

    kill(killed)
    engine.start_worker()

    engine.wait_until(job_id, JobStatus.SUCCEEDED)
    assert engine.job(job_id).attempts == 2


@pytest.mark.parametrize("workers", [1, 2])
def test_a_server_that_stops_hands_its_jobs_back(engine: Engine, workers: int) -> None:
    with running_server(engine.environment, application=SERVER, workers=workers):
        job_id = engine.enqueue("long", kind="wait", reports=600)
        until(lambda: engine.times("begun", "long") == 1)

    job = engine.job(job_id)
    assert (job.status, job.lease, job.attempts) == (JobStatus.QUEUED, None, 0)


def test_a_single_pass_does_what_is_due_and_ends(engine: Engine) -> None:
    jobs = [engine.enqueue(f"job-{number}") for number in range(12)]

    worker = engine.start_worker("--once")

    assert worker.wait(timeout=PATIENCE) == 0
    assert {engine.job(job_id).status for job_id in jobs} == {JobStatus.SUCCEEDED}
    assert manage(engine.environment, "work", "--once") == "Jobs run: 0.\n"


def test_requests_and_jobs_on_one_database_do_not_fail_each_other(
    engine: Engine, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    with (
        log.open("w") as errors,
        running_server(
            engine.environment, application=SERVER, workers=2, threads=4, errors=errors
        ) as server,
    ):

        def register(_: int) -> int:
            body = {"email": f"{uuid4().hex}@school.example", "password": PASSWORD}
            return WireCaller(server.port).post("/v1/auth/register", body).status

        with ThreadPoolExecutor(8) as pool:
            answers = pool.map(register, range(160))
            for _ in range(160):  # here, because a thread would have a connection of its own
                engine.enqueue("mixed")
            statuses = set(answers)
        until(lambda: engine.times("done", "mixed") >= 160)

    assert statuses == {201}
    assert "locked" not in log.read_text()
    assert engine.times("done", "mixed") == 160


@pytest.mark.postgres
def test_a_worker_outlives_a_restart_of_the_database(tmp_path: Path, committing: None) -> None:
    durable = tuple(setting for setting in SETTINGS if "max_conn" in setting or "listen" in setting)
    cluster = start_cluster(settings=durable)
    manage({"DATABASE_URL": cluster.url}, "migrate", "--verbosity=0")
    with engine_on(cluster.url, tmp_path) as engine:
        engine.start_worker()
        before = engine.enqueue("before")
        engine.wait_until(before, JobStatus.SUCCEEDED)
        during = [engine.enqueue(f"during-{number}", seconds=0.5) for number in range(6)]
        time.sleep(0.7)

        cluster.restart()
        connection.close()

        after = engine.enqueue("after")
        for job_id in (*during, after):
            engine.wait_until(job_id, JobStatus.SUCCEEDED)
        assert engine.services.repositories.jobs.next_due(Queue.OUTBOUND) is None
