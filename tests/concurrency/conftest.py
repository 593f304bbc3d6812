"""Fixtures for races: one school for all of them, and a second server on its database."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.support.databases import connected_to
from tests.support.metrics import LOOPBACK
from tests.support.school import School, open_school
from tests.support.server import Server, running_server
from tests.support.worlds import World, orm_world


@pytest.fixture(scope="package")
def school(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    with open_school(tmp_path_factory.mktemp("school"), workers=2, METRICS=LOOPBACK) as opened:
        yield opened


LIMITS: Final = {
    "BEHIND_PROXY": "on",
    "LOGIN_ATTEMPTS_PER_MINUTE": "30",
    "LOGIN_FAILURES_BEFORE_BACKOFF": "5",
}
"""Limits that fifty attempts exceed."""


@pytest.fixture(scope="package")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file with the output of the second server."""
    return tmp_path_factory.mktemp("neighbour") / "log"


@pytest.fixture(scope="package")
def neighbour(school: School, log: Path) -> Iterator[Server]:
    """A second process that serves the same school, as if in another data centre, with stricter limits."""
    environment = school.environment | LIMITS
    with log.open("w") as errors, running_server(environment, threads=8, errors=errors) as server:
        yield server


@pytest.fixture
def town(database_url: str) -> Iterator[World]:
    """A world that all threads see, in a database of the module's own."""
    with connected_to(database_url):
        yield orm_world()
