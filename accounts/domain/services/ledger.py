"""Answering a repeated request as it was answered the first time."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from typing import Final

from accounts.domain.entities import Answer, LedgerEntry, Principal
from accounts.domain.errors import IdempotencyKeyReused
from accounts.domain.repositories.protocols import LedgerRepository
from authsvc.kernel.clock import Clock
from authsvc.kernel.errors import Busy, DomainError, TooMany
from authsvc.kernel.unit_of_work import UnitOfWork

KEPT_FOR: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerService:
    entries: LedgerRepository
    unit_of_work: UnitOfWork
    clock: Clock

    def answer_once(
        self,
        *,
        entry_id: str,
        fingerprint: str,
        act: Callable[[], Answer],
        refuse: Callable[[DomainError], Answer],
    ) -> Answer:
        """Act and keep the answer in one unit of work; or give the answer that was kept.

        A refusal is an answer too, spelled by *refuse*: an act that raises a DomainError has undone what it
        wrote, as every service does. But "not now" is none, and passes. Raises IdempotencyKeyReused when the entry is
        of another request, RequestStillRunning when that has no answer yet.
        """
        with self.unit_of_work.atomic():
            now = self.clock.now()
            kept = self.entries.claim(entry_id, since=now - KEPT_FOR)
            if kept is not None:
                return _replayed(kept, fingerprint)
            try:
                answer = act()
            except (TooMany, Busy):
                raise
            except DomainError as refusal:
                answer = refuse(refusal)
            self.entries.keep(
                LedgerEntry(id=entry_id, fingerprint=fingerprint, answer=answer, kept_at=now)
            )
        return answer

    def remove_expired(self) -> int:
        """Forget answers that are no longer replayed; answer how many."""
        with self.unit_of_work.atomic():
            return self.entries.remove(before=self.clock.now() - KEPT_FOR)


def entry_id_of(principal: Principal, key: str) -> str:
    """The id of one caller's key: two callers' equal keys never meet."""
    owner = (
        f"client:{principal.client_id}"
        if principal.user_id is None
        else f"user:{principal.user_id}"
    )
    return sha256(f"{owner}\n{key}".encode()).hexdigest()


def _replayed(kept: LedgerEntry, fingerprint: str) -> Answer:
    if kept.fingerprint != fingerprint:
        raise IdempotencyKeyReused
    return replace(kept.answer, is_replayed=True)
