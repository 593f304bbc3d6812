"""Positions: whether what is read is at least as new as a position (read your write)."""

from dataclasses import dataclass
from datetime import timedelta
from time import monotonic, sleep
from typing import Final

from authsvc.events.errors import PositionNotReached
from authsvc.events.repositories.protocols import OutgoingEventRepository

PATIENCE: Final = timedelta(seconds=2)
_PAUSE_SECONDS: Final = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Positions:
    """The positions of the log of outgoing events that are visible."""

    events: OutgoingEventRepository
    patience: timedelta = PATIENCE

    def last(self) -> int:
        """The greatest visible position, 0 before the first event.

        Not the greatest that was assigned: that of a change that was undone never becomes visible.
        """
        return self.events.last_position()

    def require(self, position: int) -> None:
        """Wait until an event with this position or a greater one is visible. Raises PositionNotReached."""
        deadline = monotonic() + self.patience.total_seconds()
        while not self.events.is_reached(position):
            if monotonic() >= deadline:
                raise PositionNotReached(min_position=position, retry_after=1)
            sleep(_PAUSE_SECONDS)
