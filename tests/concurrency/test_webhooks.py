"""Workers that deliver to one webhook at once, while others record events."""

from collections import Counter, defaultdict
from functools import partial
from threading import Lock
from time import sleep
from typing import Final
from uuid import UUID, uuid4

import pytest

from accounts.domain.integrations.services.webhook_dispatch import DISPATCH_JOB
from authsvc.jobs.entities import JobRequest, Queue
from authsvc.kernel.outbound import OutboundRequest
from tests.concurrency.test_organizations import DONE, at_once
from tests.events.recording import recorded
from tests.support.databases import connected_to
from tests.support.webhooks import (
    OK,
    Receiver,
    deliver,
    has_webhook,
    learned,
    message_id_of,
    user_of,
    with_receiver,
)
from tests.support.worlds import World

pytestmark = pytest.mark.postgres

WORKERS: Final = 6
WRITERS: Final = 4
EVENTS: Final = 25
ROUNDS: Final = 10


def write(world: World, database_url: str, events: dict[UUID, list[UUID]], user_id: UUID) -> None:
    """Record events about one user, each in a transaction of its own."""
    with connected_to(database_url):
        for _ in range(EVENTS):
            event = learned(user_id)
            recorded(world, event)
            events[user_id].append(event.id)


def work(world: World, database_url: str) -> None:
    """Deliver in jobs without a unique key, so that nothing but the lease keeps workers apart."""
    with connected_to(database_url):
        for _ in range(ROUNDS):
            due = world.repositories.webhook_cursors.due(at=world.clock.at, limit=9)
            jobs = [
                JobRequest(
                    kind=DISPATCH_JOB,
                    arguments={"webhook": str(webhook_id)},
                    queue=Queue.WEBHOOKS,
                )
                for webhook_id in due
            ]
            if jobs:
                world.services.job_queue.enqueue(*jobs)
            sleep(0.02)


def test_each_event_is_sent_once_and_in_order_by_several_workers_while_others_write(
    town: World, database_url: str
) -> None:
    arrived: dict[UUID | None, list[UUID]] = defaultdict(list)
    lock = Lock()

    def answers(request: OutboundRequest) -> int:
        with lock:
            arrived[user_of(request)].append(message_id_of(request))
        sleep(0.002)
        return OK

    receiver = Receiver(answers)
    world = with_receiver(town, receiver)
    has_webhook(world)
    events: dict[UUID, list[UUID]] = {uuid4(): [] for _ in range(WRITERS)}

    outcomes = at_once(
        *[partial(write, world, database_url, events, user_id) for user_id in events],
        *[partial(work, world, database_url)] * WORKERS,
    )
    sent_by_workers = len(receiver.requests)
    deliver(world)

    assert outcomes == Counter({DONE: WRITERS + WORKERS})
    assert sent_by_workers > 0
    assert Counter(receiver.ids) == Counter(id_ for ids in events.values() for id_ in ids)
    assert arrived == events


def test_one_of_many_workers_claims_a_webhook(town: World, database_url: str) -> None:
    webhook = has_webhook(town)
    positions: list[int | None] = []

    def claim() -> None:
        at = town.clock.at
        with connected_to(database_url), town.unit_of_work.atomic():
            positions.append(
                town.repositories.webhook_cursors.claim(
                    webhook.id, uuid4(), at=at, until=at.replace(year=at.year + 1)
                )
            )

    at_once(*[claim] * 8)

    assert [position is not None for position in positions].count(True) == 1
