"""Repository protocol of outgoing events."""

from collections.abc import Sequence
from typing import Protocol

from authsvc.events.entities import FeedPage, FeedSelection, OutgoingEvent
from authsvc.kernel.tenancy import TenantScope


class OutgoingEventRepository(Protocol):
    def add(self, events: Sequence[OutgoingEvent], *, scope: TenantScope) -> int:
        """Append events in their order, and return the position of the last. Nobody can change or delete them."""

    def page_of(self, selection: FeedSelection, *, scope: TenantScope) -> FeedPage:
        """Return the selected events in scope, in the order of their positions.

        No event ever appears at or before `complete_up_to` of a page. Raises EventsBusy if that cannot be guaranteed
        now.
        """

    def last_position(self) -> int:
        """Return the greatest position of a visible event; 0 if there is none."""

    def is_reached(self, position: int) -> bool:
        """Return whether an event with this position or a greater one is visible. 0 is always reached."""
