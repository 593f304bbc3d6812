"""Positions that a request has recorded, for the answer that states the last of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final


class RecordedPositions:
    """The last position that was recorded inside of a block; 0 before the first."""

    def __init__(self) -> None:
        self.last = 0


_CURRENT: Final[ContextVar[RecordedPositions | None]] = ContextVar(
    "recorded_positions", default=None
)


@contextmanager
def recorded_positions() -> Iterator[RecordedPositions]:
    """Collect the positions that are recorded inside of the block, by this thread."""
    positions = RecordedPositions()
    token = _CURRENT.set(positions)
    try:
        yield positions
    finally:
        _CURRENT.reset(token)


def note_position(position: int) -> None:
    """Note that an event was recorded at this position, if anybody collects positions."""
    positions = _CURRENT.get()
    if positions is not None:
        positions.last = max(positions.last, position)
