"""Isolation of threads in the in-memory database: they see everything that is committed, and nothing else."""

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from threading import Event

import pytest

from authsvc.kernel.memory import InMemoryDatabase

# Other tests cover the same lines; tracing these costs more than running them.
pytestmark = pytest.mark.no_cover

LONG_ENOUGH = 10
ROUNDS = 400


@pytest.fixture(autouse=True)
def hurry() -> Iterator[None]:
    """Switch threads so often that every interleaving occurs."""
    patience = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(patience)


def values_during(write: Callable[[], None], read: Callable[[], object]) -> set[object]:
    """All values that two readers read until *write* has returned."""
    is_over = Event()

    def keep_reading() -> set[object]:
        values = {read()}
        while not is_over.is_set():
            values.add(read())
        return values

    with ThreadPoolExecutor() as pool:
        readers = [pool.submit(keep_reading) for _ in range(2)]
        try:
            write()
        finally:
            is_over.set()
        return set[object]().union(*(reader.result(LONG_ENOUGH) for reader in readers))


def test_a_draft_is_visible_to_its_writer_only() -> None:
    database = InMemoryDatabase()
    knots = database.table()

    with ThreadPoolExecutor() as pool, database.atomic():
        knots["bowline"] = "a loop"
        others_view = pool.submit(lambda: dict(knots)).result(LONG_ENOUGH)
        writers_view = dict(knots)

    assert others_view == {}
    assert writers_view == {"bowline": "a loop"}


def test_an_open_block_is_that_of_its_own_thread_alone() -> None:
    database = InMemoryDatabase()

    with ThreadPoolExecutor() as pool, database.atomic():
        assert pool.submit(database.require_outside).result(LONG_ENOUGH) is None


def test_committed_values_are_visible_to_all_threads() -> None:
    knots = InMemoryDatabase().table()
    knots["bowline"] = "a loop"

    with ThreadPoolExecutor() as pool:
        copy = pool.submit(lambda: dict(knots)).result(LONG_ENOUGH)

    assert copy == {"bowline": "a loop"}


def test_a_second_writer_waits_for_the_first() -> None:
    database = InMemoryDatabase()
    knots = database.table()

    def add_another() -> None:
        with database.atomic():
            knots["count"] = len(knots)

    with ThreadPoolExecutor() as pool:
        with database.atomic():
            knots["bowline"] = "a loop"
            second = pool.submit(add_another)
            waiting = wait([second], timeout=0.1).not_done
            knots["reef"] = "a join"
        second.result(LONG_ENOUGH)

    assert waiting == {second}
    assert knots["count"] == 2


def test_no_update_is_lost() -> None:
    database = InMemoryDatabase()
    counts = database.table()
    counts["knots"] = 0

    def count_fifty() -> None:
        for _ in range(50):
            with database.atomic():
                counts["knots"] = counts["knots"] + 1

    with ThreadPoolExecutor(max_workers=20) as pool:
        for counting in [pool.submit(count_fifty) for _ in range(20)]:
            counting.result(LONG_ENOUGH)

    assert counts["knots"] == 1000


def test_a_thread_that_fails_lets_the_next_one_write() -> None:
    knots = InMemoryDatabase().table()

    with ThreadPoolExecutor() as pool:
        failure = pool.submit(lambda: knots.pop("granny")).exception(LONG_ENOUGH)
        pool.submit(lambda: knots.update(bowline="a loop")).result(LONG_ENOUGH)

    assert isinstance(failure, KeyError)
    assert dict(knots) == {"bowline": "a loop"}


def test_a_reader_of_two_tables_never_sees_half_of_what_was_committed() -> None:
    database = InMemoryDatabase()
    first, second = database.table(), database.table()
    first["rounds"] = second["rounds"] = 0

    def count_rounds() -> None:
        for _ in range(10 * ROUNDS):
            with database.atomic():
                first["rounds"] += 1
                second["rounds"] += 1

    def is_second_behind() -> bool:
        rounds = first["rounds"]
        return bool(second["rounds"] < rounds)

    assert values_during(count_rounds, is_second_behind) == {False}


@pytest.mark.parametrize("view", ["values", "items"])
def test_a_reader_of_many_rows_never_sees_some_of_what_was_removed(view: str) -> None:
    database = InMemoryDatabase()
    knots = database.table()
    fifty = dict.fromkeys(range(50), "a knot")
    knots.update(fifty)

    def empty_and_fill() -> None:
        for _ in range(ROUNDS):
            with database.atomic():
                knots.clear()
            with database.atomic():
                knots.update(fifty)

    assert values_during(empty_and_fill, lambda: len(list(getattr(knots, view)()))) <= {0, 50}
