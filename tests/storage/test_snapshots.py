"""Snapshots: reads of one state of the store, which writers neither change nor wait for."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import connection, transaction

from authsvc.composition.adapters import DjangoUnitOfWork
from tests.support.databases import connected_to, own_database

pytestmark = pytest.mark.every_database

Write = Callable[[str], None]


@pytest.fixture
def elsewhere(committing: None, tmp_path: Path) -> Iterator[Write]:
    """A database with an empty table of words, and another connection that writes to it."""
    with own_database(tmp_path) as url, connected_to(url) as database:
        with database.cursor() as cursor:
            cursor.execute("CREATE TABLE words (word varchar(9))")
        other: Any = (
            psycopg.connect(url, autocommit=True)
            if database.vendor == "postgresql"
            else sqlite3.connect(urlsplit(url).path[1:], isolation_level=None, timeout=0)
        )
        yield lambda word: other.execute(f"INSERT INTO words VALUES ('{word}')")  # noqa: S608  # words of this module
        other.close()


def words() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT word FROM words ORDER BY word")
        return [word for (word,) in cursor.fetchall()]


def test_a_snapshot_does_not_change_while_others_write(elsewhere: Write) -> None:
    elsewhere("bowline")

    with DjangoUnitOfWork().snapshot():
        before = words()
        elsewhere("reef")
        after = words()

    assert before == after == ["bowline"]
    assert words() == ["bowline", "reef"]


def test_after_a_snapshot_transactions_begin_as_before(elsewhere: Write) -> None:
    with DjangoUnitOfWork().snapshot():
        words()

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO words VALUES ('sheet')")
        if connection.vendor == "sqlite":
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                elsewhere("reef")

    assert words() == ["sheet"]


def test_a_snapshot_inside_a_block_shows_what_the_block_wrote(elsewhere: Write) -> None:
    elsewhere("bowline")

    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO words VALUES ('reef')")
        with DjangoUnitOfWork().snapshot():
            assert words() == ["bowline", "reef"]
