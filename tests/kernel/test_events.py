"""The event bus."""

from dataclasses import dataclass

import pytest

from authsvc.kernel.events import EventBus


class Oops(Exception):
    pass


@dataclass(frozen=True)
class KnotTied:
    name: str


@dataclass(frozen=True)
class KnotTiedInTheDark(KnotTied):
    pass


def refuse(event: KnotTied) -> None:
    raise Oops(event.name)


def test_subscribers_are_called_in_the_order_of_subscription() -> None:
    events, deliveries = EventBus(), list[tuple[str, KnotTied]]()
    events.subscribe(KnotTied, lambda event: deliveries.append(("first", event)))
    events.subscribe(KnotTied, lambda event: deliveries.append(("second", event)))

    events.publish(KnotTied("bowline"))

    assert deliveries == [("first", KnotTied("bowline")), ("second", KnotTied("bowline"))]


def test_a_subscriber_is_called_for_its_own_events_only() -> None:
    events, deliveries = EventBus(), list[KnotTied]()
    events.subscribe(KnotTied, deliveries.append)

    events.publish(KnotTiedInTheDark("bowline"))

    assert deliveries == []


def test_an_event_needs_no_subscriber() -> None:
    events, deliveries = EventBus(), list[KnotTied]()

    events.publish(KnotTied("bowline"))
    events.subscribe(KnotTied, deliveries.append)

    assert deliveries == []


def test_an_error_of_a_subscriber_reaches_the_publisher() -> None:
    events, deliveries = EventBus(), list[KnotTied]()
    events.subscribe(KnotTied, refuse)
    events.subscribe(KnotTied, deliveries.append)

    with pytest.raises(Oops, match="bowline"):
        events.publish(KnotTied("bowline"))

    assert deliveries == []
