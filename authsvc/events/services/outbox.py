"""Event outbox: outgoing events are recorded in the unit of work of the change that they are about."""

from dataclasses import dataclass

from authsvc.events.entities import OutgoingEvent
from authsvc.events.positions import note_position
from authsvc.events.repositories.protocols import OutgoingEventRepository
from authsvc.kernel.tenancy import TenantScope


@dataclass(frozen=True, slots=True, kw_only=True)
class EventOutbox:
    """Records outgoing events. What reads them is no part of the change: a receiver that fails undoes nothing."""

    events: OutgoingEventRepository

    def record(self, *events: OutgoingEvent) -> None:
        """Record the events in their order, in one statement, inside the unit of work of the caller."""
        if events:
            scope = TenantScope.into(*(event.org_id for event in events))
            note_position(self.events.add(events, scope=scope))
