"""Rate limits and back-off."""

from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from math import ceil
from threading import Lock

from authsvc.kernel.errors import TooMany


class TooManyAttempts(TooMany):
    code = "too-many-attempts"
    title = "There were too many attempts"
    explanation = "Wait for {retry_after} s, then try again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """At most *most* attempts per period. A period starts with its first attempt.

    With *waits* the limit backs off instead. Attempts form a streak, which ends after a period without attempts. From
    attempt number *most* of a streak on, each is followed by a wait: the first of *waits*, then the second, and so on.
    The last wait is repeated.
    """

    name: str
    most: int
    period: timedelta
    waits: tuple[timedelta, ...] = ()

    @property
    def backs_off(self) -> bool:
        return bool(self.waits)


def doubling(*, until: timedelta) -> tuple[timedelta, ...]:
    """Waits of one second, two, four and so on, and finally of *until*."""
    waits = [timedelta(seconds=1)]
    while waits[-1] * 2 < until:
        waits.append(waits[-1] * 2)
    return (*waits, until)


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitState:
    """The attempts of one subject under a limit, as of the attempt at `tried_at`.

    `count` is the number of attempts that were allowed, `refusals` the number refused since the last allowed one.
    """

    limit: Limit
    count: int
    refusals: int
    tried_at: datetime
    forgotten_at: datetime
    waits_until: datetime | None = None

    @classmethod
    def begun(cls, limit: Limit, *, at: datetime, amount: int = 1) -> "LimitState":
        """The first attempt, which counts as *amount*."""
        empty = cls(limit=limit, count=0, refusals=0, tried_at=at, forgotten_at=at + limit.period)
        return empty._counted(at, amount)

    def attempted(self, *, at: datetime, amount: int = 1) -> "LimitState":
        """One more attempt: allowed, unless it comes too early. A refused attempt does not prolong the wait.

        An attempt can count as several, all of which are allowed or none; this excludes limits that back off.
        """
        if at >= self.forgotten_at:
            return LimitState.begun(self.limit, at=at, amount=amount)
        return self._counted(at, amount)

    def refunded(self) -> "LimitState":
        """The state without one of the attempts that were allowed."""
        return replace(self, count=max(0, self.count - 1), waits_until=None)

    @property
    def is_allowed(self) -> bool:
        return self.refusals == 0

    @property
    def remaining(self) -> int:
        """How many more attempts are allowed without a wait."""
        return max(0, self.limit.most - self.count)

    @property
    def forgotten_in_seconds(self) -> int:
        return _whole_seconds(self.forgotten_at - self.tried_at)

    def require(self) -> None:
        """Raise TooManyAttempts unless the attempt was allowed."""
        if not self.is_allowed:
            wait = (self.waits_until or self.forgotten_at) - self.tried_at
            raise TooManyAttempts(retry_after=_whole_seconds(wait))

    def _counted(self, at: datetime, amount: int) -> "LimitState":
        is_early = self.waits_until is not None and at < self.waits_until
        is_too_much = not self.limit.backs_off and self.count + amount > self.limit.most
        if is_early or is_too_much:
            return replace(self, refusals=self.refusals + 1, tried_at=at)
        return self._allowed(at, amount)

    def _allowed(self, at: datetime, amount: int) -> "LimitState":
        allowed = replace(
            self, count=self.count + amount, refusals=0, tried_at=at, waits_until=None
        )
        excess = allowed.count - self.limit.most
        if not self.limit.backs_off:
            return replace(allowed, waits_until=self.forgotten_at) if excess >= 0 else allowed
        if excess < 0:
            return replace(allowed, forgotten_at=at + self.limit.period)
        waits_until = at + self.limit.waits[min(excess, len(self.limit.waits) - 1)]
        return replace(
            allowed, waits_until=waits_until, forgotten_at=waits_until + self.limit.period
        )


@dataclass(slots=True)
class ProcessCounts:
    """Attempts that this process counts for itself, without a database.

    Memory is bounded: of more than `most_subjects`, the one whose period began first is forgotten.
    """

    most_subjects: int = 20_000
    _states: dict[Hashable, LimitState] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def count(self, subject: Hashable, limit: Limit, *, at: datetime) -> LimitState:
        """Apply `LimitState.attempted` to the state of the subject."""
        with self._lock:
            state = self._states.get(subject)
            if state is None or at >= state.forgotten_at:
                # Removed first, so that subjects stand in the order in which their periods began.
                self._states.pop(subject, None)
                state = LimitState.begun(limit, at=at)
            else:
                state = state.attempted(at=at)
            self._states[subject] = state
            if len(self._states) > self.most_subjects:
                del self._states[next(iter(self._states))]
        return state


def _whole_seconds(span: timedelta) -> int:
    """Round up, so that a caller who waits this long has waited long enough."""
    return max(1, ceil(span.total_seconds()))
