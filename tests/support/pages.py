"""Reading of paginated lists to their end."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from authsvc.kernel.paging import Page, PageRequest

Item = TypeVar("Item")


def pages_of(list_: Callable[[PageRequest], Page[Item]], *, limit: int) -> Iterator[list[Item]]:
    """The items of each page of the list in turn."""
    cursor: str | None = None
    while True:
        page = list_(PageRequest(limit=limit, cursor=cursor))
        yield list(page.items)
        cursor = page.next_cursor
        if cursor is None:
            return
