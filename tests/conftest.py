"""Fixtures for every test: two kinds of world, and the application on the store of this run."""

import gc
import os
import re
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from django.template.base import Template
from django.template.context import Context
from psycopg._preparing import PrepareManager  # psycopg has no public way to keep them

from authsvc.composition.container import services
from authsvc.events.models import OutgoingEvent
from authsvc.jobs.models import Job
from tests.support.application import Application
from tests.support.databases import (
    connected_to,
    database_with_tables,
    default_database,
    empty_the_log,
)
from tests.support.few_keys import few_keys
from tests.support.log_lines import LogRecords, recorded
from tests.support.memory_mode import MemoryMode, running_in_memory
from tests.support.profiles import register_profiles
from tests.support.provider import LOG, open_provider
from tests.support.school import School
from tests.support.store import STORE
from tests.support.worlds import World, memory_world, orm_world

register_profiles()

SUITE: Final = os.environ.get("SUITE", "quick")
"""`quick`: each test on the stores that can fail it in a way of their own. `full`: on every store that can run it."""

_CONTRACTS: Final = frozenset({"world", "unit_of_work"})
ON_A_STORE: Final[dict[str, dict[str, frozenset[str]]]] = {
    "quick": {"sqlite": _CONTRACTS, "postgres": _CONTRACTS},
    "full": {"sqlite": _CONTRACTS, "postgres": _CONTRACTS | {"application"}},
}
"""Fixtures whose tests run on a database, too, although no marker says so."""
MARKERS: Final = {
    "quick": {
        "memory": {"memory", "postgres_too", "postgres_nightly"},
        "sqlite": {"every_database", "any_database", "browser"},
        "postgres": {"database", "every_database", "postgres", "postgres_too", "memory_nightly"},
    },
    "full": {
        "memory": {"memory", "postgres_too", "memory_nightly", "postgres_nightly"},
        "sqlite": {"database", "every_database", "any_database", "browser"},
        "postgres": {
            "database",
            "every_database",
            "postgres",
            "postgres_too",
            "memory_nightly",
            "postgres_nightly",
        },
    },
}
"""Markers whose tests run on a store. With several, a test runs where all of them do."""
_MARK_OF_ALL: Final = re.compile(r"^pytestmark = \[?\s*(?:pytest\.mark\.|in_a_)(\w+)", re.MULTILINE)
SHARING: Final = (
    "architecture",
    "browser",
    "concurrency",
    "mcp",
    "oauth_clients",
    "memory_mode",
    "provider",
)
"""Folders and fixtures whose tests share what is expensive, a server or parsed sources, if one process runs them."""

TESTS: Final = Path(__file__).parent
MANY_OBJECTS: Final = 50_000
"""How many new objects call for a search for garbage: as often as Python does, it takes a tenth of all the time."""
MANY_STATEMENTS: Final = 10_000
"""How many statements stay prepared: more than there are."""
NEEDED_BY_NONE: Final = frozenset(
    {
        "_django_clear_site_cache",
        "_django_isolate_apps",
        "_django_setup_unittest",
        "_fail_for_invalid_template_variable",
        "_live_server_helper",
        "_template_string_if_invalid_marker",
        "faker_seed",
    }
)
"""Fixtures of plugins for every test, about what no test uses: to set them up takes longer than most tests."""
COLLECTED: Final = pytest.StashKey[list[pytest.Function]]()
"""All tests of this process, with those that it does not run."""


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave out modules of which the quick suite runs no test on this store: to collect all takes its time."""
    if SUITE == "full" or not collection_path.match("test_*.py"):
        return None
    if STORE != "memory" and not names_store(collection_path, STORE):
        return True
    return True if is_for_others(collection_path, STORE) else None


def names_store(module: Path, store: str) -> bool:
    """Whether the module, or a conftest.py for it, names a marker or a fixture of the database in the quick suite."""
    markers, fixtures = "|".join(MARKERS["quick"][store]), "|".join(_CONTRACTS)
    named = re.compile(rf"mark\.({markers})\b|\b({fixtures})\b|in_a_browser")
    folders = [folder for folder in module.relative_to(TESTS).parents if folder.name]
    texts = [module, *(TESTS / folder / "conftest.py" for folder in folders)]
    return any(named.search(text.read_text()) for text in texts if text.exists())


def is_for_others(module: Path, store: str) -> bool:
    """Whether the mark of all of its tests says that the quick suite runs none of them on this store."""
    marks = _MARK_OF_ALL.findall(module.read_text())
    others = set().union(*MARKERS["quick"].values()) - MARKERS["quick"][store]
    return not {"nightly", "browser_nightly", *others}.isdisjoint(marks)


def pytest_configure() -> None:
    """Pause the search for garbage, which takes a third of the time of a collection and finds hardly any."""
    gc.disable()


def pytest_collection_finish(session: pytest.Session) -> None:
    # The hooks for a test follow from its path. Pytest looks them up 16 times for each test.
    lookup = cache(session.gethookproxy)
    session.gethookproxy = lookup  # type: ignore[assignment, method-assign]  # pytest has no other way
    gc.freeze()
    gc.set_threshold(MANY_OBJECTS)
    gc.enable()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect the tests that this run's store does not run, give the database to the others, and put them in order.

    A test without a marker runs in memory; it runs on the databases, too, if it asks for one of the fixtures above.
    """
    tests = [item for item in items if isinstance(item, pytest.Function)]
    config.stash[COLLECTED] = tests
    selected = [test for test in tests if is_selected(test, suite=SUITE, store=STORE)]
    items[:] = in_order(selected)
    config.hook.pytest_deselected(items=list(set(tests).difference(selected)))
    for test in selected:
        needed = _fixtures_of(test)
        test.fixturenames[:] = [name for name in test.fixturenames if name in needed]
        if STORE != "memory" and not _has_own_database(test):
            test.add_marker(pytest.mark.django_db)


def _fixtures_of(test: pytest.Function) -> set[str]:
    """The fixtures of the test, and those that these need, but for what nothing needs."""
    info, needed = test._fixtureinfo, set[str]()  # noqa: SLF001  # pytest has no other way to say
    waiting = list(set(info.initialnames) - _unneeded_by(test))
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            definitions = info.name2fixturedefs.get(name, ())
            waiting.extend(other for definition in definitions for other in definition.argnames)
    return needed


def _unneeded_by(test: pytest.Function) -> set[str]:
    """Fixtures of plugins that do nothing for the test."""
    unneeded = set(NEEDED_BY_NONE)
    if STORE == "memory":
        unneeded.add("_django_db_marker")
    if test.get_closest_marker("urls") is None:
        unneeded.add("_django_set_urlconf")
    return unneeded


def in_order(tests: list[pytest.Function]) -> list[pytest.Function]:
    """The tests in an order in which several processes, each beginning with a part of it, do little twice.

    Those that share something are the beginning of the first part, and long ones that of the second.
    """
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    sharing, without = _split(tests, lambda test: bool(_shared_by(test)))
    long, others = _split(without, lambda test: test.get_closest_marker("long") is not None)
    others = sorted(sharing, key=_shared_by) + others
    part = len(tests) // processes
    return others[:part] + long + others[part:]


def _shared_by(test: pytest.Function) -> str:
    """The fixture that the test shares with others, or else its folder if that does; otherwise nothing."""
    names = (*test.fixturenames, test.path.relative_to(TESTS).parts[0])
    return next((name for name in names if name in SHARING), "")


def _split(
    tests: list[pytest.Function], condition: Callable[[pytest.Function], bool]
) -> tuple[list[pytest.Function], list[pytest.Function]]:
    """Those that meet the condition, and the others."""
    return list(filter(condition, tests)), [test for test in tests if not condition(test)]


def _has_own_database(test: pytest.Function) -> bool:
    """Whether its commits are real, or it is about a server in another process."""
    return "committing" in test.fixturenames or test.get_closest_marker("browser") is not None


def is_selected(test: pytest.Function, *, suite: str, store: str) -> bool:
    """Whether a run of this suite on this store runs the test."""
    if suite != "full" and test.get_closest_marker("nightly"):
        return False
    here = MARKERS[suite]
    if markers := {mark.name for mark in test.iter_markers()} & set().union(*here.values()):
        return markers <= here[store]
    return store == "memory" or bool(ON_A_STORE[suite][store].intersection(test.fixturenames))


@pytest.fixture(scope="module", autouse=True)
def _same_environment() -> Iterator[None]:
    """A check that no test of a module leaves variables to the tests and servers that start after it."""
    before = _variables()
    yield
    assert _variables() == before


def _variables() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}


@pytest.fixture(scope="session", autouse=True)
def _few_rsa_keys() -> Iterator[None]:
    """A few RSA keys for all issuers and key rings of a run: to generate one takes longer than most tests."""
    with pytest.MonkeyPatch.context() as patched:
        for name in ("credentials.openbadges.keys", "jwcrypto.jwk.rsa"):
            patched.setattr(f"{name}.generate_private_key", few_keys(generate_private_key))
        yield


@pytest.fixture(scope="session", autouse=True)
def _plain_templates(django_test_environment: None) -> Iterator[None]:
    """Templates as in production: Django's test client would copy the context of each, which no test reads."""

    def rendered(template: Template, context: Context) -> str:
        return template.nodelist.render(context)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Template, "_render", rendered)
        yield


@pytest.fixture(scope="session", autouse=True)
def _prepared_statements() -> Iterator[None]:
    """Statements that stay prepared after a test, as they do between requests: psycopg forgets them at each rollback.

    The server checks by itself whether a table has changed since.
    """
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(PrepareManager, "clear", lambda _: False)
        patched.setattr(PrepareManager, "prepared_max", MANY_STATEMENTS)
        yield


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """A database for the tests of this process: a copy, in place of one that each process migrates."""
    if STORE == "memory":
        yield
        return
    folder = tmp_path_factory.mktemp("default-database")
    with (
        django_db_blocker.unblock(),
        database_with_tables(folder) as url,
        default_database(url),
    ):
        yield


@pytest.fixture
def committing(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The store outside of any transaction: commits are real. Jobs and events are deleted for other tests."""
    with nullcontext() if STORE == "memory" else django_db_blocker.unblock():
        yield
        if STORE != "memory":
            Job.objects.all().delete()
            empty_the_log(OutgoingEvent)


@pytest.fixture(scope="module")
def database_url(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a database for the tests of a module that commit what can never be deleted."""
    with database_with_tables(tmp_path_factory.mktemp("database")) as url:
        yield url


@pytest.fixture
def committing_application(database_url: str) -> Iterator[Application]:
    """The application on that database, outside of any transaction: requests run BEGIN and COMMIT."""
    with connected_to(database_url):
        services.cache_clear()
        yield Application(services())
    services.cache_clear()


@pytest.fixture(scope="session")
def provider(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    """One server for browsers, client libraries and the pages about clients. It logs all there is to log."""
    folder = tmp_path_factory.mktemp("provider")
    with (
        (folder / LOG).open("w") as errors,
        open_provider(folder, errors=errors, STAFF_SECOND_FACTOR="on") as opened,
    ):
        yield opened


@pytest.fixture
def caplog() -> Iterator[LogRecords]:
    """What is logged during the test."""
    with recorded() as records:
        yield records


@pytest.fixture
def world() -> World:
    """A world on the store of this run, for contracts of every store."""
    return memory_world() if STORE == "memory" else orm_world()


@pytest.fixture
def memory() -> World:
    """A world without a database, for rules that do not depend on the store."""
    return memory_world()


@pytest.fixture
def application() -> Iterator[Application]:
    """The application on the store of this run; in memory every query is an error."""
    services.cache_clear()
    yield Application(services())
    services.cache_clear()


@pytest.fixture(scope="session")
def memory_mode(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MemoryMode]:
    """The real server in memory mode. What its tests create has names that no other one uses."""
    with running_in_memory(tmp_path_factory.mktemp("memory")) as running:
        yield running
