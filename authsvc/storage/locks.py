"""Advisory locks, for mutual exclusion on keys that have no row yet."""

from django.db import connection


def try_lock(number: int) -> bool:
    """Take the lock with this unsigned 64-bit number, and return whether it was free.

    It is released when the transaction ends, even if the process is killed. SQLite lets one transaction write at a
    time, so there the lock is always free.
    """
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number - 2**63])
        return bool(cursor.fetchone()[0])


def wait_for_lock(number: int) -> None:
    """Take the lock with this unsigned 64-bit number as soon as it is free. It is released with the transaction."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number - 2**63])
