"""Broker: carries the ids of due jobs to Celery's workers, through Redis or RabbitMQ.

The rows are the truth. A message that is lost, doubled, late or out of order does no harm: workers announce jobs again
that are due and were not begun.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from time import monotonic
from typing import Any, Final

import structlog
from celery import Celery
from kombu.connection import Connection
from kombu.entity import Queue as BrokerQueue
from kombu.exceptions import OperationalError

from authsvc.jobs.entities import Job, Queue

RUN_JOBS: Final = "authsvc.run_jobs"
ANNOUNCE_DUE: Final = "authsvc.announce_due"
DUE_QUEUE: Final = "authsvc-due"
TIMEOUT: Final = timedelta(milliseconds=200)
PAUSE: Final = timedelta(seconds=5)
"""How long a process announces nothing after the broker has failed, so that an outage delays few requests."""
MOST_MESSAGES: Final = 20
"""How many messages a unit of work sends for a queue. With more jobs, each message has several ids."""
LONGEST_QUEUE: Final = 10_000
"""RabbitMQ drops the oldest messages beyond that. Their jobs are announced again."""
AWAY: Final = sys.maxsize
CONFIGURATION: Final[dict[str, Any]] = {
    "accept_content": ["json"],
    "task_serializer": "json",
    "task_ignore_result": True,
    "task_default_queue": DUE_QUEUE,
    # Messages need not survive the broker, as the rows do.
    "task_default_delivery_mode": "transient",
    "broker_connection_retry_on_startup": True,
    "broker_connection_max_retries": None,
}

log: Final = structlog.get_logger(__name__)


def name_of(queue: Queue) -> str:
    """The name of the queue at the broker."""
    return f"authsvc-{queue}"


def queues() -> tuple[BrokerQueue, ...]:
    names = (*map(name_of, Queue), DUE_QUEUE)
    return tuple(BrokerQueue(name, max_length=LONGEST_QUEUE) for name in names)


@dataclass(slots=True)
class BrokerCarrier:
    """Sends ids to the broker. While it is away, requests are neither failed nor delayed by more than a moment."""

    app: Celery
    errors: tuple[type[Exception], ...]
    """What sending raises while the broker is away, or refuses it."""
    _resumes_at: float = 0.0

    @classmethod
    def at(cls, url: str) -> "BrokerCarrier":
        """A carrier to the broker at this URL, which is contacted when there is something to announce."""
        seconds = TIMEOUT.total_seconds()
        app = Celery("authsvc", broker=url, set_as_current=False)
        app.conf.update(
            CONFIGURATION,
            task_queues=queues(),
            task_publish_retry=False,
            broker_pool_limit=64,
            broker_connection_timeout=seconds,
            broker_transport_options={
                "max_retries": 1,
                "interval_start": 0,
                "interval_step": 0,
                "interval_max": 0,
                "connect_retries_timeout": seconds,
                **_timeouts(url, seconds),
            },
        )
        # This imports the transport, too, which would delay the first request that announces a job.
        connection = app.connection_for_write()
        errors = (*connection.connection_errors, *connection.channel_errors)
        return cls(app, (OperationalError, OSError, *errors))

    def announce(self, jobs: Sequence[Job]) -> None:
        if not jobs or monotonic() < self._resumes_at:
            return
        try:
            for queue in Queue:
                self._send(queue, [str(job.id) for job in jobs if job.queue is queue])
        except self.errors as error:
            self._pause(error)

    def waiting(self, queue: Queue) -> int:
        if monotonic() < self._resumes_at:
            return AWAY
        try:
            with self.app.connection_for_write() as connection:
                return _length(BrokerQueue(name_of(queue)), connection)
        except self.errors as error:
            self._pause(error)
            return AWAY

    def _send(self, queue: Queue, ids: Sequence[str]) -> None:
        size = max(1, ceil(len(ids) / MOST_MESSAGES))
        for begin in range(0, len(ids), size):
            self.app.send_task(RUN_JOBS, [ids[begin : begin + size]], queue=name_of(queue))

    def _pause(self, error: Exception) -> None:
        self._resumes_at = monotonic() + PAUSE.total_seconds()
        log.warning("the broker is unavailable", error=type(error).__name__)


def _length(queue: BrokerQueue, connection: Connection) -> int:
    try:
        return int(queue(connection).queue_declare(passive=True).message_count)
    except connection.channel_errors:  # it does not exist before its first message
        return 0


def _timeouts(url: str, seconds: float) -> dict[str, float]:
    """The transport's names for them."""
    if url.startswith("redis"):
        return {"socket_timeout": seconds, "socket_connect_timeout": seconds}
    return {"read_timeout": seconds, "write_timeout": seconds}
