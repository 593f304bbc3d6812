"""Inserts in one statement that report how many rows were new; very many rows take a few statements."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import AutoField, Field, Model

V = TypeVar("V")
MOST_ROWS: Final = 1000
"""Rows in one statement. SQLite allows 32,766 parameters by default (SQLITE_MAX_VARIABLE_NUMBER)."""
ANY_VALUES: Final = ("*",)
"""Stands for the columns of all unique constraints."""
Columns = tuple[tuple[str, "Field[Any, Any]"], ...]


def parts_of(values: Collection[V]) -> Iterator[list[V]]:
    """The values in parts of up to MOST_ROWS, for statements that name them all."""
    ordered = list(values)
    for begin in range(0, len(ordered), MOST_ROWS):
        yield ordered[begin : begin + MOST_ROWS]


def insert(
    model: type[Model],
    rows: Sequence[Mapping[str, Any]],
    *,
    unless_taken: tuple[str, ...] = (),
    among: str = "",
) -> int:
    """Insert rows, each with a value for every column but an automatic key, and return how many were inserted.

    A row is skipped if the table already has its values in the columns *unless_taken*, which must have a unique
    constraint; *among* names the boolean column that is the condition of a partial constraint. ANY_VALUES is for rows
    whose key is derived from these columns: of two constraints that a simultaneous insert violates, PostgreSQL may
    report the other one. Django's `get_or_create` needs four statements for that, and `bulk_create` does not report the
    number.
    """
    statement = _statement(model, unless_taken, among)
    return sum(
        _insert(rows[begin : begin + MOST_ROWS], statement)
        for begin in range(0, len(rows), MOST_ROWS)
    )


def insert_numbered(model: type[Model], rows: Sequence[Mapping[str, Any]]) -> int:
    """Like insert, for a table with an automatic key: return the greatest key that was assigned, 0 without rows."""
    statement = _statement(model, (), "")
    key = connections[DEFAULT_DB_ALIAS].ops.quote_name(str(model._meta.pk.column))
    return max((_last_key(part, statement, key) for part in parts_of(rows)), default=0)


def _last_key(
    rows: Sequence[Mapping[str, Any]], statement: tuple[Columns, str, str], key: str
) -> int:
    columns, head, _ = statement
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        _execute(cursor, rows, (columns, head, f"RETURNING {key}"))
        return max(int(number) for (number,) in cursor.fetchall())


def _insert(rows: Sequence[Mapping[str, Any]], statement: tuple[Columns, str, str]) -> int:
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        _execute(cursor, rows, statement)
        return int(cursor.rowcount)


def _execute(
    cursor: Any, rows: Sequence[Mapping[str, Any]], statement: tuple[Columns, str, str]
) -> None:
    database = connections[DEFAULT_DB_ALIAS]
    columns, head, tail = statement
    places = ", ".join([f"({', '.join(['%s'] * len(columns))})"] * len(rows))
    parameters = [
        field.get_db_prep_save(row[name], database) for row in rows for name, field in columns
    ]
    cursor.execute(f"{head} {places} {tail}", parameters)


@cache
def _statement(
    model: type[Model], unless_taken: tuple[str, ...], among: str
) -> tuple[Columns, str, str]:
    """The columns to insert, and the SQL before and after the values."""
    quote = connections[DEFAULT_DB_ALIAS].ops.quote_name
    columns = tuple(
        (field.attname, field)
        for field in model._meta.concrete_fields
        if not isinstance(field, AutoField)
    )
    names = ", ".join(quote(name) for name, _ in columns)
    head = f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES"
    if not unless_taken:
        return columns, head, ""
    if unless_taken == ANY_VALUES:
        return columns, head, "ON CONFLICT DO NOTHING"
    taken = ", ".join(quote(name) for name in unless_taken)
    where = f" WHERE {quote(among)}" if among else ""
    return columns, head, f"ON CONFLICT ({taken}){where} DO NOTHING"
