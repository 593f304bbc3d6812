"""The request ledger in a dict."""

from collections.abc import MutableMapping
from dataclasses import dataclass, field
from datetime import datetime

from accounts.domain.entities import LedgerEntry


@dataclass(frozen=True, slots=True)
class InMemoryLedgerRepository:
    store: MutableMapping[str, LedgerEntry] = field(default_factory=dict)

    def claim(self, entry_id: str, *, since: datetime) -> LedgerEntry | None:
        entry = self.store.get(entry_id)
        return entry if entry is not None and entry.kept_at >= since else None

    def keep(self, entry: LedgerEntry) -> None:
        self.store[entry.id] = entry

    def remove(self, *, before: datetime) -> int:
        gone = [entry.id for entry in self.store.values() if entry.kept_at < before]
        for entry_id in gone:
            del self.store[entry_id]
        return len(gone)
