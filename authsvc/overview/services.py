"""What staff see at a glance: counts of what waits for them."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from authsvc.kernel.clock import Clock
from authsvc.kernel.tenancy import TenantScope
from authsvc.overview.entities import Counts
from authsvc.overview.repositories.protocols import OverviewRepository

CACHED_FOR: Final = timedelta(minutes=1)
MOST_SCOPES: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewService:
    """Counts for staff. Which of them a member of staff may see is decided by the page that shows them."""

    overview: OverviewRepository
    clock: Clock
    _cache: dict[TenantScope, tuple[datetime, Counts]] = field(default_factory=dict)

    def counts(self, *, scope: TenantScope) -> Counts:
        """The counts in this scope, at most CACHED_FOR old: every page of the admin site shows them."""
        now = self.clock.now()
        cached = self._cache.get(scope)
        if cached is not None and timedelta() <= now - cached[0] < CACHED_FOR:
            return cached[1]
        counts = self.overview.counts(at=now, scope=scope)
        if len(self._cache) >= MOST_SCOPES:
            self._cache.clear()
        self._cache[scope] = now, counts
        return counts
