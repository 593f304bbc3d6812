"""Units of work: transactions, whatever the store."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol


class InsideUnitOfWork(RuntimeError):
    """A service that commits by itself was called inside a unit of work: a programming error."""

    def __str__(self) -> str:
        return "a unit of work is open; end it before this call, which has to commit by itself"


class UnitOfWork(Protocol):
    def atomic(self) -> AbstractContextManager[None]:
        """Commit every write of the block, or none. Blocks nest."""

    def single(self) -> AbstractContextManager[None]:
        """The same for a block with one call that is atomic by itself, at no extra cost."""

    def snapshot(self) -> AbstractContextManager[None]:
        """Let all reads of the block see one state of the store. The block writes nothing.

        Inside another block it shows what that block sees.
        """

    def on_commit(self, callback: Callable[[], None]) -> None:
        """Run *callback* once the outermost block has committed; drop it if its block fails."""

    def require_outside(self) -> None:
        """Raise InsideUnitOfWork while this thread has a block open: what follows must commit by itself."""

    def release(self) -> None:
        """Give the store's connection of this thread back, before a long wait for something else.

        Raise InsideUnitOfWork while this thread has a block open.
        """
