"""Connections to PostgreSQL: what operators watch of them, and how they read times."""

from collections.abc import Iterator
from typing import Any, Final

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from authsvc.kernel.metrics import DATABASE_CONNECTIONS, DATABASE_MAX_CONNECTIONS, Reading

STATES: Final = ("active", "idle", "idle in transaction")
"""The states that are always reported."""
_CONNECTIONS: Final = """
    SELECT COALESCE(state, 'other'), COUNT(*) FROM pg_stat_activity
    WHERE datname = current_database() AND usename = current_user GROUP BY 1
"""
_MAX_CONNECTIONS: Final = "SELECT current_setting('max_connections')::int"


class DatabaseConnections:
    """Gauges of the connections to this database; none for SQLite, which has no server."""

    def readings(self) -> Iterator[Reading]:
        if connection.vendor != "postgresql":
            return
        with connection.cursor() as cursor:
            cursor.execute(_CONNECTIONS)
            connections = dict.fromkeys(STATES, 0) | dict(cursor.fetchall())
            cursor.execute(_MAX_CONNECTIONS)
            max_connections = int(cursor.fetchone()[0])
        for state, number in connections.items():
            yield Reading(DATABASE_CONNECTIONS, number, (state,))
        yield Reading(DATABASE_MAX_CONNECTIONS, max_connections)


def read_times_in_utc(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Let a new connection read times with UtcLoader. A receiver of `connection_created`."""
    if connection.vendor == "postgresql":
        from authsvc.storage.postgres_times import UtcLoader  # noqa: PLC0415  # psycopg costs time and memory

        driver: Any = connection.connection
        driver.adapters.register_loader("timestamptz", UtcLoader)
