"""Idempotency record repositories: the protocol and its in-memory implementation."""

from collections.abc import MutableMapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from authsvc.http.idempotency.records import IdempotencyRecord


class IdempotencyRecordRepository(Protocol):
    def claim(self, request_key: str, *, since: datetime) -> IdempotencyRecord | None:
        """Return the record stored since then, if any.

        Without one, this key cannot be claimed again until the unit of work ends: PostgreSQL raises
        RequestStillRunning, and stores with a single writer make the second claim wait.
        """

    def save(self, record: IdempotencyRecord) -> None:
        """Store the record of a claimed key, in place of an older one."""

    def purge(self, *, before: datetime) -> int:
        """Remove the records stored before then; return how many."""


@dataclass(frozen=True, slots=True)
class InMemoryIdempotencyRecordRepository:
    store: MutableMapping[str, IdempotencyRecord] = field(default_factory=dict)

    def claim(self, request_key: str, *, since: datetime) -> IdempotencyRecord | None:
        record = self.store.get(request_key)
        return record if record is not None and record.kept_at >= since else None

    def save(self, record: IdempotencyRecord) -> None:
        self.store[record.request_key] = record

    def purge(self, *, before: datetime) -> int:
        expired = [key for key, record in self.store.items() if record.kept_at < before]
        for key in expired:
            del self.store[key]
        return len(expired)
