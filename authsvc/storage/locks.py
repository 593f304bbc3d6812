"""Locks on what has no row yet."""

from django.db import connection


def locks_at_once(number: int) -> bool:
    """Take the lock of this name, 64 bits without a sign, or answer that somebody has it.

    It ends with the transaction, even if we are killed. SQLite lets only one transaction write, so there the second
    has simply waited for the first.
    """
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number - 2**63])
        return bool(cursor.fetchone()[0])


def wait_for_lock(number: int) -> None:
    """Take the lock of this name, as soon as nobody has it. It ends with the transaction."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number - 2**63])
