"""The feed of outgoing events while others record events and commit in another order."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from random import Random
from threading import Event
from time import sleep
from typing import Final
from uuid import UUID, uuid4

import pytest

from authsvc.events.errors import EventsBusy
from authsvc.storage import settled
from tests.events.recording import an_event, page_of, recorded
from tests.support.blocks import failed_block
from tests.support.databases import connected_to
from tests.support.patience import PATIENCE
from tests.support.worlds import World

pytestmark = pytest.mark.postgres

A_WHILE: Final = 0.3
WRITERS: Final = 6
BLOCKS: Final = 40


@pytest.fixture
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait longer for writers, on slow machines."""
    monkeypatch.setattr(settled, "_PATIENCE_SECONDS", PATIENCE)


def elsewhere(url: str, act: Callable[[], object]) -> None:
    """Act with a connection of one's own."""
    with connected_to(url):
        act()


def write(world: World, seed: int) -> list[UUID]:
    """Record events in units of work of random length, every fifth of which fails; return those that were committed."""
    random, committed = Random(seed), list[UUID]()  # no secret
    for number in range(BLOCKS):
        events = [an_event(user_id=uuid4()) for _ in range(random.randint(1, 3))]
        fails = number % 5 == 4
        with failed_block(world.unit_of_work) if fails else world.unit_of_work.atomic():
            recorded(world, *events)
            sleep(random.random() * 0.02)
            recorded(world, last := an_event())
        if not fails:
            committed += [event.id for event in (*events, last)]
    return committed


@pytest.mark.usefixtures("_patient")
def test_a_reader_that_follows_the_cursor_misses_no_event_of_parallel_writers(
    town: World, database_url: str
) -> None:
    start = page_of(town).next_after
    written: list[UUID] = []

    def writer(seed: int) -> None:
        with connected_to(database_url):
            written.extend(write(town, seed))

    read: list[UUID] = []
    positions: list[int] = []
    with ThreadPoolExecutor(WRITERS) as pool:
        writers = [pool.submit(writer, seed) for seed in range(WRITERS)]
        after, is_over = start, False
        while True:
            page = page_of(town, after=after, limit=7)
            assert page.next_after >= after
            assert all(item.position <= page.complete_up_to for item in page.items)
            read += [item.event.id for item in page.items]
            positions += [item.position for item in page.items]
            after = page.next_after
            if is_over and not page.items:
                break
            is_over = not wait(writers, timeout=0).not_done
        for future in writers:
            future.result()

    assert len(read) == len(set(read)) > WRITERS * BLOCKS
    assert set(read) == set(written)
    assert positions == sorted(positions)


def test_a_page_waits_for_no_longer_than_is_promised(
    town: World, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settled, "_PATIENCE_SECONDS", 0.1)
    inserted, may_end = Event(), Event()

    def hold() -> None:
        with town.unit_of_work.atomic():
            recorded(town, an_event())
            inserted.set()
            assert may_end.wait(PATIENCE)

    with ThreadPoolExecutor(1) as pool:
        holder = pool.submit(elsewhere, database_url, hold)
        try:
            assert inserted.wait(PATIENCE)
            with pytest.raises(EventsBusy):
                page_of(town)
        finally:
            may_end.set()
            holder.result(PATIENCE)


def test_a_read_waits_for_a_position_that_is_about_to_be_committed(
    town: World, database_url: str
) -> None:
    assigned: list[int] = []
    inserted, may_end = Event(), Event()

    def hold() -> None:
        with town.unit_of_work.atomic():
            assigned.append(recorded(town, an_event()))
            inserted.set()
            assert may_end.wait(PATIENCE)

    with ThreadPoolExecutor(2) as pool:
        holder = pool.submit(elsewhere, database_url, hold)
        try:
            assert inserted.wait(PATIENCE)
            reading = pool.submit(
                elsewhere, database_url, lambda: town.services.positions.require(assigned[0])
            )
            assert not wait([reading], timeout=A_WHILE).done
        finally:
            may_end.set()
            holder.result(PATIENCE)
        reading.result(PATIENCE)
