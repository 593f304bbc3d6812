"""Keyset pagination: a page starts after the key of the last item, so rows before it are never read again."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from operator import gt, lt
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from authsvc.kernel.errors import Invalid

Row = TypeVar("Row")
Item = TypeVar("Item")
Key = tuple[Any, ...]

MOST_ON_A_PAGE: Final = 100


class InvalidCursor(Invalid):
    code = "invalid-cursor"
    title = "The cursor is invalid"
    explanation = "Send the `next` of an earlier page of this list, or omit the cursor."


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequest:
    """The page that a caller requests: at most `limit` items, those after `cursor`."""

    limit: int = 20
    cursor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[Item]):
    """One page of a list: its items in order, and the cursor of the next page, None on the last one."""

    items: tuple[Item, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Keyset:
    """The order of a list: the columns of its unique key, each with its type (datetime, UUID or int).

    `name` is part of each cursor, so that no list accepts the cursor of another. A list that `descends` starts with
    the greatest key.
    """

    name: str
    columns: Mapping[str, type]
    descends: bool = False

    def key_of(self, item: object) -> Key:
        """The key of an item that has its columns as attributes."""
        return tuple([getattr(item, column) for column in self.columns])

    def cursor_after(self, key: Key) -> str:
        """The cursor of the items that follow the one with this key."""
        parts = [part.isoformat() if isinstance(part, datetime) else str(part) for part in key]
        return urlsafe_b64encode(json.dumps([self.name, *parts]).encode()).decode().rstrip("=")

    def key_in(self, cursor: str) -> Key:
        """The key in a cursor of this list. Raises InvalidCursor."""
        name, *parts = _parts(cursor)
        if name != self.name or len(parts) != len(self.columns):
            raise InvalidCursor
        try:
            return tuple(
                _PARSERS[type_](part)
                for type_, part in zip(self.columns.values(), parts, strict=True)
            )
        except (ValueError, OverflowError):
            raise InvalidCursor from None


def page_of(
    rows: Sequence[Row],
    request: PageRequest,
    keyset: Keyset,
    *,
    item: Callable[[Row], Item],
) -> Page[Item]:
    """Build the page from ordered *rows*, which include one more than fits if there is a next page.

    *item* converts a row, which has the columns of the keyset as attributes.
    """
    shown = rows[: request.limit]
    has_more = len(rows) > request.limit
    return Page(
        items=tuple([item(row) for row in shown]),
        next_cursor=keyset.cursor_after(keyset.key_of(shown[-1])) if has_more else None,
    )


def all_items(page_of: Callable[[PageRequest], Page[Item]]) -> Iterator[Item]:
    """The items of all pages of a list."""
    request = PageRequest(limit=MOST_ON_A_PAGE)
    while True:
        page = page_of(request)
        yield from page.items
        if page.next_cursor is None:
            return
        request = replace(request, cursor=page.next_cursor)


def page_in_memory(
    items: Iterable[Item],
    request: PageRequest,
    keyset: Keyset,
    *,
    key: Callable[[Item], Key] | None = None,
) -> Page[Item]:
    """The requested page of *items* in any order: the in-memory counterpart of `authsvc.storage.paging`.

    *key* is for items that do not have the columns of the keyset as attributes. Raises InvalidCursor.
    """
    key_of = key or keyset.key_of
    ordered = sorted(items, key=key_of, reverse=keyset.descends)
    if request.cursor is not None:
        last, follows = keyset.key_in(request.cursor), lt if keyset.descends else gt
        ordered = [item for item in ordered if follows(key_of(item), last)]
    has_more = len(ordered) > request.limit
    shown = ordered[: request.limit]
    return Page(
        items=tuple(shown),
        next_cursor=keyset.cursor_after(key_of(shown[-1])) if has_more else None,
    )


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        msg = "a time without a time zone"
        raise ValueError(msg)
    return moment.astimezone(UTC)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < len(str(2**63))):
        msg = "not a number of 63 bits"
        raise ValueError(msg)
    return int(text)


_PARSERS: Final[Mapping[type, Callable[[str], Any]]] = {datetime: _moment, UUID: UUID, int: _number}


def _parts(cursor: str) -> list[str]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        parts = json.loads(urlsafe_b64decode(padded.encode("ascii")))
    except (ValueError, RecursionError):
        raise InvalidCursor from None
    if not isinstance(parts, list) or not parts or {type(part) for part in parts} != {str}:
        raise InvalidCursor
    return parts
