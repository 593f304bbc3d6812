"""Tell other apps what happened, without knowing who listens."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

Event = TypeVar("Event")


class EventBus:
    """Calls subscribers at once, inside the publisher's unit of work."""

    def __init__(self) -> None:
        self._subscribers: defaultdict[type, list[Callable[[Any], None]]] = defaultdict(list)

    def subscribe(self, event_type: type[Event], handler: Callable[[Event], None]) -> None:
        self._subscribers[event_type].append(handler)

    def publish(self, event: object) -> None:
        """Return when every subscriber has; what one raises reaches the publisher."""
        for handler in self._subscribers[type(event)]:
            handler(event)
