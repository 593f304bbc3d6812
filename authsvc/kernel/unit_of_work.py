"""All or nothing, whatever stores the rows."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol


class UnitOfWork(Protocol):
    def atomic(self) -> AbstractContextManager[None]:
        """Keep every write of the block, or none. Blocks nest."""

    def single(self) -> AbstractContextManager[None]:
        """The same for a block of one call that keeps all it does, or nothing, by itself: it costs no more."""

    def on_commit(self, callback: Callable[[], None]) -> None:
        """Run *callback* once the outermost block has succeeded; forget it if its block fails."""
