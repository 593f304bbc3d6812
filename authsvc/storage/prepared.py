"""Prepared queries: the SQL of a frequent query is built once in a process.

The ORM builds the SQL of a query each time it runs, which takes three times as long as running it.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from secrets import randbelow
from typing import Any, Final, Generic, TypeVar
from uuid import UUID, uuid4

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model, QuerySet
from django.db.models.base import ModelState

Row = TypeVar("Row", bound=Model)
Converter = Callable[[Any], Any]

MAX_PLANS: Final = 32
"""The number of plans that a query caches."""

# What replaces an argument of each type while the SQL is built: a value that occurs nowhere else in it.
_STAND_INS: Final[Mapping[type, Callable[[], Any]]] = {
    UUID: uuid4,
    str: lambda: uuid4().hex,
    datetime: lambda: datetime(2000, 1, 1, tzinfo=UTC) + timedelta(microseconds=randbelow(2**53)),
}


class PreparedQuery(Generic[Row]):
    """A query for rows of one model and their annotations, with arguments.

    An argument is a str, a UUID, a datetime, None, or a tuple of these. *build* makes the QuerySet. It runs once for
    each combination of types, with stand-ins for the values. It may depend on whether an argument is None and on the
    length of a tuple, but must neither depend on a value nor transform it: a lookup that does, such as `contains`,
    raises TypeError at the first use.
    """

    def __init__(self, build: Callable[..., QuerySet[Row]]) -> None:
        self._build = build
        self._plan_for = lru_cache(MAX_PLANS)(self._new_plan)

    def first(self, *arguments: object) -> Row | None:
        """The first row that matches these arguments."""
        plan = self._plan_for(_types(arguments))
        database = connections[DEFAULT_DB_ALIAS]
        with database.cursor() as cursor:
            cursor.execute(plan.sql, plan.bound(arguments))
            values = cursor.fetchone()
        return None if values is None else plan.row(values, database)

    def all(self, *arguments: object) -> list[Row]:
        """All rows that match these arguments."""
        plan = self._plan_for(_types(arguments))
        database = connections[DEFAULT_DB_ALIAS]
        with database.cursor() as cursor:
            cursor.execute(plan.sql, plan.bound(arguments))
            return [plan.row(values, database) for values in cursor.fetchall()]

    def _new_plan(self, types: tuple[Any, ...]) -> "_Plan[Row]":
        stand_ins = [_stand_in(type_) for type_ in types]
        rows = self._build(*stand_ins)
        compiler = rows.query.get_compiler(using=DEFAULT_DB_ALIAS)
        sql, parameters = compiler.as_sql()
        select = compiler.select or []
        columns = (compiler.klass_info or {})["select_fields"]
        names = {at: select[at][0].target.attname for at in columns}
        names |= {at: name for name, at in (compiler.annotation_col_map or {}).items()}
        converters = compiler.get_converters([expression for expression, *_ in select])
        return _Plan(
            sql=sql,
            binders=_binders(parameters, _flat(stand_ins)),
            model=rows.model,
            names=tuple(names[at] for at in range(len(select))),
            converters=tuple((at, chain, expr) for at, (chain, expr) in converters.items()),
        )


@dataclass(frozen=True, slots=True)
class _Binder:
    """A parameter of the SQL: the argument at a place, converted if the database needs that, or a constant."""

    constant: object = None
    place: int | None = None
    convert: Converter | None = None

    def bound(self, values: Sequence[Any]) -> Any:
        if self.place is None:
            return self.constant
        value = values[self.place]
        return value if self.convert is None else self.convert(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan(Generic[Row]):
    """The result of compiling a query: its SQL, parameters and conversions."""

    sql: str
    binders: tuple[_Binder, ...]
    model: type[Row]
    names: tuple[str, ...]
    converters: tuple[tuple[int, Sequence[Callable[..., Any]], Any], ...]

    def bound(self, arguments: Sequence[Any]) -> list[Any]:
        """The parameters of the SQL with these arguments."""
        values = _flat(arguments)
        return [binder.bound(values) for binder in self.binders]

    def row(self, columns: Sequence[Any], database: BaseDatabaseWrapper) -> Row:
        """The row with these columns, as `Model.from_db` makes it, but without signals and descriptors."""
        values = list(columns)
        for at, chain, expression in self.converters:
            for convert in chain:
                values[at] = convert(values[at], expression, database)
        row = self.model.__new__(self.model)
        state = ModelState()
        state.adding, state.db = False, DEFAULT_DB_ALIAS
        row.__dict__.update(zip(self.names, values, strict=True), _state=state)
        return row


def _types(arguments: Sequence[object]) -> tuple[Any, ...]:
    """The type of each argument; of a tuple, the types of its members."""
    return tuple(
        [
            tuple(map(type, value)) if isinstance(value, tuple) else type(value)
            for value in arguments
        ]
    )


def _stand_in(type_: Any) -> Any:
    if isinstance(type_, tuple):
        return tuple(_stand_in(member) for member in type_)
    if type_ is type(None):
        return None
    for known, stand_in in _STAND_INS.items():
        if issubclass(type_, known):
            return stand_in()
    msg = f"A query cannot be prepared for an argument of type {type_.__name__}."
    raise TypeError(msg)


def _flat(arguments: Sequence[Any]) -> list[Any]:
    """The arguments, with the members of a tuple in place of the tuple."""
    values: list[Any] = []
    for value in arguments:
        if isinstance(value, tuple):
            values.extend(value)
        else:
            values.append(value)
    return values


def _binders(parameters: Sequence[Any], stand_ins: Sequence[Any]) -> tuple[_Binder, ...]:
    """Recognize the stand-ins among the parameters. Raises TypeError unless each of them is there."""
    binders: dict[object, _Binder] = {}
    for place, stand_in in enumerate(stand_ins):
        if stand_in is not None:
            convert = _converter(stand_in)
            as_bound = stand_in if convert is None else convert(stand_in)
            binders[as_bound] = _Binder(place=place, convert=convert)
    if not binders.keys() <= {value for value in parameters if isinstance(value, Hashable)}:
        msg = "The query changes an argument before it binds it, as `contains` does."
        raise TypeError(msg)
    return tuple(
        binders.get(value, _Binder(constant=value))
        if isinstance(value, Hashable)
        else _Binder(constant=value)
        for value in parameters
    )


def _converter(value: object) -> Converter | None:
    """How values of this type are stored where the database has no type for them, as in SQLite."""
    database = connections[DEFAULT_DB_ALIAS]
    if isinstance(value, UUID) and not database.features.has_native_uuid_field:
        return lambda argument: argument.hex
    if isinstance(value, datetime) and database.vendor == "sqlite":
        return database.ops.adapt_datetimefield_value
    return None
