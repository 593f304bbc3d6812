"""State of the event log: its last position, events that progress does not include, and transactions that write."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from time import sleep
from typing import Final
from uuid import uuid4

import psycopg
import pytest
from django.db import connection

from authsvc.kernel.metrics import LOG_POSITION, LOG_UNSETTLED_SECONDS, PROJECTION_LAG
from authsvc.kernel.tenancy import ALL_TENANTS
from progress.domain.entities.events import ProgressEvent
from progress.domain.services.log_state import LONGEST_WRITE, LogState
from tests.support.builders import a_progress, an_event
from tests.support.worlds import World, orm_world

LOCK_OF_A_WRITER: Final = "LOCK TABLE progress_progressevent IN ROW EXCLUSIVE MODE"


def a_stream(world: World, *, length: int, missing: int = 0) -> list[ProgressEvent]:
    """Events of a new learner, of whom the progress does not include the last *missing*."""
    head = stored = a_progress(world.has_course(slug=f"s-{uuid4().hex[:8]}"), world.has_user())
    events = list[ProgressEvent]()
    for number in range(length):
        event = an_event(head)
        events.append(event)
        head = replace(head, sequence=event.sequence, hash=event.hash)
        if number < length - missing:
            stored = head
    world.repositories.events.append(events, scope=ALL_TENANTS)
    if stored.sequence:
        world.repositories.progress.add(stored, scope=ALL_TENANTS)
    return events


def test_an_empty_log_has_no_position_and_nothing_lags(world: World) -> None:
    if not world.repositories.events.count():
        assert world.repositories.log_state.last_position() == 0
    assert world.repositories.log_state.behind(among=100) == 0
    assert world.repositories.log_state.unsettled_for() == timedelta()


def test_the_last_position_is_that_of_the_last_event(world: World) -> None:
    before = world.repositories.log_state.last_position()

    a_stream(world, length=3)

    assert world.repositories.log_state.last_position() >= before + 3
    positions = [p for p, _ in world.repositories.events.hashes(after=before)]
    assert world.repositories.log_state.last_position() == positions[-1]


def test_events_that_progress_does_not_include_are_counted(world: World) -> None:
    a_stream(world, length=3)
    a_stream(world, length=4, missing=2)
    a_stream(world, length=1, missing=1)

    assert world.repositories.log_state.behind(among=100) == 3


def test_only_the_last_events_are_compared(world: World) -> None:
    a_stream(world, length=2, missing=2)
    a_stream(world, length=3)

    assert world.repositories.log_state.behind(among=3) == 0
    assert world.repositories.log_state.behind(among=4) == 1
    assert world.repositories.log_state.behind(among=1000) == 2


def test_the_gauges_are_those_of_the_log(memory: World) -> None:
    a_stream(memory, length=4, missing=1)

    readings = {reading.gauge: reading for reading in memory.services.log_state.readings()}

    assert readings[LOG_POSITION].value == 4
    assert readings[LOG_POSITION].labels == ("learning",)
    assert readings[PROJECTION_LAG].value == 1
    assert readings[LOG_UNSETTLED_SECONDS].value == 0


def test_progress_that_misses_events_lags(memory: World) -> None:
    assert memory.services.log_state.lag() is None

    a_stream(memory, length=4, missing=3)

    assert memory.services.log_state.lag() == (
        "3 of the last 100 events are missing in progress. Run rebuild_progress."
    )


class StubbornLog:
    """A log to which a transaction has been writing for some time."""

    def __init__(self, age: timedelta) -> None:
        self.age = age

    def last_position(self) -> int:
        return 0

    def unsettled_for(self) -> timedelta:
        return self.age

    def behind(self, *, among: int) -> int:
        return 0


def test_a_transaction_that_writes_for_too_long_lags() -> None:
    assert LogState(log_state=StubbornLog(LONGEST_WRITE)).lag() is None
    assert LogState(log_state=StubbornLog(LONGEST_WRITE + timedelta(seconds=1.5))).lag() == (
        "A transaction has been writing to the event log for 61 s. Exports wait for it."
    )


@pytest.fixture
def writer(committing: None) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    """Another connection to the database, with a transaction that holds the lock of a writer."""
    parameters = connection.get_connection_params()
    names = ("dbname", "user", "password", "host", "port")
    address = {name: parameters[name] for name in names if name in parameters}
    with psycopg.connect(**address) as other:
        other.execute(LOCK_OF_A_WRITER)
        yield other
        other.rollback()


@pytest.mark.postgres
def test_the_age_of_the_oldest_writer_is_read_from_the_database(
    writer: "psycopg.Connection[tuple[object, ...]]",
) -> None:
    state = orm_world().repositories.log_state
    sleep(0.05)

    age = state.unsettled_for()
    writer.rollback()

    assert timedelta(seconds=0.05) <= age
    assert state.unsettled_for() == timedelta()


@pytest.mark.postgres
@pytest.mark.usefixtures("committing")
def test_a_writer_to_another_database_of_the_server_is_not_waited_for(database_url: str) -> None:
    """The other one is a copy, whose tables have the same numbers."""
    with psycopg.connect(database_url) as other:
        other.execute(LOCK_OF_A_WRITER)
        age = orm_world().repositories.log_state.unsettled_for()
        other.rollback()

    assert age == timedelta()
