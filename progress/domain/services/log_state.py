"""State of the event log: what operators watch of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from authsvc.kernel.metrics import LOG_POSITION, LOG_UNSETTLED_SECONDS, PROJECTION_LAG, Reading
from progress.domain.repositories.protocols.log_state import LogStateRepository

LAST_EVENTS: Final = 100
"""How many events are compared with the progress that they led to."""
LONGEST_WRITE: Final = timedelta(minutes=1)
"""How long a transaction may write to the log before readers lag."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogState:
    log_state: LogStateRepository

    def readings(self) -> Iterator[Reading]:
        """Yield the gauges of the event log."""
        yield Reading(LOG_POSITION, self.log_state.last_position(), ("learning",))
        yield Reading(LOG_UNSETTLED_SECONDS, self.log_state.unsettled_for().total_seconds())
        yield Reading(PROJECTION_LAG, self.log_state.behind(among=LAST_EVENTS))

    def lag(self) -> str | None:
        """Return why readers of the log or of progress do not see the last events, if so."""
        behind = self.log_state.behind(among=LAST_EVENTS)
        if behind:
            return f"{behind} of the last {LAST_EVENTS} events are missing in progress. Run rebuild_progress."
        unsettled_for = self.log_state.unsettled_for()
        if unsettled_for > LONGEST_WRITE:
            seconds = int(unsettled_for.total_seconds())
            return f"A transaction has been writing to the event log for {seconds} s. Exports wait for it."
        return None
