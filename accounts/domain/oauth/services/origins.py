"""Allowed origins: the web origins whose pages may read responses of the API."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from accounts.domain.oauth.repositories.protocols import ClientRepository
from authsvc.kernel.clock import Clock
from authsvc.kernel.unit_of_work import UnitOfWork

CACHED_FOR: Final = timedelta(minutes=1)
"""How long other processes may still answer as before a client changed."""


@dataclass(slots=True, kw_only=True)
class AllowedOrigins:
    """The origins of all active clients, cached: they are looked up in requests of every page, whoever made it.

    All of them are read at once, so that requests from unknown origins cause no further reads.
    """

    clients: ClientRepository
    unit_of_work: UnitOfWork
    clock: Clock
    _origins: frozenset[str] = frozenset()
    _read_at: datetime | None = None

    def __contains__(self, origin: object) -> bool:
        now = self.clock.now()
        if self._read_at is None or not timedelta() <= now - self._read_at < CACHED_FOR:
            self._origins, self._read_at = self.clients.allowed_origins(at=now), now
        return origin in self._origins

    def expire(self) -> None:
        """Read them again once the unit of work has committed."""
        self.unit_of_work.on_commit(self._expire)

    def _expire(self) -> None:
        self._read_at = None
