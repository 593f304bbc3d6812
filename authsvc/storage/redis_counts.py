"""Attempts counted in Redis, for all processes together."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from typing import Final

import structlog
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from authsvc.kernel.rate_limits import Limit, LimitState, ProcessCounts

TIMEOUT: Final = timedelta(milliseconds=200)
PAUSE: Final = timedelta(seconds=5)
"""How long a process counts for itself after Redis has failed, so that an outage delays few requests."""

log: Final = structlog.get_logger(__name__)


@dataclass(slots=True)
class RedisCounts:
    """Attempts that all processes count together; while Redis is away, each process counts for itself."""

    client: Redis
    alone: ProcessCounts = field(default_factory=ProcessCounts)
    _resumes_at: float = 0

    @classmethod
    def at(cls, url: str) -> "RedisCounts":
        """Counts in the Redis at this URL; it is contacted at the first attempt."""
        seconds = TIMEOUT.total_seconds()
        # One more try without a wait, because Redis closes connections when it restarts.
        retry = Retry(NoBackoff(), 1)
        return cls(
            Redis.from_url(url, socket_timeout=seconds, socket_connect_timeout=seconds, retry=retry)
        )

    def count(self, subject: str, limit: Limit, *, at: datetime) -> LimitState:
        """Count an attempt in the period of the subject, which began with its first attempt.

        Limits that back off are not supported.
        """
        if monotonic() >= self._resumes_at:
            try:
                number, left = self._counted(f"authsvc:{subject}", limit.period)
            except RedisError as error:
                self._resumes_at = monotonic() + PAUSE.total_seconds()
                log.warning("redis_unavailable", error=type(error).__name__)
            else:
                return _state_of(limit, number, at=at, ends_at=at + left)
        return self.alone.count(subject, limit, at=at)

    def _counted(self, key: str, period: timedelta) -> tuple[int, timedelta]:
        """Return the number of attempts in this period, and how long it still lasts."""
        with self.client.pipeline() as pipeline:
            pipeline.set(key, 0, px=period, nx=True)
            pipeline.incr(key)
            pipeline.pttl(key)
            _, number, milliseconds = pipeline.execute()
        return number, timedelta(milliseconds=milliseconds)


def _state_of(limit: Limit, number: int, *, at: datetime, ends_at: datetime) -> LimitState:
    return LimitState(
        limit=limit,
        count=min(number, limit.most),
        refusals=max(0, number - limit.most),
        tried_at=at,
        forgotten_at=ends_at,
        waits_until=ends_at if number >= limit.most else None,
    )
