"""Repository of the state of the event log, for operators."""

from datetime import timedelta
from typing import Protocol


class LogStateRepository(Protocol):
    """Covers all tenants, and reads no content. The cost does not depend on how long the log is."""

    def last_position(self) -> int:
        """Return the position of the last event; 0 if there is none."""

    def unsettled_for(self) -> timedelta:
        """Return the age of the oldest transaction that is writing to the log; none where readers never wait."""

    def behind(self, *, among: int) -> int:
        """Return how many events at the last *among* positions are not part of the progress of their learner."""
