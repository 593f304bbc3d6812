"""In-memory repository of outgoing events."""

from collections.abc import Collection, MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from authsvc.events.entities import FeedPage, FeedSelection, OutgoingEvent, RecordedEvent
from authsvc.kernel.tenancy import TenantScope


@dataclass(frozen=True, slots=True)
class InMemoryOutgoingEventRepository:
    store: MutableMapping[int, OutgoingEvent] = field(default_factory=dict)

    def add(self, events: Sequence[OutgoingEvent], *, scope: TenantScope) -> int:
        for event in events:
            scope.require(event.org_id)
            self.store[len(self.store) + 1] = event
        return len(self.store)

    def page_of(self, selection: FeedSelection, *, scope: TenantScope) -> FeedPage:
        events = [
            RecordedEvent(position=position, event=event)
            for position, event in list(self.store.items())
            if scope.covers(event.org_id)
        ]
        selected = [recorded for recorded in events if selection.covers(recorded)]
        return FeedPage.of(selected, selection, complete_up_to=self.last_position())

    def at(self, positions: Collection[int], *, scope: TenantScope) -> list[RecordedEvent]:
        return [
            RecordedEvent(position=position, event=self.store[position])
            for position in sorted(positions)
            if position in self.store and scope.covers(self.store[position].org_id)
        ]

    def position_before(self, moment: datetime, *, scope: TenantScope) -> int:
        later = (
            position
            for position, event in self.store.items()
            if scope.covers(event.org_id) and event.occurred_at >= moment
        )
        return min(later, default=self.last_position() + 1) - 1

    def last_position(self) -> int:
        return len(self.store)

    def settled_position(self) -> int:
        return len(self.store)

    def is_reached(self, position: int) -> bool:
        return position <= len(self.store)
