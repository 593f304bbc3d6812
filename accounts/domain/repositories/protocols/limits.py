"""Where attempts under limits are kept."""

from datetime import datetime
from typing import Protocol

from authsvc.kernel.limits import Limit, LimitState


class RateLimitRepository(Protocol):
    """Attempts under limits, each kept by the key of whose they are."""

    def count(self, key: str, limit: Limit, *, at: datetime) -> LimitState:
        """Make an attempt; answer what came of it. Of many at once, no more are let in than one after the other."""

    def give_back(self, key: str) -> None:
        """Take one attempt back that was let in, with the wait that it caused."""

    def forget(self, key: str) -> None:
        """Forget all attempts."""

    def remove_expired(self, *, before: datetime) -> int:
        """Forget what counts no longer then; answer how many had tried it."""


class FamiliarAddressRepository(Protocol):
    """From where accounts were signed in to, each kept by the key of account and address together."""

    def save(self, key: str, *, seen_at: datetime) -> None:
        """Keep when it was seen, in place of the time before."""

    def seen_at(self, key: str) -> datetime | None:
        """When it was seen last, if it was."""

    def remove(self, *, before: datetime) -> int:
        """Forget those that were last seen before then; answer how many."""
