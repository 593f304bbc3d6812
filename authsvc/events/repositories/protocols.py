"""Repository protocol of outgoing events."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from authsvc.events.entities import FeedPage, FeedSelection, OutgoingEvent, RecordedEvent
from authsvc.kernel.tenancy import TenantScope


class OutgoingEventRepository(Protocol):
    def add(self, events: Sequence[OutgoingEvent], *, scope: TenantScope) -> int:
        """Append events in their order, and return the position of the last. Nobody can change or delete them."""

    def page_of(self, selection: FeedSelection, *, scope: TenantScope) -> FeedPage:
        """Return the selected events in scope, in the order of their positions.

        No event ever appears at or before `complete_up_to` of a page. Raises EventsBusy if that cannot be guaranteed
        now.
        """

    def at(self, positions: Collection[int], *, scope: TenantScope) -> list[RecordedEvent]:
        """Return the events in scope at these positions, in their order."""

    def position_before(self, moment: datetime, *, scope: TenantScope) -> int:
        """Return the greatest position with no event in scope at or before it that occurred at that time or later."""

    def last_position(self) -> int:
        """Return the greatest position of a visible event; 0 if there is none."""

    def settled_position(self) -> int:
        """Return the greatest position at or before which no event ever appears. Raises EventsBusy.

        Waits for changes that are in progress, so call it before anything is locked that they may need.
        """

    def is_reached(self, position: int) -> bool:
        """Return whether an event with this position or a greater one is visible. 0 is always reached."""
