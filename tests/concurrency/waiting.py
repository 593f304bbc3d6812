"""A watch for requests that wait for a lock on PostgreSQL."""

from concurrent.futures import Future
from time import monotonic, sleep
from typing import Any, Final, Protocol

import pytest

from tests.support.patience import PATIENCE

# `pg_locks` is read afresh by every query; `pg_stat_activity` shows the rest of a transaction the
# connections that were there at its first look.
WAITING: Final = """
    SELECT count(*) FROM pg_locks
    WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))
"""


class Cursor(Protocol):
    """A cursor of psycopg or Django in a transaction that holds locks."""

    def execute(self, query: Any, /) -> Any: ...

    def fetchone(self) -> Any: ...


def wait_until_blocked(act: "Future[Any]", by: Cursor) -> None:
    """Return when another connection waits for a lock of this one; fail when the act ends first."""
    began = monotonic()
    while not act.done() and monotonic() - began < PATIENCE:
        by.execute(WAITING)
        if by.fetchone() != (0,):
            return
        sleep(0.01)
    pytest.fail("No connection waits for a lock.")
