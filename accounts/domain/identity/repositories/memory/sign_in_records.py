"""In-memory repository of sign-in records."""

from collections.abc import Collection, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from accounts.domain.access import UserId
from accounts.domain.identity.entities.security_log import SignInFailure
from accounts.domain.identity.entities.sign_in_records import (
    FailedAttempts,
    SignInRecord,
    SignInRecordId,
)
from authsvc.kernel.memory import remove_where


@dataclass(frozen=True, slots=True)
class InMemorySignInRecordRepository:
    store: MutableMapping[SignInRecordId, SignInRecord] = field(default_factory=dict)

    def save(self, record: SignInRecord) -> None:
        stored = self.store.get(record.id)
        before = stored.attempts if stored else 0
        self.store[record.id] = replace(record, attempts=before + record.attempts)

    def latest_of(self, user_id: UserId, *, limit: int) -> list[SignInRecord]:
        own = [record for record in self.store.values() if record.user_id == user_id]
        return sorted(own, key=lambda record: (record.at, record.id), reverse=True)[:limit]

    def first_sign_ins_of(self, user_id: UserId) -> dict[str, datetime]:
        latest_first = self.latest_of(user_id, limit=len(self.store))
        return {record.client_ip: record.at for record in latest_first if record.failure is None}

    def failures_by_address(
        self, reasons: Collection[SignInFailure], *, since: datetime, at_least: int
    ) -> dict[str, FailedAttempts]:
        failed: dict[str, list[SignInRecord]] = {}
        for record in self.store.values():
            if record.failure in reasons and record.client_ip and record.at >= since:
                failed.setdefault(record.client_ip, []).append(record)
        counted = {client_ip: _counted(records) for client_ip, records in failed.items()}
        return {ip: total for ip, total in counted.items() if total.attempts >= at_least}

    def remove_expired(self, *, before: datetime) -> int:
        return remove_where(self.store, lambda record: record.at < before)


def _counted(records: Sequence[SignInRecord]) -> FailedAttempts:
    attempts = sum(record.attempts for record in records)
    return FailedAttempts(attempts=attempts, last_at=max(record.at for record in records))
