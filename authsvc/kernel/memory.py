"""In-memory database: dicts with transactions, and one writer at a time."""

from collections.abc import Callable, ItemsView, Iterator, MutableMapping, ValuesView
from contextlib import AbstractContextManager, contextmanager
from threading import RLock, get_ident
from typing import Any, TypeVar

from authsvc.kernel.unit_of_work import InsideUnitOfWork

Key = TypeVar("Key")
Value = TypeVar("Value")
State = list[dict[Any, Any]]
"""The content of every table, in the order in which they were created."""


def remove_where(store: MutableMapping[Key, Value], is_removed: Callable[[Value], bool]) -> int:
    """Delete the values that the predicate accepts. Return how many."""
    keys = [key for key, value in store.items() if is_removed(value)]
    for key in keys:
        del store[key]
    return len(keys)


class InMemoryDatabase:
    """Tables in memory, and the unit of work on them. Thread-safe.

    Writers take turns. Readers never wait; they see the last committed state of all tables.
    """

    def __init__(self) -> None:
        self._lock = RLock()
        self._writer: int | None = None
        self._committed: State = []
        self._drafts: list[State] = []
        self._callbacks: list[Callable[[], None]] = []

    def table(self) -> "InMemoryTable[Any, Any]":
        """Create an empty table. Raises InsideUnitOfWork: the block could not see the table."""
        self.require_outside()
        with self._lock:
            self._committed.append({})
            return InMemoryTable(self, number=len(self._committed) - 1)

    @contextmanager
    def atomic(self) -> Iterator[None]:
        with self._lock:
            pending = len(self._callbacks)
            self._begin()
            try:
                yield
            except BaseException:
                self._end()
                del self._callbacks[pending:]
                raise
            self._commit()
            if not self._drafts:
                self._run_callbacks()

    def single(self) -> AbstractContextManager[None]:
        return self.atomic()

    def snapshot(self) -> AbstractContextManager[None]:
        return self.atomic()  # a writer would change what later reads see

    def on_commit(self, callback: Callable[[], None]) -> None:
        with self._lock:
            self._callbacks.append(callback)
            if not self._drafts:
                self._run_callbacks()

    def require_outside(self) -> None:
        # Only the writer's own thread has its id here.
        if self._writer == get_ident():
            raise InsideUnitOfWork

    def release(self) -> None:
        self.require_outside()

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Undo everything that is committed within the block, which is not a unit of work itself. For tests."""
        with self._lock:
            committed = self._committed
            try:
                yield
            finally:
                self._committed = committed

    def seen(self, number: int) -> dict[Any, Any]:
        """The content of a table as this thread sees it. Do not change it."""
        # Only the writing thread has its id here, so no other thread sees a draft.
        state = self._drafts[-1] if self._writer == get_ident() else self._committed
        return state[number]

    def draft(self, number: int) -> dict[Any, Any]:
        """The copy of a table for the writer, created at the first write of each block."""
        below = self._drafts[-2] if len(self._drafts) > 1 else self._committed
        draft = self._drafts[-1]
        if draft[number] is below[number]:
            draft[number] = dict(below[number])
        return draft[number]

    def _begin(self) -> None:
        self._drafts.append(list(self._drafts[-1] if self._drafts else self._committed))
        self._writer = get_ident()

    def _commit(self) -> None:
        draft = self._end()
        if self._drafts:
            self._drafts[-1] = draft
        else:
            # A single assignment, so that no thread sees half of a commit.
            self._committed = draft

    def _end(self) -> State:
        draft = self._drafts.pop()
        if not self._drafts:
            self._writer = None
        return draft

    def _run_callbacks(self) -> None:
        callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            callback()


class InMemoryTable(MutableMapping[Key, Value]):
    """One dict of frozen values. Because they are frozen, a shallow copy is a complete snapshot."""

    def __init__(self, database: InMemoryDatabase, *, number: int) -> None:
        self._database = database
        self._number = number

    def __getitem__(self, key: Key) -> Value:
        return self._seen()[key]

    def __iter__(self) -> Iterator[Key]:
        return iter(self._seen())

    def __len__(self) -> int:
        return len(self._seen())

    def __setitem__(self, key: Key, value: Value) -> None:
        with self._database.atomic():
            self._database.draft(self._number)[key] = value

    def __delitem__(self, key: Key) -> None:
        with self._database.atomic():
            del self._database.draft(self._number)[key]

    # The inherited methods look up each key again, and would fail if another thread has removed one.
    def values(self) -> ValuesView[Value]:
        return self._seen().values()

    def items(self) -> ItemsView[Key, Value]:
        return self._seen().items()

    def _seen(self) -> dict[Key, Value]:
        return self._database.seen(self._number)
