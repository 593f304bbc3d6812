"""Up to where a log is settled: numbers are given out before a transaction commits, and so out of order."""

from time import monotonic, sleep
from typing import Final

from django.db import connection
from django.db.models import Model

_GREATEST: Final = 2**63 - 1
_PATIENCE_SECONDS: Final = 2.0
_PAUSE_SECONDS: Final = 0.01

_LAST_NUMBER: Final = "SELECT COALESCE(pg_sequence_last_value(pg_get_serial_sequence(%s, %s)), 0)"
# Whoever inserts has this lock before he is given a number, and until he has committed.
_WRITERS: Final = """
    SELECT virtualtransaction FROM pg_locks
    WHERE relation = %s::regclass AND mode = 'RowExclusiveLock' AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND pid IS DISTINCT FROM pg_backend_pid()
"""


class NotSettled(Exception):
    """Somebody has been writing for longer than anybody should wait."""


def settled_up_to(model: type[Model]) -> int:
    """The number up to which no row can come to be seen any more; the greatest there is when that holds of all.

    Waits, without making anybody wait, for those who are writing now; a later reader sees what they wrote. Raises
    NotSettled when one of them takes too long. SQLite lets one transaction write at a time, so there nothing is open.
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
