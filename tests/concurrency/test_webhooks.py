"""Workers that deliver to one webhook at once, while others record events."""

from collections import Counter, defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Event, Lock
from time import sleep
from typing import Final
from uuid import UUID, uuid4

import pytest

from accounts.domain.integrations.entities.webhooks import WebhookTerms
from accounts.domain.integrations.services.webhook_dispatch import DISPATCH_JOB
from authsvc.events.errors import EventsBusy
from authsvc.jobs.entities import JobRequest, Queue
from authsvc.kernel.outbound import OutboundRequest
from authsvc.storage import settled
from tests.concurrency.test_organizations import DONE, at_once
from tests.events.recording import recorded
from tests.support.databases import connected_to
from tests.support.patience import PATIENCE
from tests.support.tenants import has_root
from tests.support.webhooks import (
    OK,
    URL,
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
EVENTS: Final = 10
ROUNDS: Final = 10
MINE: Final = f"{URL}/of-this-test"
"""Webhooks of other tests are in the same database, and receive the same events."""


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
        if request.url == MINE:
            with lock:
                arrived[user_of(request)].append(message_id_of(request))
            sleep(0.002)
        return OK

    world = with_receiver(town, Receiver(answers))
    has_webhook(world, url=MINE)
    events: dict[UUID, list[UUID]] = {uuid4(): [] for _ in range(WRITERS)}

    outcomes = at_once(
        *[partial(write, world, database_url, events, user_id) for user_id in events],
        *[partial(work, world, database_url)] * WORKERS,
    )
    sent_by_workers = sum(map(len, arrived.values()))
    deliver(world)

    assert outcomes == Counter({DONE: WRITERS + WORKERS})
    assert sent_by_workers > 0
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


def test_a_new_webhook_receives_what_is_committed_after_its_creation(
    town: World, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settled, "_PATIENCE_SECONDS", PATIENCE)
    receiver = Receiver()
    world, root = with_receiver(town, receiver), has_root(town)
    early, late, after = learned(), learned(), learned()
    inserted, may_end, waits_or_ended = Event(), Event(), Event()

    def pause(seconds: float) -> None:
        waits_or_ended.set()
        sleep(seconds)

    monkeypatch.setattr(settled, "sleep", pause)

    def hold() -> None:
        with world.unit_of_work.atomic():
            recorded(world, early)
            inserted.set()
            assert may_end.wait(PATIENCE)

    def create() -> None:
        world.services.webhooks.create(None, WebhookTerms(url=URL), by=root)

    with ThreadPoolExecutor(2) as pool:
        holder = pool.submit(elsewhere, database_url, hold)
        try:
            assert inserted.wait(PATIENCE)
            recorded(world, late)
            creating = pool.submit(elsewhere, database_url, create)
            creating.add_done_callback(lambda _: waits_or_ended.set())
            assert waits_or_ended.wait(PATIENCE)
            is_created_before = creating.done()
        finally:
            may_end.set()
            holder.result(PATIENCE)
        creating.result(PATIENCE)
    recorded(world, after)
    deliver(world)

    assert after.id in receiver.ids
    assert not is_created_before or early.id in receiver.ids


def test_a_webhook_is_not_created_while_a_change_takes_too_long_to_wait_for(
    town: World, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settled, "_PATIENCE_SECONDS", 0.1)
    root = has_root(town)
    inserted, may_end = Event(), Event()

    def hold() -> None:
        with town.unit_of_work.atomic():
            recorded(town, learned())
            inserted.set()
            assert may_end.wait(PATIENCE)

    with ThreadPoolExecutor(1) as pool:
        holder = pool.submit(elsewhere, database_url, hold)
        try:
            assert inserted.wait(PATIENCE)
            with pytest.raises(EventsBusy):
                town.services.webhooks.create(None, WebhookTerms(url=URL), by=root)
        finally:
            may_end.set()
            holder.result(PATIENCE)


def elsewhere(url: str, act: Callable[[], object]) -> None:
    """Act with a connection of one's own."""
    with connected_to(url):
        act()
