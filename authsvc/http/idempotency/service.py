"""Idempotency service: a repeated request receives the response of the first one."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from typing import Final

from accounts.public import Principal
from authsvc.http.idempotency.records import (
    IdempotencyKeyReused,
    IdempotencyRecord,
    ReplayNotPermitted,
    StoredResponse,
)
from authsvc.http.idempotency.repositories import IdempotencyRecordRepository
from authsvc.kernel.clock import Clock
from authsvc.kernel.errors import Busy, DomainError, Outdated, TooMany, Unconditional
from authsvc.kernel.metrics import REPLAYS, Metrics
from authsvc.kernel.unit_of_work import UnitOfWork

KEPT_FOR: Final = timedelta(hours=24)
_NOT_ANSWERS: Final = (TooMany, Busy, Outdated, Unconditional)


@dataclass(frozen=True, slots=True, kw_only=True)
class IdempotencyService:
    records: IdempotencyRecordRepository
    unit_of_work: UnitOfWork
    metrics: Metrics
    clock: Clock

    def respond_once(
        self,
        *,
        by: Principal,
        request_key: str,
        fingerprint: str,
        act: Callable[[], StoredResponse],
        render_error: Callable[[DomainError], StoredResponse],
    ) -> StoredResponse:
        """Act and store the response in one unit of work, or return the stored response.

        A domain error is a response, too: the service that raised it has rolled back its writes. TooMany and Busy are
        temporary, and after Outdated and Unconditional the request is sent again with another If-Match, so these are
        raised and not stored. Raises IdempotencyKeyReused when the key was used for another
        request, RequestStillRunning when that request has no response yet, ReplayNotPermitted when the caller has lost
        rights since.
        """
        with self.unit_of_work.atomic():
            now = self.clock.now()
            record = self.records.claim(request_key, since=now - KEPT_FOR)
            if record is not None:
                replayed = _replayed(record, fingerprint, by)
                self.metrics.count(REPLAYS)
                return replayed
            try:
                response = act()
            except _NOT_ANSWERS:
                raise
            except DomainError as error:
                response = render_error(error)
            self.records.save(
                IdempotencyRecord(
                    request_key=request_key,
                    fingerprint=fingerprint,
                    response=response,
                    standing=by.standing,
                    kept_at=now,
                )
            )
        return response

    def remove_expired(self) -> int:
        """Remove responses that are no longer replayed; return how many."""
        with self.unit_of_work.atomic():
            return self.records.purge(before=self.clock.now() - KEPT_FOR)


def request_key_for(principal: Principal, key: str) -> str:
    """Return the record key of one caller's Idempotency-Key: equal keys of two callers never meet."""
    owner = (
        f"client:{principal.client_id}"
        if principal.user_id is None
        else f"user:{principal.user_id}"
    )
    return sha256(f"{owner}\n{key}".encode()).hexdigest()


def _replayed(record: IdempotencyRecord, fingerprint: str, by: Principal) -> StoredResponse:
    if record.fingerprint != fingerprint:
        raise IdempotencyKeyReused
    # An answer without content tells nothing, and the request itself may have taken the rights.
    if record.response.body and not by.still_has(record.standing):
        raise ReplayNotPermitted
    return replace(record.response, is_replayed=True)
