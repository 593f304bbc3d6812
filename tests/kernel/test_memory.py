"""The in-memory database."""

import pytest

from authsvc.kernel.memory import InMemoryDatabase, InMemoryTable
from tests.support.blocks import failed_block

KNOTS = {"bowline": "a loop", "reef": "a join"}


@pytest.fixture
def database() -> InMemoryDatabase:
    return InMemoryDatabase()


@pytest.fixture
def knots(database: InMemoryDatabase) -> InMemoryTable[str, str]:
    """A table that holds two knots."""
    table: InMemoryTable[str, str] = database.table()
    table.update(KNOTS)
    return table


def test_a_table_reads_like_a_dict(knots: InMemoryTable[str, str]) -> None:
    assert knots["bowline"] == "a loop"
    assert knots.get("granny") is None
    assert ("reef" in knots, "granny" in knots) == (True, False)
    assert len(knots) == 2
    assert list(knots) == list(knots.keys()) == ["bowline", "reef"]
    assert list(knots.values()) == ["a loop", "a join"]
    assert dict(knots.items()) == KNOTS


def test_removing_a_missing_key_is_an_error(knots: InMemoryTable[str, str]) -> None:
    with pytest.raises(KeyError, match="granny"):
        del knots["granny"]

    assert dict(knots) == KNOTS


def test_tables_of_one_database_do_not_mix(
    database: InMemoryDatabase, knots: InMemoryTable[str, str]
) -> None:
    other: InMemoryTable[str, str] = database.table()

    other["bowline"] = "something else"

    assert dict(knots) == KNOTS


def test_a_block_sees_what_it_has_written(
    database: InMemoryDatabase, knots: InMemoryTable[str, str]
) -> None:
    with database.atomic():
        knots["granny"] = "a mistake"
        del knots["reef"]

        assert dict(knots) == {"bowline": "a loop", "granny": "a mistake"}


def test_a_failed_block_rolls_back_changes_and_removals(
    database: InMemoryDatabase, knots: InMemoryTable[str, str]
) -> None:
    with failed_block(database):
        knots["bowline"] = "something else"
        del knots["reef"]

    assert dict(knots) == KNOTS


def test_a_failed_block_rolls_back_every_table(
    database: InMemoryDatabase, knots: InMemoryTable[str, str]
) -> None:
    bends: InMemoryTable[str, str] = database.table()

    with failed_block(database):
        knots["granny"] = "a mistake"
        bends["sheet"] = "a bend"

    assert dict(knots) == KNOTS
    assert dict(bends) == {}


def test_a_block_within_a_block_starts_from_what_the_outer_one_wrote(
    database: InMemoryDatabase, knots: InMemoryTable[str, str]
) -> None:
    with database.atomic():
        knots["granny"] = "a mistake"
        with failed_block(database):
            del knots["granny"]

        assert knots["granny"] == "a mistake"


def test_a_view_does_not_change_while_it_is_read(
    database: InMemoryDatabase, knots: InMemoryTable[str, str]
) -> None:
    uses = []

    for name, use in knots.items():
        uses.append((name, use))
        knots.clear()

    assert dict(uses) == KNOTS
    assert dict(knots) == {}


def test_an_interrupted_block_is_rolled_back(
    database: InMemoryDatabase, knots: InMemoryTable[str, str]
) -> None:
    def be_interrupted() -> None:
        with database.atomic():
            knots.clear()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        be_interrupted()

    assert dict(knots) == KNOTS
