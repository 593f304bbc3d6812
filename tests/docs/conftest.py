"""Fixtures: a reader of the pages about clients."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.docs.reader import Reader
from tests.support.provider import at_a_browser, register
from tests.support.school import School


@pytest.fixture(scope="session")
def reader(provider: School) -> Iterator[Reader]:
    with closing(at_a_browser(provider)) as anna:
        robot = register(provider, grant_types=["client_credentials"], redirect_uris=[])
        yield Reader(provider, anna, robot)
