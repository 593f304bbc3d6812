"""Fixtures for every test: the two worlds, and the house on the store of this run."""

from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import pytest

from authsvc.container import services
from tests.support.house import House
from tests.support.profiles import register_profiles
from tests.support.store import STORE
from tests.support.worlds import World, memory_world, orm_world

register_profiles()

# What the house answers is shown in memory and on PostgreSQL; on SQLite, what a store itself promises.
ON_A_STORE = {
    "sqlite": {"world", "unit_of_work"},
    "postgres": {"house", "world", "unit_of_work"},
}
SHOWN_HERE = {
    "memory": {"memory"},
    "sqlite": {"database", "any_database", "browser"},
    "postgres": {"database", "postgres"},
}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what this run's store cannot show, and give the database to the rest.

    What no store has a part in is shown once, in the memory run.
    """
    tests = [item for item in items if isinstance(item, pytest.Function)]
    items[:] = shown = [test for test in tests if _is_shown_here(test)]
    config.hook.pytest_deselected(items=list(set(tests).difference(shown)))
    for test in shown:
        if STORE != "memory" and "committing" not in test.fixturenames:
            test.add_marker(pytest.mark.django_db)


def _is_shown_here(test: pytest.Function) -> bool:
    if needs := {mark.name for mark in test.iter_markers()} & set().union(*SHOWN_HERE.values()):
        return needs <= SHOWN_HERE[STORE]
    return STORE == "memory" or bool(ON_A_STORE[STORE].intersection(test.fixturenames))


@pytest.fixture
def committing(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The store outside of any transaction: what commits here commits indeed, and stays for other tests."""
    with nullcontext() if STORE == "memory" else django_db_blocker.unblock():
        yield


@pytest.fixture
def world() -> World:
    """The kind of store of this run: what holds for one holds for all."""
    return memory_world() if STORE == "memory" else orm_world()


@pytest.fixture
def memory() -> World:
    """A world without a database, for rules that no store has a part in."""
    return memory_world()


@pytest.fixture
def house() -> Iterator[House]:
    """The house as it runs on the store of this run; in memory any query is an error."""
    services.cache_clear()
    yield House(services())
    services.cache_clear()
