"""Worker threads for work that no request waits for: a fixed number, and a bounded queue."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from queue import Full, Queue
from threading import Lock, Thread
from types import TracebackType
from typing import Any, TypeVar

Result = TypeVar("Result")


class WorkersBusy(Exception):
    """All threads are at work and the queue is full. The task was not accepted."""


@dataclass(slots=True)
class Workers:
    """At most `threads` tasks run at once, and at most `waiting` more wait for their turn.

    The threads start with the first tasks and never end; they do not keep the process alive.
    """

    name: str
    threads: int
    waiting: int
    _tasks: "Queue[Callable[[], None]]" = field(init=False)
    _started: int = 0
    _lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self._tasks = Queue(self.waiting)

    def submit(self, task: Callable[[], Result]) -> "Future[Result]":
        """Run the task soon. Raises WorkersBusy."""
        future: Future[Result] = Future()
        try:
            self._tasks.put_nowait(lambda: _complete(future, task))
        except Full:
            raise WorkersBusy from None
        with self._lock:
            if self._started < self.threads:
                self._started += 1
                Thread(target=self._work, name=f"{self.name}-{self._started}", daemon=True).start()
        return future

    def _work(self) -> None:
        while True:
            self._tasks.get()()


def _complete(future: "Future[Result]", task: Callable[[], Result]) -> None:
    """Run the task unless it was cancelled."""
    if future.set_running_or_notify_cancel():
        with _ErrorsFor(future):
            future.set_result(task())


@dataclass(frozen=True, slots=True)
class _ErrorsFor:
    """Passes errors on to whoever holds the future, so that they do not end the thread."""

    future: "Future[Any]"

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        if error is not None:
            self.future.set_exception(error)
        return True
