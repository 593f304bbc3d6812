"""Fixtures for races: one school for all of them, and a second server on its database."""

from collections.abc import Iterator

import pytest

from tests.support.databases import connected_to
from tests.support.metrics import LOOPBACK
from tests.support.school import School, open_school
from tests.support.server import Server, running_server
from tests.support.worlds import World, orm_world


@pytest.fixture(scope="session")
def school(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    with open_school(tmp_path_factory.mktemp("school"), workers=2, METRICS=LOOPBACK) as opened:
        yield opened


@pytest.fixture(scope="session")
def neighbour(school: School) -> Iterator[Server]:
    """A second process that serves the same school, as if in another data centre."""
    with running_server(school.environment) as server:
        yield server


@pytest.fixture
def town(database_url: str) -> Iterator[World]:
    """A world that all threads see, in a database of the module's own."""
    with connected_to(database_url):
        yield orm_world()
