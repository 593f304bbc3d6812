"""Dicts that keep the promises of a database: all or nothing, and one writer at a time."""

from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from threading import RLock, get_ident
from typing import Any, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class InMemoryDatabase:
    """Plays UnitOfWork for the tables it makes; safe in a threaded server.

    Writers take turns; readers never wait and see what was committed last.
    """

    def __init__(self) -> None:
        self._lock = RLock()
        self._tables: list[InMemoryTable[Any, Any]] = []
        self._depth = 0
        self._callbacks: list[Callable[[], None]] = []

    def table(self) -> "InMemoryTable[Any, Any]":
        table: InMemoryTable[Any, Any] = InMemoryTable(self)
        self._tables.append(table)
        return table

    @contextmanager
    def atomic(self) -> Iterator[None]:
        with self._lock:
            pending = len(self._callbacks)
            self._begin()
            try:
                yield
            except BaseException:
                self._end(InMemoryTable.roll_back)
                del self._callbacks[pending:]
                raise
            self._end(InMemoryTable.commit)
            if self._depth == 0:
                self._run_callbacks()

    def on_commit(self, callback: Callable[[], None]) -> None:
        with self._lock:
            self._callbacks.append(callback)
            if self._depth == 0:
                self._run_callbacks()

    def _begin(self) -> None:
        self._depth += 1
        for table in self._tables:
            table.begin()

    def _end(self, how: "Callable[[InMemoryTable[Any, Any]], None]") -> None:
        for table in self._tables:
            how(table)
        self._depth -= 1

    def _run_callbacks(self) -> None:
        callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            callback()


class InMemoryTable(MutableMapping[Key, Value]):
    """One dict of frozen values. Because they are frozen, a shallow copy is a complete snapshot."""

    def __init__(self, database: InMemoryDatabase) -> None:
        self._database = database
        self._committed: dict[Key, Value] = {}
        self._drafts: list[dict[Key, Value]] = []
        self._writer: int | None = None

    def __getitem__(self, key: Key) -> Value:
        return self._seen()[key]

    def __iter__(self) -> Iterator[Key]:
        return iter(self._seen())

    def __len__(self) -> int:
        return len(self._seen())

    def __setitem__(self, key: Key, value: Value) -> None:
        with self._database.atomic():
            self._draft()[key] = value

    def __delitem__(self, key: Key) -> None:
        with self._database.atomic():
            del self._draft()[key]

    def begin(self) -> None:
        self._drafts.append(self._drafts[-1] if self._drafts else self._committed)
        self._writer = get_ident()

    def commit(self) -> None:
        draft = self._drafts.pop()
        if self._drafts:
            self._drafts[-1] = draft
        else:
            self._writer = None
            self._committed = draft

    def roll_back(self) -> None:
        self._drafts.pop()
        if not self._drafts:
            self._writer = None

    def _seen(self) -> dict[Key, Value]:
        # Only the writer's own thread has its id here, so only it can be shown a draft.
        return self._drafts[-1] if self._writer == get_ident() else self._committed

    def _draft(self) -> dict[Key, Value]:
        """The writer's own copy, made at the first write of each block."""
        below = self._drafts[-2] if len(self._drafts) > 1 else self._committed
        if self._drafts[-1] is below:
            self._drafts[-1] = dict(below)
        return self._drafts[-1]
