"""Reading rows for their verification: in batches from the server, and none of them ends the reading."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeVar

from django.db.models import Model, Q, QuerySet

from authsvc.kernel.verification import UNREADABLE, Stored, UserRange

Item = TypeVar("Item")

BATCH: Final = 2000
"""Number of rows that are held in memory."""


def about_users(users: UserRange) -> Q:
    """The condition that a row with a `user_id` is about one of *users*."""
    bounds = {"user_id__gt": users.above, "user_id__lte": users.up_to}
    return Q(**{name: bound for name, bound in bounds.items() if bound is not None})


def stored_rows(
    rows: "QuerySet[Any, Any]",
    item: Callable[[Any], Item],
    *,
    key: Callable[[Any], Any],
    values: Callable[[Item], Mapping[str, Any]] | None = None,
) -> Iterator[Stored[Item]]:
    """Convert sorted *rows*; the fault of one that cannot be converted says why.

    With *values*, which returns the columns of an item, columns that contradict the others are a fault, too.
    """
    for row in rows.iterator(chunk_size=BATCH):
        yield stored_row(row, item, key=key, values=values)


def stored_row(
    row: Any,
    item: Callable[[Any], Item],
    *,
    key: Callable[[Any], Any],
    values: Callable[[Item], Mapping[str, Any]] | None = None,
) -> Stored[Item]:
    """Convert one row in the same way."""
    try:
        converted = item(row)
        fault = "" if values is None else _contradiction(row, values(converted))
    except UNREADABLE as error:
        return Stored(key=key(row), id=_id_of(row), fault=f"it cannot be read: {error}")
    return Stored(key=key(row), id=_id_of(row), item=converted, fault=fault)


def _id_of(row: Any) -> Any:
    return row.pk if isinstance(row, Model) else row.id


def _contradiction(row: Any, values: Mapping[str, Any]) -> str:
    differing = [name for name, value in values.items() if getattr(row, name) != value]
    return f"it contradicts itself in {', '.join(differing)}" if differing else ""
