"""Fixtures for races: one school for all of them, and a second server on its database."""

from collections.abc import Iterator

import pytest

from tests.support.school import School, open_school
from tests.support.server import Server, running_server


@pytest.fixture(scope="session")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    with open_school(tmp_path_factory.mktemp("school")) as opened:
        yield opened


@pytest.fixture(scope="session")
def neighbour(school: School) -> Iterator[Server]:
    """A second process that serves the same school, as if in another data centre."""
    with running_server(school.environment) as server:
        yield server
