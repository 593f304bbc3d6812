"""Worker threads: their number, their queue, and failures of tasks."""

from threading import Event, current_thread

import pytest

from authsvc.kernel.workers import Workers, WorkersBusy
from tests.support.patience import PATIENCE


def test_a_task_returns_its_result_or_raises_its_error() -> None:
    workers = Workers("test", threads=1, waiting=4)

    assert workers.submit(lambda: 7).result(PATIENCE) == 7
    assert isinstance(workers.submit(lambda: 1 // 0).exception(PATIENCE), ZeroDivisionError)
    assert workers.submit(lambda: 8).result(PATIENCE) == 8


def test_tasks_beyond_threads_and_queue_are_rejected() -> None:
    workers = Workers("test", threads=2, waiting=3)
    begun, go_on = [Event(), Event()], Event()

    def occupy(event: Event) -> str:
        event.set()
        assert go_on.wait(PATIENCE)
        return current_thread().name

    running = []
    for event in begun:
        running.append(workers.submit(lambda event=event: occupy(event)))  # type: ignore[misc]  # a default binds it
        assert event.wait(PATIENCE)
    waiting = [workers.submit(lambda: current_thread().name) for _ in range(3)]
    with pytest.raises(WorkersBusy):
        workers.submit(lambda: "one too many")
    go_on.set()

    names = {future.result(PATIENCE) for future in running + waiting}
    assert names == {"test-1", "test-2"}


def test_a_cancelled_task_does_not_run() -> None:
    workers = Workers("test", threads=1, waiting=2)
    begun, go_on, ran = Event(), Event(), []

    def occupy() -> None:
        begun.set()
        assert go_on.wait(PATIENCE)

    workers.submit(occupy)
    assert begun.wait(PATIENCE)
    assert workers.submit(lambda: ran.append("cancelled")).cancel()
    go_on.set()
    workers.submit(lambda: ran.append("last")).result(PATIENCE)

    assert ran == ["last"]
