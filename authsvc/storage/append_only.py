"""Append-only tables: the database itself refuses to change or delete their rows."""

from collections.abc import Collection, Sequence
from typing import Any, Final

from django.apps import AppConfig, apps
from django.core.checks import CheckMessage, Error
from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

_REFUSE_CHANGE: Final = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$"""
_TRIGGERS: Final = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE tgenabled = 'A'",
}


class AppendOnlyRow(models.Model):
    """A row that is written once. A migration must contain `AppendOnly` for its table; a system check enforces that."""

    class Meta:
        abstract = True


class ErasableRow(AppendOnlyRow):
    """A row that is written once, and may be deleted with the data of a person, but never changed."""

    class Meta:
        abstract = True


class AppendOnly(Operation):
    """Give a model's table triggers that refuse UPDATE, DELETE and, on PostgreSQL, TRUNCATE.

    The rows of an `ErasableRow` may be deleted.
    """

    reversible = True
    reduces_to_sql = True

    def __init__(self, model_name: str, *, is_erasable: bool = False) -> None:
        self.model_name = model_name
        self.is_erasable = is_erasable

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Do nothing: triggers are not part of the state of a model."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        table = to_state.apps.get_model(app_label, self.model_name)._meta.db_table
        connection = schema_editor.connection
        for statement in protecting(table, connection, is_erasable=self.is_erasable):
            schema_editor.execute(statement, params=None)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        table = from_state.apps.get_model(app_label, self.model_name)._meta.db_table
        for statement in releasing(table, schema_editor.connection):
            schema_editor.execute(statement, params=None)

    def describe(self) -> str:
        return f"Make {self.model_name} append-only"


def protecting(
    table: str, connection: BaseDatabaseWrapper, *, is_erasable: bool = False
) -> list[str]:
    """The statements that create the triggers of *table*, or replace them."""
    if connection.vendor == "sqlite":
        return [
            f"CREATE TRIGGER IF NOT EXISTS {_trigger(table)}_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for verb in (("UPDATE",) if is_erasable else ("UPDATE", "DELETE"))
        ]
    return [
        _REFUSE_CHANGE,
        *releasing(table, connection),
        (
            f"CREATE TRIGGER {_trigger(table)} BEFORE {'UPDATE' if is_erasable else 'UPDATE OR DELETE'} "
            f"ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        ),
        (
            f"CREATE TRIGGER {_trigger(table)}_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        ),
        # A session with session_replication_role = replica skips ordinary triggers, but not these.
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {_trigger(table)}",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {_trigger(table)}_truncate",
    ]


def releasing(table: str, connection: BaseDatabaseWrapper) -> list[str]:
    """The statements that drop the triggers of *table*."""
    if connection.vendor == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {name}" for name in _names(table, connection)]
    return [f"DROP TRIGGER IF EXISTS {name} ON {table}" for name in _names(table, connection)]


def restore_protection(sender: AppConfig, using: str, **_: Any) -> None:
    """Restore triggers after a migration: SQLite drops them when Django rebuilds a table to alter a column."""
    connection = connections[using]
    for table, is_erasable in _unprotected(connection, sender.get_models()):
        with connection.cursor() as cursor:
            for statement in protecting(table, connection, is_erasable=is_erasable):
                cursor.execute(statement)


def check_protection(
    app_configs: Sequence[AppConfig] | None, databases: Collection[str] | None, **_: Any
) -> list[CheckMessage]:
    """System check: every append-only table has its triggers."""
    return [
        Error(f"{table} is append-only, but its triggers are missing.", id="authsvc.E001")
        for using in databases or ()
        for table, _ in _unprotected(connections[using], apps.get_models())
    ]


def _unprotected(
    connection: BaseDatabaseWrapper, models_: "Sequence[type[models.Model]] | Any"
) -> list[tuple[str, bool]]:
    """The tables that lack triggers, and whether their rows may be deleted."""
    tables = {
        m._meta.db_table: issubclass(m, ErasableRow)
        for m in models_
        if issubclass(m, AppendOnlyRow)
    }
    with connection.cursor() as cursor:
        existing = tables.keys() & set(connection.introspection.table_names(cursor))
        cursor.execute(_TRIGGERS[connection.vendor])
        triggers = {name for (name,) in cursor.fetchall()}
    return [
        (table, tables[table])
        for table in sorted(existing)
        if not triggers.issuperset(_names(table, connection, is_erasable=tables[table]))
    ]


def _names(table: str, connection: BaseDatabaseWrapper, *, is_erasable: bool = False) -> list[str]:
    if connection.vendor == "sqlite":
        update, delete = f"{_trigger(table)}_update", f"{_trigger(table)}_delete"
        return [update] if is_erasable else [update, delete]
    return [_trigger(table), f"{_trigger(table)}_truncate"]


def _trigger(table: str) -> str:
    return f"{table}_append_only"
