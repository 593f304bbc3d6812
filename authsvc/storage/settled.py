"""Settled log positions: numbers are assigned before a transaction commits, so they become visible out of order."""

from collections.abc import Iterator
from datetime import timedelta
from time import monotonic, sleep
from typing import Final

from django.db import connection
from django.db.models import Max, Model

_GREATEST: Final = 2**63 - 1
_PATIENCE_SECONDS: Final = 2.0
_PAUSE_SECONDS: Final = 0.01

_LAST_NUMBER: Final = "SELECT COALESCE(pg_sequence_last_value(pg_get_serial_sequence(%s, %s)), 0)"
# A writer takes this lock before it is assigned a number, and holds it until it commits. Databases that are copies of
# one template have the same numbers of tables.
_WRITERS: Final = """
    SELECT virtualtransaction FROM pg_locks
    WHERE relation = %s::regclass AND mode = 'RowExclusiveLock' AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND pid IS DISTINCT FROM pg_backend_pid()
"""
_OLDEST_WRITER: Final = """
    SELECT COALESCE(MAX(clock_timestamp() - xact_start), interval '0') FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE relation = %s::regclass AND mode = 'RowExclusiveLock' AND granted
    AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND pid IS DISTINCT FROM pg_backend_pid()
"""


class NotSettled(Exception):
    """A transaction has been writing for longer than a reader should wait."""


def settled_up_to(model: type[Model]) -> int:
    """Find the position below which no uncommitted insert can still appear; 2**63 - 1 if there can be none.

    Waits up to two seconds for the transactions that are writing now, without blocking them. Raises NotSettled when
    one of them takes longer. SQLite allows one transaction to write at a time, so there nothing is pending.
    """
    if connection.vendor != "postgresql":
        return _GREATEST
    table, key = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        cursor.execute(_LAST_NUMBER, [table, key])
        last = int(cursor.fetchone()[0])
        deadline, awaited = monotonic() + _PATIENCE_SECONDS, None
        while True:
            cursor.execute(_WRITERS, [table])
            writing = {row[0] for row in cursor.fetchall()}
            awaited = writing if awaited is None else awaited & writing
            if not awaited:
                return last
            if monotonic() > deadline:
                raise NotSettled
            sleep(_PAUSE_SECONDS)


def unsettled_for(model: type[Model]) -> timedelta:
    """The age of the oldest transaction that is writing to the log, which `settled_up_to` would wait for."""
    if connection.vendor != "postgresql":
        return timedelta()
    with connection.cursor() as cursor:
        cursor.execute(_OLDEST_WRITER, [model._meta.db_table])
        age: timedelta = cursor.fetchone()[0]
    return age


def last_position(model: type[Model]) -> int:
    """The greatest position of a visible row; 0 if there is none."""
    return int(model._meta.base_manager.aggregate(last=Max("position"))["last"] or 0)


def positions_and_hashes(
    model: type[Model], *, after: int, up_to: int | None = None
) -> Iterator[tuple[int, str]]:
    """Yield the position and the hash of each row after a position, in order, from a cursor of the server."""
    entries = model._meta.base_manager.filter(position__gt=after)
    if up_to is not None:
        entries = entries.filter(position__lte=up_to)
    return entries.order_by("position").values_list("position", "hash").iterator(chunk_size=5000)
