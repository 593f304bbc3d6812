"""In-memory repository of outgoing events."""

from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass, field

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

    def last_position(self) -> int:
        return len(self.store)

    def is_reached(self, position: int) -> bool:
        return position <= len(self.store)
