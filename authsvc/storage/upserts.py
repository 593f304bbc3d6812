"""Upserts: insert a row or change the existing one, in one statement that returns the result."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Expression, F, Model
from django.db.models.sql import Query

Change = Expression | F
"""The new value of a column, as an expression on the existing row."""


def upsert(
    model: type[Model], row: Mapping[str, Any], *, changes: Mapping[str, Change]
) -> dict[str, Any]:
    """Insert the row, with a value for every column, or apply the changes to the row with its primary key.

    Returns the row as it then is. A concurrent upsert of the same key waits for the end of this transaction, and then
    applies its changes to the result.
    """
    (stored,) = upsert_all(model, [row], changes=changes)
    return stored


def upsert_all(
    model: type[Model], rows: Sequence[Mapping[str, Any]], *, changes: Mapping[str, Change]
) -> list[dict[str, Any]]:
    """Like upsert, for several rows with different keys in one statement. Returns them in any order."""
    database = connections[DEFAULT_DB_ALIAS]
    quote, fields = database.ops.quote_name, _fields(model)
    names = ", ".join(quote(field.column) for field in fields.values())
    places = ", ".join([f"({', '.join(['%s'] * len(fields))})"] * len(rows))
    (key,) = (quote(field.column) for field in fields.values() if field.primary_key)
    assignments, parameters = _assignments(model, changes)
    with database.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES {places} "  # noqa: S608  # names of our own
            f"ON CONFLICT ({key}) DO UPDATE SET {assignments} RETURNING {names}",
            [
                field.get_db_prep_save(row[name], database)
                for row in rows
                for name, field in fields.items()
            ]
            + parameters,
        )
        return [_converted(model, values) for values in cursor.fetchall()]


def _fields(model: type[Model]) -> dict[str, Any]:
    """The fields that have a column, by the name of their value."""
    return {field.attname: field for field in model._meta.concrete_fields}


def _assignments(model: type[Model], changes: Mapping[str, Change]) -> tuple[str, list[Any]]:
    """The SQL after SET, and its parameters."""
    query, fields = Query(model), _fields(model)
    compiler = query.get_compiler(using=DEFAULT_DB_ALIAS)
    quote = compiler.connection.ops.quote_name
    assignments, parameters = [], []
    for name, change in changes.items():
        sql, values = compiler.compile(change.resolve_expression(query))
        assignments.append(f"{quote(fields[name].column)} = {sql}")
        parameters.extend(values)
    return ", ".join(assignments), parameters


def _converted(model: type[Model], values: tuple[Any, ...]) -> dict[str, Any]:
    """The values from the database, converted to those of the model."""
    fields = _fields(model)
    compiler = Query(model).get_compiler(using=DEFAULT_DB_ALIAS)
    columns = [field.get_col(model._meta.db_table) for field in fields.values()]
    (converted,) = compiler.apply_converters([values], compiler.get_converters(columns))
    return dict(zip(fields, converted, strict=True))
