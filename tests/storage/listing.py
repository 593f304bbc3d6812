"""What the contract of lists needs to know of each list."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from authsvc.kernel.paging import Key, Keyset, Page, PageRequest
from tests.support.builders import NOON
from tests.support.worlds import World


@dataclass(frozen=True)
class Listing:
    """A list in a world. `add` adds an item whose moment is so many seconds after noon, if it has one."""

    page: Callable[[PageRequest], Page[Any]]
    add: Callable[[int], object]


@dataclass(frozen=True)
class List:
    """A method of a repository that lists something, and the order in which it does."""

    repository: str
    method: str
    keyset: Keyset
    listing: Callable[[World], Listing]
    key: Callable[[Any], Key] | None = None
    """The key of an item that has not the columns of the keyset, () where an item does not have it at all."""

    def key_of(self, item: object) -> Key:
        return self.key(item) if self.key else self.keyset.key_of(item)

    def __str__(self) -> str:
        return f"{self.repository}.{self.method}"


def after_noon(seconds: int) -> Any:
    return NOON + timedelta(seconds=seconds)
