"""The outbox of events, and the positions that it notes."""

from datetime import timedelta

import pytest

from authsvc.events.catalogue import OutgoingEventType
from authsvc.events.entities import MalformedEvent
from authsvc.events.errors import PositionNotReached
from authsvc.events.positions import recorded_positions
from authsvc.events.services.positions import Positions
from tests.events.recording import an_event, outgoing, recorded
from tests.support.worlds import World


def test_recording_nothing_writes_nothing(memory: World) -> None:
    with recorded_positions() as positions:
        memory.services.event_outbox.record()

    assert (outgoing(memory), positions.last) == ([], 0)


def test_an_event_with_data_that_the_catalogue_does_not_state_is_refused() -> None:
    with pytest.raises(MalformedEvent):
        an_event(data={"name": "Anna"})
    with pytest.raises(MalformedEvent):
        an_event(type=OutgoingEventType.MEMBERSHIP_ADDED, data={})


def test_a_block_knows_the_last_position_that_was_recorded_in_it(memory: World) -> None:
    outbox = memory.services.event_outbox
    outbox.record(an_event())

    with recorded_positions() as outer:
        outbox.record(an_event(), an_event())
        with recorded_positions() as inner:
            outbox.record(an_event())

    outbox.record(an_event())
    assert (outer.last, inner.last) == (3, 4)


def test_a_visible_position_is_reached_at_once(memory: World) -> None:
    last = recorded(memory, an_event())

    memory.services.positions.require(last)

    assert memory.services.positions.last() == last


def test_a_position_that_stays_away_is_not_waited_for_forever(memory: World) -> None:
    positions = Positions(
        events=memory.repositories.outgoing_events, patience=timedelta(milliseconds=30)
    )

    with pytest.raises(PositionNotReached) as caught:
        positions.require(1)

    assert caught.value.facts == {"min_position": 1, "retry_after": 1}
