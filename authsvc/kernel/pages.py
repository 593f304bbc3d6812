"""Long lists, a page at a time, by the key of the last item and never by counting."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar
from uuid import UUID

from authsvc.kernel.errors import Invalid

Item = TypeVar("Item")


class InvalidCursor(Invalid):
    code = "invalid-cursor"
    title = "The cursor is not one that this list gave"
    explanation = "Take the cursor from the member `next` of an earlier page, or leave it out."


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequest:
    """Which page is wanted: at most `limit` items, those that come after `cursor`."""

    limit: int = 20
    cursor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[Item]):
    """Some items of a list in its order, and the cursor of the rest if there is any."""

    items: tuple[Item, ...]
    next_cursor: str | None


def page_of(
    found: Sequence[Item], request: PageRequest, *, key: Callable[[Item], tuple[object, ...]]
) -> Page[Item]:
    """The page that *request* wants; *found* holds its items and, if there are more, one more."""
    items = tuple(found[: request.limit])
    more = len(found) > request.limit
    return Page(items=items, next_cursor=_cursor(*key(items[-1])) if more else None)


def moment_and_id_in(cursor: str) -> tuple[datetime, UUID]:
    """The key in the cursor of a list ordered by a moment and an id. Raises InvalidCursor."""
    moment, identity = _parts(cursor, count=2)
    try:
        at = datetime.fromisoformat(moment)
        if at.tzinfo is None:
            raise InvalidCursor
        return at.astimezone(UTC), UUID(identity)
    except (ValueError, OverflowError):
        raise InvalidCursor from None


def ids_in(cursor: str) -> tuple[UUID, UUID]:
    """The key in the cursor of a list ordered by two ids. Raises InvalidCursor."""
    first, second = _parts(cursor, count=2)
    try:
        return UUID(first), UUID(second)
    except ValueError:
        raise InvalidCursor from None


def number_in(cursor: str) -> int:
    """The key in the cursor of a list ordered by a number. Raises InvalidCursor."""
    (digits,) = _parts(cursor, count=1)
    if not (digits.isascii() and digits.isdigit() and len(digits) < len(str(2**63))):
        raise InvalidCursor
    return int(digits)


def _cursor(*key: object) -> str:
    parts = [part.isoformat() if isinstance(part, datetime) else str(part) for part in key]
    return urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def _parts(cursor: str, *, count: int) -> list[str]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        parts = json.loads(urlsafe_b64decode(padded.encode("ascii")))
    except (ValueError, RecursionError):
        raise InvalidCursor from None
    if not isinstance(parts, list) or [type(part) for part in parts] != [str] * count:
        raise InvalidCursor
    return parts
