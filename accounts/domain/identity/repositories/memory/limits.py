"""In-memory repositories of rate-limit counters and known addresses."""

from collections.abc import Collection, MutableMapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from authsvc.kernel.memory import remove_where
from authsvc.kernel.rate_limits import Limit, LimitState


@dataclass(frozen=True, slots=True)
class InMemoryRateLimitRepository:
    store: MutableMapping[str, LimitState] = field(default_factory=dict)

    def count(self, key: str, limit: Limit, *, at: datetime, amount: int = 1) -> LimitState:
        stored = self.store.get(key)
        if stored is None:
            self.store[key] = LimitState.begun(limit, at=at, amount=amount)
        else:
            self.store[key] = replace(stored, limit=limit).attempted(at=at, amount=amount)
        return self.store[key]

    def count_each(
        self, keys: Collection[str], limit: Limit, *, at: datetime
    ) -> dict[str, LimitState]:
        return {key: self.count(key, limit, at=at) for key in keys}

    def refund(self, key: str) -> None:
        if key in self.store:
            self.store[key] = self.store[key].refunded()

    def reset(self, key: str) -> None:
        self.store.pop(key, None)

    def remove_expired(self, *, before: datetime) -> int:
        return remove_where(self.store, lambda state: state.forgotten_at <= before)


@dataclass(frozen=True, slots=True)
class InMemoryKnownAddressRepository:
    store: MutableMapping[str, datetime] = field(default_factory=dict)

    def save(self, key: str, *, seen_at: datetime) -> None:
        self.store[key] = seen_at

    def last_seen(self, key: str) -> datetime | None:
        return self.store.get(key)

    def remove_expired(self, *, before: datetime) -> int:
        return remove_where(self.store, lambda seen_at: seen_at < before)
