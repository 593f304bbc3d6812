"""Store of the test run: a pytest plugin that sets the environment before Django reads its settings.

STORE is memory (the default), sqlite or postgres. PostgreSQL is the one at TEST_DATABASE_URL if that is set, else a
temporary one; with several processes, the first one starts it for all.
"""

import atexit
import os
import shutil
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

import pytest

from tests.support.postgres import start_cluster

STORE: Final = os.environ.get("STORE", "memory")
_DESCRIPTION: Final = "AUTHSVC_TEST_STORE"
_SHARED: Final = "AUTHSVC_TEST_FOLDER"


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
    cluster = start_cluster(in_memory=True)
    return cluster.url, f"a temporary PostgreSQL made by {cluster.binaries}"


if _DESCRIPTION not in os.environ:
    os.environ["DATABASE_URL"], os.environ[_DESCRIPTION] = _database_url()
    os.environ["APP_ENV"] = "test"
    os.environ["DEMO"] = "off"
    os.environ[_SHARED] = mkdtemp(prefix="authsvc-tests-")
    atexit.register(shutil.rmtree, os.environ[_SHARED], ignore_errors=True)
    os.environ["AI_TEXTS"] = f"{os.environ[_SHARED]}/texts"
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
    os.environ["WEBHOOKS_PER_HOST_AND_DAY"] = "1000000"
    os.environ["ORGANIZATIONS_PER_PERSON"] = "1000000"
    os.environ["ARGON2_AT_ONCE"] = "1000"

SHARED_FOLDER: Final = Path(os.environ[_SHARED])
"""A folder of all processes of this run, which the first one removes."""


def pytest_addoption(pluginmanager: pytest.PytestPluginManager) -> None:
    """Leave out a plugin of the tests in memory, which takes a second to import, before it is loaded."""
    if STORE != "memory":
        pluginmanager.set_blocked("schemathesis")


def pytest_report_header() -> str:
    return f"store: {os.environ[_DESCRIPTION]}"
