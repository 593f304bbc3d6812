"""Domain events: publish what happened to subscribers in other apps."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

Event = TypeVar("Event")


class EventBus:
    """Calls subscribers synchronously, inside the unit of work of the publisher."""

    def __init__(self) -> None:
        self._subscribers: defaultdict[type, list[Callable[[Any], None]]] = defaultdict(list)

    def subscribe(self, event_type: type[Event], handler: Callable[[Event], None]) -> None:
        self._subscribers[event_type].append(handler)

    def publish(self, event: object) -> None:
        """Call every subscriber in turn. An error that one of them raises reaches the publisher."""
        for handler in self._subscribers[type(event)]:
            handler(event)
