"""Append-only tables in migrations."""

from collections.abc import Iterator
from copy import copy
from functools import cache
from io import StringIO
from typing import Any

import pytest
from django.core.checks import CheckMessage
from django.core.management import call_command
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.db.models import Field

from authsvc.storage.append_only import AppendOnly, check_protection
from progress.models import ProgressEvent

PROTECTION = AppendOnly("ProgressEvent")

pytestmark = pytest.mark.every_database
mended = pytest.mark.usefixtures("_mended")


@pytest.fixture
def _mended(committing: None) -> Iterator[None]:
    """Restore the triggers of all tables afterwards."""
    yield
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")


@cache
def state() -> ProjectState:
    return MigrationLoader(None).project_state()


def unprotect() -> None:
    """Reverse the append-only operation on the table of events."""
    with connection.schema_editor() as editor:
        PROTECTION.database_backwards("progress", editor, state(), state())


def protect() -> None:
    with connection.schema_editor() as editor:
        PROTECTION.database_forwards("progress", editor, state(), state())


def alter(old: Field[Any, Any], new: Field[Any, Any]) -> None:
    with connection.schema_editor() as editor:
        editor.alter_field(ProgressEvent, old, new)


def protection_errors() -> list[CheckMessage]:
    return check_protection(None, ["default"])


@mended
def test_a_migration_protects_its_table_and_can_be_reversed() -> None:
    unprotect()
    errors_without = protection_errors()
    protect()

    assert [error.id for error in errors_without] == ["authsvc.E001"]
    assert protection_errors() == []


@mended
def test_the_command_migrate_leaves_every_table_protected() -> None:
    unprotect()

    call_command("migrate", verbosity=0)

    assert protection_errors() == []


@mended
def test_a_table_that_django_rebuilds_is_protected_again() -> None:
    column = ProgressEvent._meta.get_field("idempotency_key")
    wider = copy(column)
    wider.max_length = 65

    alter(column, wider)
    errors_before = protection_errors()
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")
    errors_after = protection_errors()
    alter(wider, column)

    # PostgreSQL alters a column in place. On SQLite Django creates a new table, which has no triggers.
    assert len(errors_before) == (1 if connection.vendor == "sqlite" else 0)
    assert errors_after == []


@pytest.mark.usefixtures("committing")
@pytest.mark.parametrize("app", ["courses", pytest.param("progress", marks=pytest.mark.nightly)])
def test_sqlmigrate_shows_the_triggers(app: str) -> None:
    sql = StringIO()

    call_command("sqlmigrate", app, "0001_squashed", stdout=sql)

    assert "-- Make " in sql.getvalue()
    assert "CREATE TRIGGER" in sql.getvalue()
