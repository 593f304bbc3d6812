"""Lag of background work: late, but without an effect on requests."""

from typing import Protocol


class LagCheck(Protocol):
    """Background work that can lag behind."""

    def lag(self) -> str | None:
        """Why the work lags, as a sentence without secrets, or None. Its cost does not depend on how much is stored."""
