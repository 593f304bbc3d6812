"""Fixtures for every test: the two worlds, and the house on the store of this run."""

from collections.abc import Iterator

import pytest

from authsvc.container import services
from tests.support.house import House
from tests.support.store import STORE
from tests.support.worlds import World, memory_world, orm_world

WORLDS = {"memory": memory_world, "orm": orm_world}
SHOWN_HERE = {"memory": set(), "sqlite": {"database"}, "postgres": {"database", "postgres"}}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Whatever holds for one kind of store holds for the other; the memory run has only the one."""
    if "world" in metafunc.fixturenames:
        here = ["memory"] if STORE == "memory" else list(WORLDS)
        metafunc.parametrize("world", here, indirect=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give the database to the tests that use it, and leave out those that this run's store cannot show."""
    left_out = [item for item in items if _needs_of(item) - SHOWN_HERE[STORE]]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]
    for item in items:
        if _needs_of(item) or _runs_on_orm(item):
            item.add_marker(pytest.mark.django_db)


def _needs_of(item: pytest.Item) -> set[str]:
    return {mark.name for mark in item.iter_markers() if mark.name in ("database", "postgres")}


def _runs_on_orm(item: pytest.Item) -> bool:
    assert isinstance(item, pytest.Function)
    if "house" in item.fixturenames:
        return STORE != "memory"
    return "world" in item.fixturenames and item.callspec.params["world"] == "orm"


@pytest.fixture
def world(request: pytest.FixtureRequest) -> World:
    """Each kind of store in turn."""
    return WORLDS[request.param]()


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
