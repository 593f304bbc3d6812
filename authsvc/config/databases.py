"""Database settings, from DATABASE_URL."""

from typing import Any, Final

import dj_database_url

from authsvc.config.environment import Environment
from authsvc.config.variables import ROOT, Misconfigured

POOL_SECONDS: Final = 10.0
"""How long a thread waits for a connection of the pool."""


def databases(environment: Environment) -> dict[str, Any]:
    """Django's DATABASES; none in memory mode, where any query is an error. Raises Misconfigured."""
    if not environment.has_database:
        return {}
    try:
        config: dict[str, Any] = {**dj_database_url.parse(environment.database_url)}
    except ValueError:
        msg = "DATABASE_URL is not a valid URL; see .env.example for the format."
        raise Misconfigured(msg) from None
    if config["ENGINE"] == "django.db.backends.sqlite3":
        return {"default": config | _sqlite(config)}
    if not config["NAME"] and "service" not in config.get("OPTIONS", {}):
        raise Misconfigured("DATABASE_URL must name a database: postgres://host/name.")
    return {"default": config | _postgresql(config, pool=environment.database_pool)}


def _sqlite(config: dict[str, Any]) -> dict[str, Any]:
    """Options for SQLite: readers do not wait for the writer, and writers take turns from the start of a transaction.

    With recursive triggers, append-only tables also refuse REPLACE, which otherwise deletes rows without a trigger.
    """
    if config.get("HOST"):
        raise Misconfigured("DATABASE_URL must be sqlite:///path: three slashes, then the path.")
    name = config["NAME"]
    return {
        "NAME": name if name == ":memory:" else str(ROOT / name),
        "OPTIONS": config.get("OPTIONS", {})
        | {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA recursive_triggers = ON"
            ),
        },
    }


def _postgresql(config: dict[str, Any], *, pool: int) -> dict[str, Any]:
    """Options for PostgreSQL: persistent connections, and parameters bound and statements prepared by the server.

    Connections belong to threads, or to a pool from which a thread takes one for as long as it needs it.
    """
    shared = {"pool": {"min_size": 1, "max_size": pool, "timeout": POOL_SECONDS}} if pool else {}
    return {
        "CONN_MAX_AGE": 0 if pool else None,
        "OPTIONS": config.get("OPTIONS", {})
        | {
            "server_side_binding": True,
            "prepare_threshold": 3,
            **shared,
        },
    }
