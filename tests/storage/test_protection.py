"""Append-only tables in migrations."""

from collections.abc import Iterator
from copy import copy
from io import StringIO
from typing import Any

import pytest
from django.core.checks import CheckMessage
from django.core.management import call_command
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Field

from authsvc.storage.append_only import check_protection
from progress.models import ProgressEvent

UNPROTECTED = "0001_initial"
PROTECTED = "0002_append_only"

pytestmark = pytest.mark.every_database


@pytest.fixture(autouse=True)
def mended(committing: None) -> Iterator[None]:
    """Restore the triggers of all tables afterwards."""
    yield
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")


def migrate(migration: str) -> None:
    """Go to this migration of progress, without the handlers that run after the command `migrate`."""
    MigrationExecutor(connection).migrate([("progress", migration)])


def alter(old: Field[Any, Any], new: Field[Any, Any]) -> None:
    with connection.schema_editor() as editor:
        editor.alter_field(ProgressEvent, old, new)


def complaints() -> list[CheckMessage]:
    return check_protection(None, ["default"])


def test_a_migration_protects_its_table_and_can_be_reversed() -> None:
    migrate(UNPROTECTED)
    complaints_without = complaints()
    migrate(PROTECTED)

    assert [complaint.id for complaint in complaints_without] == ["authsvc.E001"]
    assert complaints() == []


def test_the_command_migrate_leaves_every_table_protected() -> None:
    migrate(UNPROTECTED)

    call_command("migrate", "progress", "0001", verbosity=0)

    assert complaints() == []


def test_a_table_that_django_rebuilds_is_protected_again() -> None:
    column = ProgressEvent._meta.get_field("idempotency_key")
    wider = copy(column)
    wider.max_length = 65

    alter(column, wider)
    complaints_before = complaints()
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")
    complaints_after = complaints()
    alter(wider, column)

    # PostgreSQL alters a column in place. On SQLite Django creates a new table, which has no triggers.
    assert len(complaints_before) == (1 if connection.vendor == "sqlite" else 0)
    assert complaints_after == []


@pytest.mark.parametrize("app", ["courses", "progress"])
def test_sqlmigrate_shows_the_triggers(app: str) -> None:
    sql = StringIO()

    call_command("sqlmigrate", app, "0002", stdout=sql)

    assert "-- Make " in sql.getvalue()
    assert "CREATE TRIGGER" in sql.getvalue()
