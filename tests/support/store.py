"""Store of the test run: a pytest plugin that sets the environment before Django reads its settings.

STORE is memory (the default), sqlite or postgres. PostgreSQL is the one at TEST_DATABASE_URL if that is set, else a
temporary one; with several processes, the first one starts it for all.
"""

import os
from tempfile import mkdtemp
from typing import Final

import pytest

from tests.support.postgres import start_cluster

STORE: Final = os.environ.get("STORE", "memory")
_DESCRIPTION: Final = "AUTHSVC_TEST_STORE"


def _database_url() -> tuple[str, str]:
    """The DATABASE_URL for this store, and its description."""
    if STORE == "memory":
        return "", "memory"
    if STORE == "sqlite":
        return "sqlite://:memory:", "SQLite, in memory"
    if STORE != "postgres":
        raise pytest.UsageError(f"STORE must be memory, sqlite or postgres, not {STORE!r}.")
    if given := os.environ.get("TEST_DATABASE_URL"):
        return given, "PostgreSQL at TEST_DATABASE_URL"
    cluster = start_cluster()
    return cluster.url, f"a temporary PostgreSQL made by {cluster.binaries}"


if _DESCRIPTION not in os.environ:
    os.environ["DATABASE_URL"], os.environ[_DESCRIPTION] = _database_url()
    os.environ["APP_ENV"] = "test"
    os.environ["AI_TEXTS"] = mkdtemp(prefix="ai-texts-")
    os.environ["ARGON2_MEMORY_KIB"] = "8"
    os.environ["ARGON2_PASSES"] = "1"
    # All requests come from one client IP address, many at once: tests of a limit set it themselves.
    os.environ["READS_PER_MINUTE"] = "1000000"
    os.environ["WRITES_PER_MINUTE"] = "1000000"
    os.environ["EXPENSIVE_PER_MINUTE"] = "1000000"
    os.environ["LOGIN_ATTEMPTS_PER_MINUTE"] = "1000000"
    os.environ["LOGIN_FAILURES_BEFORE_BACKOFF"] = "1000000"
    os.environ["REGISTRATIONS_PER_HOUR"] = "1000000"
    os.environ["TOKEN_FAILURES_PER_MINUTE"] = "1000000"
    os.environ["MAILS_PER_PERSON_AND_DAY"] = "1000000"
    os.environ["MAILS_PER_ORGANIZATION_AND_DAY"] = "1000000"
    os.environ["MAILS_PER_ADDRESS_AND_DAY"] = "1000000"
    os.environ["ORGANIZATIONS_PER_PERSON"] = "1000000"
    os.environ["ARGON2_AT_ONCE"] = "1000"


def pytest_report_header() -> str:
    return f"store: {os.environ[_DESCRIPTION]}"
