"""Broker: what is announced to Celery's workers, and that an outage of the broker harms nobody."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
import structlog
from pytest_django import Settings

from authsvc.config.environment import read_environment
from authsvc.config.variables import Misconfigured
from authsvc.jobs.broker import AWAY, MOST_MESSAGES, RUN_JOBS, BrokerCarrier, name_of
from authsvc.jobs.entities import Job, Queue
from authsvc.jobs.services.due_jobs import BATCH_SIZE, MOST_WAITING, DueJobs
from tests.support.commands import error_of
from tests.support.jobs import a_job, enqueue
from tests.support.postgres import free_port
from tests.support.redis import running_redis
from tests.support.worlds import World

A_SECOND = timedelta(seconds=1)


@dataclass
class CountedBroker:
    """A broker at which so many messages wait, and what was announced to it."""

    messages: int = 0
    jobs: list[Job] = field(default_factory=list)

    def announce(self, jobs: Sequence[Job]) -> None:
        self.jobs.extend(jobs)

    def waiting(self, queue: Queue) -> int:
        return self.messages


@pytest.fixture
def carrier() -> BrokerCarrier:
    """A carrier to a broker in the memory of this process, whose queues are empty."""
    memory = BrokerCarrier.at("memory://")
    for queue in Queue:
        received(memory, queue)
    return memory


def received(carrier: BrokerCarrier, queue: Queue) -> list[Any]:
    """The messages of the queue: the name of each task, and its ids."""
    messages = []
    with (
        carrier.app.connection_for_read() as connection,
        connection.SimpleQueue(name_of(queue)) as waiting,
    ):
        while waiting.qsize():
            message = waiting.get_nowait()
            (ids,), _, _ = message.payload
            messages.append((message.headers["task"], ids))
            message.ack()
    return messages


def due_jobs(world: World, broker: CountedBroker) -> DueJobs:
    return DueJobs(jobs=world.repositories.jobs, broker=broker, clock=world.clock)


def test_each_job_is_announced_to_the_workers_of_its_queue(carrier: BrokerCarrier) -> None:
    mail, rebuild = a_job(), a_job(queue=Queue.LONG)

    carrier.announce([mail, rebuild])

    assert (carrier.waiting(Queue.OUTBOUND), carrier.waiting(Queue.LONG)) == (1, 1)
    assert received(carrier, Queue.OUTBOUND) == [(RUN_JOBS, [str(mail.id)])]
    assert received(carrier, Queue.LONG) == [(RUN_JOBS, [str(rebuild.id)])]


def test_very_many_jobs_take_few_messages(carrier: BrokerCarrier) -> None:
    jobs = [a_job() for _ in range(405)]

    carrier.announce(jobs)

    messages = received(carrier, Queue.OUTBOUND)
    assert len(messages) <= MOST_MESSAGES
    assert [job_id for _, ids in messages for job_id in ids] == [str(job.id) for job in jobs]


@pytest.mark.parametrize("scheme", ["redis", "amqp"])
def test_a_broker_that_is_away_is_logged_and_then_left_alone(scheme: str) -> None:
    carrier = BrokerCarrier.at(f"{scheme}://127.0.0.1:{free_port()}/0")

    with structlog.testing.capture_logs() as lines:
        for _ in range(100):
            carrier.announce([a_job()])
        waiting = carrier.waiting(Queue.OUTBOUND)

    assert waiting == AWAY
    assert [line["event"] for line in lines] == ["the broker is unavailable"]


def test_a_broker_that_refuses_the_password_fails_nobody() -> None:
    with running_redis() as url, structlog.testing.capture_logs() as lines:
        carrier = BrokerCarrier.at(url.replace("//", "//:wrong@"))
        carrier.announce([a_job()])
        waiting = carrier.waiting(Queue.OUTBOUND)

    assert waiting == AWAY
    assert [line["event"] for line in lines] == ["the broker is unavailable"]


def test_jobs_that_are_due_for_a_while_are_announced(memory: World) -> None:
    first, second = enqueue(memory), enqueue(memory, queue=Queue.LONG)
    enqueue(memory, delay=10 * A_SECOND)
    broker = CountedBroker()

    due_jobs(memory, broker).announce()
    assert broker.jobs == []

    memory.clock.at += A_SECOND
    due_jobs(memory, broker).announce()
    assert {job.id for job in broker.jobs} == {first, second}


def test_a_job_whose_lease_has_ended_is_announced(memory: World) -> None:
    job_id = enqueue(memory)
    (job,) = memory.services.job_engine.claim(Queue.OUTBOUND)
    broker = CountedBroker()
    assert job.due_at is not None

    memory.clock.at = job.due_at
    due_jobs(memory, broker).announce()
    assert broker.jobs == []

    memory.clock.at += A_SECOND
    due_jobs(memory, broker).announce()
    assert [job.id for job in broker.jobs] == [job_id]


def test_no_more_is_announced_while_workers_have_enough_to_do(memory: World) -> None:
    for _ in range(BATCH_SIZE + 1):
        enqueue(memory)
    memory.clock.at += A_SECOND
    busy, free = CountedBroker(messages=MOST_WAITING), CountedBroker(messages=MOST_WAITING - 1)

    due_jobs(memory, busy).announce()
    due_jobs(memory, free).announce()

    assert (len(busy.jobs), len(free.jobs)) == (0, BATCH_SIZE)


def test_with_a_broker_the_server_processes_run_no_jobs() -> None:
    database, broker = {"DATABASE_URL": "sqlite:///a"}, {"BROKER_URL": "redis://127.0.0.1/0"}

    assert read_environment(database).runs_embedded_worker
    assert not read_environment(database | broker).runs_embedded_worker
    assert not read_environment(database | {"EMBEDDED_WORKER": "off"}).runs_embedded_worker
    # Without a database there is nothing that another process could read.
    assert read_environment(broker).runs_embedded_worker


def test_a_broker_without_celery_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("authsvc.config.environment.find_spec", lambda name: None)

    with pytest.raises(Misconfigured, match="BROKER_URL needs Celery"):
        read_environment({"BROKER_URL": "redis://127.0.0.1/0"})


@pytest.mark.any_database
def test_a_worker_of_the_embedded_engine_is_refused_beside_a_broker(
    settings: Settings,
) -> None:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, broker_url="redis://127.0.0.1/0")

    error, _ = error_of("work")

    assert "celery --app=authsvc.celery worker --beat" in error
