"""Keyset pagination of rows; `page_in_memory` of the kernel is its counterpart for dicts."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final, Generic, TypeVar

from django.db.models import Model, Q, QuerySet

from authsvc.kernel.paging import Key, Keyset, Page, PageRequest, page_of
from authsvc.storage.prepared import PreparedQuery

Row = TypeVar("Row", bound=Model)
Item = TypeVar("Item")

MAX_LIMITS: Final = 20
"""The number of page sizes for which a list caches its query."""


def page_of_rows(
    rows: QuerySet[Row], request: PageRequest, keyset: Keyset, item: Callable[[Row], Item]
) -> Page[Item]:
    """The requested page of *rows* in any order, in one statement; *item* converts a row. Raises InvalidCursor."""
    last = None if request.cursor is None else keyset.key_in(request.cursor)
    return page_of(list(_slice(rows, keyset, last, request.limit + 1)), request, keyset, item=item)


class PreparedPages(Generic[Row, Item]):
    """A list whose pages are read by prepared queries: *build* makes the QuerySet of its rows, in any order."""

    def __init__(
        self, keyset: Keyset, build: Callable[..., QuerySet[Row]], item: Callable[[Row], Item]
    ) -> None:
        self._keyset, self._build, self._item = keyset, build, item
        self._query_with = lru_cache(MAX_LIMITS)(self._new_query)

    def page(self, request: PageRequest, *arguments: Any) -> Page[Item]:
        """The requested page of the rows that *build* finds with these arguments. Raises InvalidCursor."""
        last = None if request.cursor is None else self._keyset.key_in(request.cursor)
        rows = self._query_with(request.limit + 1).all(last, *arguments)
        return page_of(rows, request, self._keyset, item=self._item)

    def _new_query(self, limit: int) -> PreparedQuery[Row]:
        """The query for pages of one size: a LIMIT is part of the SQL, not a parameter."""
        return PreparedQuery(
            lambda last, *arguments: _slice(self._build(*arguments), self._keyset, last, limit)
        )


def _slice(rows: QuerySet[Row], keyset: Keyset, last: Key | None, limit: int) -> QuerySet[Row]:
    """The first rows that follow the key *last*, or the first of all."""
    columns = list(keyset.columns)
    if last is not None:
        rows = rows.filter(_follows(columns, last, "lt" if keyset.descends else "gt"))
    return rows.order_by(*(f"-{column}" if keyset.descends else column for column in columns))[
        :limit
    ]


def _follows(columns: list[str], last: Key, comparison: str) -> Q:
    """Lexicographic order: a later first column, or the same one and a later second column, and so on."""
    return Q(
        *[
            Q(
                **dict(zip(columns[:place], last, strict=False)),
                **{f"{column}__{comparison}": last[place]},
            )
            for place, column in enumerate(columns)
        ],
        _connector=Q.OR,
    )
