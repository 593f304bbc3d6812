"""Where the answers to requests are kept."""

from datetime import datetime
from typing import Protocol

from accounts.domain.entities import LedgerEntry


class LedgerRepository(Protocol):
    def claim(self, entry_id: str, *, since: datetime) -> LedgerEntry | None:
        """The entry kept since then, if any.

        Without one, nobody else gets to claim this id until the unit of work ends: a store that can tell at
        once raises RequestStillRunning to the others, one that has a single writer makes them wait.
        """

    def keep(self, entry: LedgerEntry) -> None:
        """Keep the entry of a claimed id, in place of an older one."""

    def remove(self, *, before: datetime) -> int:
        """Forget entries kept before then; answer how many."""
