"""Queries of the ORM that are built once and run often.

The ORM builds the SQL of a query anew each time, which takes it three times as long as running it. What every request
asks for is worth a query that is built once in a process.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Generic, TypeVar
from uuid import UUID, uuid4

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)

# What stands for an argument of each type while the SQL is built: a value that occurs nowhere else in it.
_STAND_INS: Final[Mapping[type, Callable[[], Any]]] = {UUID: uuid4, str: lambda: uuid4().hex}


class PreparedQuery(Generic[Row]):
    """A query for rows of one model and their annotations, with parameters of the *types* given (UUID or str).

    *build* makes the QuerySet of some arguments. It runs once, on stand-ins, so it must neither look at their values
    nor have them changed: a lookup that does, such as `contains`, raises TypeError at the first use.
    """

    def __init__(self, build: Callable[..., QuerySet[Row]], *types: type) -> None:
        self._build = build
        self._types = types

    def first(self, *arguments: object) -> Row | None:
        """The first row that is found with these arguments."""
        plan = self._plan
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute(plan.sql, plan.bound(arguments))
            values = cursor.fetchone()
        return None if values is None else plan.row(values)

    def all(self, *arguments: object) -> list[Row]:
        """All rows that are found with these arguments."""
        plan = self._plan
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute(plan.sql, plan.bound(arguments))
            return [plan.row(values) for values in cursor.fetchall()]

    @cached_property
    def _plan(self) -> "_Plan[Row]":
        stand_ins = [_STAND_INS[type_]() for type_ in self._types]
        found = self._build(*stand_ins)
        compiler = found.query.get_compiler(using=DEFAULT_DB_ALIAS)
        sql, parameters = compiler.as_sql()
        if not all(any(_spells(each, stand_in) for each in parameters) for stand_in in stand_ins):
            raise TypeError("The query changes an argument before it binds it, as `contains` does.")
        select = compiler.select or []
        columns = (compiler.klass_info or {})["select_fields"]
        converters = compiler.get_converters([expression for expression, *_ in select])
        return _Plan(
            sql=sql,
            binders=tuple(_binder(parameter, stand_ins) for parameter in parameters),
            model=found.model,
            columns=tuple(select[column][0].target.attname for column in columns),
            annotations=tuple((compiler.annotation_col_map or {}).items()),
            converters=tuple((at, chain, expr) for at, (chain, expr) in converters.items()),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan(Generic[Row]):
    """What the compiler of a query has found out, without the compiler."""

    sql: str
    binders: tuple[Callable[[Sequence[Any]], Any], ...]
    model: type[Row]
    columns: tuple[str, ...]
    annotations: tuple[tuple[str, int], ...]
    converters: tuple[tuple[int, Sequence[Callable[..., Any]], Any], ...]

    def bound(self, arguments: Sequence[Any]) -> list[Any]:
        """The parameters of the SQL with these arguments."""
        return [bind(arguments) for bind in self.binders]

    def row(self, found: Sequence[Any]) -> Row:
        values, database = list(found), connections[DEFAULT_DB_ALIAS]
        for at, chain, expression in self.converters:
            for convert in chain:
                values[at] = convert(values[at], expression, database)
        row = self.model.from_db(DEFAULT_DB_ALIAS, self.columns, values[: len(self.columns)])
        for name, at in self.annotations:
            setattr(row, name, values[at])
        return row


def _binder(parameter: object, stand_ins: Sequence[Any]) -> Callable[[Sequence[Any]], Any]:
    """How a parameter follows from the arguments: as one of them, as one in the spelling of SQLite, or not at all."""
    for place, stand_in in enumerate(stand_ins):
        if parameter == stand_in:
            return lambda arguments: arguments[place]
        if _spells(parameter, stand_in):
            return lambda arguments: arguments[place].hex
    return lambda arguments: parameter


def _spells(parameter: object, stand_in: object) -> bool:
    """Whether the parameter is the stand-in; SQLite keeps ids as their digits."""
    return parameter == stand_in or (isinstance(stand_in, UUID) and parameter == stand_in.hex)
