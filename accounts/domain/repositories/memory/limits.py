"""Attempts under limits, in dicts."""

from collections.abc import MutableMapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from authsvc.kernel.limits import Limit, LimitState


@dataclass(frozen=True, slots=True)
class InMemoryRateLimitRepository:
    store: MutableMapping[str, LimitState] = field(default_factory=dict)

    def count(self, key: str, limit: Limit, *, at: datetime) -> LimitState:
        kept = self.store.get(key)
        begun = LimitState.begun(limit, at=at)
        self.store[key] = begun if kept is None else replace(kept, limit=limit).attempted(at=at)
        return self.store[key]

    def give_back(self, key: str) -> None:
        if key in self.store:
            self.store[key] = self.store[key].given_back()

    def forget(self, key: str) -> None:
        self.store.pop(key, None)

    def remove_expired(self, *, before: datetime) -> int:
        gone = [key for key, state in self.store.items() if state.forgotten_at <= before]
        for key in gone:
            del self.store[key]
        return len(gone)


@dataclass(frozen=True, slots=True)
class InMemoryFamiliarAddressRepository:
    store: MutableMapping[str, datetime] = field(default_factory=dict)

    def save(self, key: str, *, seen_at: datetime) -> None:
        self.store[key] = seen_at

    def seen_at(self, key: str) -> datetime | None:
        return self.store.get(key)

    def remove(self, *, before: datetime) -> int:
        gone = [key for key, seen_at in self.store.items() if seen_at < before]
        for key in gone:
            del self.store[key]
        return len(gone)
