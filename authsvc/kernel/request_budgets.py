"""Request budgets: how many requests of each class of operations a caller may send in a minute."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

from authsvc.kernel.clock import Clock
from authsvc.kernel.rate_limits import Limit, LimitState, ProcessCounts

PERIOD: Final = timedelta(minutes=1)


class Cost(StrEnum):
    """Classes of operations, by the work that a request causes. Each has a budget of its own."""

    READ = "read"
    WRITE = "write"
    EXPENSIVE = "expensive"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestPolicy:
    """The configured budgets, in requests per caller and minute."""

    reads_per_minute: int
    writes_per_minute: int
    expensive_per_minute: int

    def limits(self) -> dict[Cost, Limit]:
        most = {
            Cost.READ: self.reads_per_minute,
            Cost.WRITE: self.writes_per_minute,
            Cost.EXPENSIVE: self.expensive_per_minute,
        }
        return {cost: Limit(name=cost, most=most[cost], period=PERIOD) for cost in Cost}


class RequestCounts(Protocol):
    def count(self, subject: str, limit: Limit, *, at: datetime) -> LimitState:
        """Count an attempt of the subject, and return its state: allowed or refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestBudgets:
    """The budgets of all callers."""

    limits: dict[Cost, Limit]
    clock: Clock
    counts: RequestCounts = field(default_factory=ProcessCounts)

    def charge(self, cost: Cost, caller: Hashable) -> LimitState:
        """Count a request of the caller: a verified user or client, else a client IP address."""
        return self.counts.count(f"{cost}:{caller}", self.limits[cost], at=self.clock.now())
