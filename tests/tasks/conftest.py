"""Fixtures for tests of tasks: worlds in which jobs wait until a test runs them."""

import pytest

from tests.support.store import STORE
from tests.support.worlds import World, memory_world, orm_world


@pytest.fixture
def world() -> World:
    return memory_world(runs_jobs=False) if STORE == "memory" else orm_world(runs_jobs=False)


@pytest.fixture
def memory() -> World:
    return memory_world(runs_jobs=False)
