"""Outgoing events: what other systems can learn about a change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from authsvc.events.catalogue import CATALOGUE, OutgoingEventType
from authsvc.kernel.canonical import utc_text


class MalformedEvent(ValueError):
    """An event has other data than its type: a programming error."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingEvent:
    """An event before it is recorded. `user_id` is the user whom it concerns, `org_id` the organization that owns it.

    Events with the same `user_id` are delivered in their order. Raises MalformedEvent unless the data have the members
    that the catalogue states for the type.
    """

    id: UUID = field(default_factory=uuid4)
    type: OutgoingEventType
    occurred_at: datetime
    org_id: UUID | None = None
    user_id: UUID | None = None
    data: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.data.keys() != CATALOGUE[self.type].data.keys():
            raise MalformedEvent(self.type, sorted(self.data))


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedEvent:
    """An event in the log of outgoing events. `position` grows from event to event, with gaps."""

    position: int
    event: OutgoingEvent

    @property
    def members(self) -> dict[str, Any]:
        """The event as JSON data, as the feed and webhooks show it."""
        event = self.event
        return {
            "id": str(event.id),
            "position": self.position,
            "type": event.type.value,
            "occurred_at": utc_text(event.occurred_at),
            "org_id": None if event.org_id is None else str(event.org_id),
            "user_id": None if event.user_id is None else str(event.user_id),
            "data": dict(event.data),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSelection:
    """Up to `limit` events after a position, of one type or of all types; those of the platform only if included."""

    after: int = 0
    limit: int
    type: OutgoingEventType | None = None
    includes_platform: bool

    def covers(self, recorded: RecordedEvent) -> bool:
        """Whether the event is selected, apart from the limit."""
        event = recorded.event
        return (
            recorded.position > self.after
            and self.type in (None, event.type)
            and (self.includes_platform or event.org_id is not None)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPage:
    """Events in the order of their positions.

    No event at or before `complete_up_to` will ever be added. Following `next_after` misses no event.
    """

    items: tuple[RecordedEvent, ...]
    complete_up_to: int
    next_after: int

    @classmethod
    def of(
        cls, events: Sequence[RecordedEvent], selection: FeedSelection, *, complete_up_to: int
    ) -> "FeedPage":
        """The page of selected events up to that position, which include one more than fits if there are more."""
        items = tuple(events[: selection.limit])
        is_last = len(events) <= selection.limit
        end = max(selection.after, complete_up_to) if is_last else items[-1].position
        return cls(items=items, complete_up_to=complete_up_to, next_after=end)
