"""Verification of stored data: findings, and reading sorted rows side by side."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby, pairwise
from typing import Any, Final, Generic, Protocol, TypeVar
from uuid import UUID

from authsvc.kernel.tenancy import TenantScope

Row = TypeVar("Row")
Item = TypeVar("Item")

UNREADABLE: Final = (ValueError, TypeError, KeyError, AttributeError, ArithmeticError)
"""What reading a row, or computing with it, raises if a stored value is not what the application writes."""
REPORTED_EVERY: Final = 20_000
"""Number of rows after which a tally reports progress."""


class FindingKind(StrEnum):
    """What is wrong. Once published, a value never changes: monitoring depends on it."""

    CHANGED = "changed"
    MISSING = "missing"
    UNRECORDED = "unrecorded"
    UNBOUND = "unbound"
    UNREADABLE = "unreadable"
    UNLINKED = "unlinked"
    HEAD_DIFFERS = "head-differs"
    PROJECTION_DIFFERS = "projection-differs"
    ANCHOR_DIFFERS = "anchor-differs"
    SIGNATURE_INVALID = "signature-invalid"
    KEY_UNKNOWN = "key-unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A defect of a row, named by its table and id. Contains ids and numbers, no personal data."""

    kind: FindingKind
    table: str
    id: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored(Generic[Item]):
    """A row as an entity. `fault` says why it cannot be read, or which columns contradict the others."""

    key: Any
    id: Any
    item: Item | None = None
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRange:
    """A part of what is stored about users: those with ids above `above`, up to and including `up_to`, if given."""

    above: UUID | None = None
    up_to: UUID | None = None

    def covers(self, user_id: UUID) -> bool:
        return (self.above is None or user_id > self.above) and (
            self.up_to is None or user_id <= self.up_to
        )


ALL_USERS: Final = UserRange()


def ranges_between(boundaries: Sequence[UUID]) -> list[UserRange]:
    """Return the ranges up to each of the ascending boundaries, and above the last: together, all users."""
    bounds = [None, *boundaries, None]
    return [UserRange(above=above, up_to=up_to) for above, up_to in pairwise(bounds)]


class Hashed(Protocol):
    @property
    def content_hash(self) -> str:
        """The SHA-256 of its content."""


def content_hash_of(item: Hashed) -> str:
    """Return the hash of the content, or an empty string if stored values have types that cannot be hashed."""
    try:
        return item.content_hash
    except UNREADABLE:
        return ""


def _ignore(_: "Tally") -> None:
    """Report progress to nobody."""


def missing(table: str, record_id: object, *, log: str) -> Finding:
    """The finding that a log records what is not stored."""
    detail = f"the {log} records it, but it is not stored"
    return Finding(kind=FindingKind.MISSING, table=table, id=str(record_id), detail=detail)


@dataclass(slots=True)
class Tally:
    """Number of verified rows by table; *report* is called now and then."""

    report: Callable[["Tally"], None] = _ignore
    rows: dict[str, int] = field(default_factory=dict)
    _unreported: int = 0

    def count(self, table: str, number: int = 1) -> None:
        self.rows[table] = self.rows.get(table, 0) + number
        self._unreported += number
        if self._unreported >= REPORTED_EVERY:
            self._unreported = 0
            self.report(self)


class Check(Protocol):
    """Verification of some tables, in memory that does not grow with the number of their rows."""

    @property
    def name(self) -> str:
        """Name of the check, in kebab case."""

    def findings(self, tally: Tally, *, scope: TenantScope) -> Iterator[Finding]:
        """Yield what is wrong. All reads see one state of the store: the caller has opened a snapshot."""


class DivisibleCheck(Check, Protocol):
    """A check of each user's rows by themselves, so that parts can be verified one after the other, or at once."""

    def of(self, users: UserRange) -> Check:
        """Return the check of their rows."""


def grouped(rows: Iterable[Row], key: Callable[[Row], Any]) -> Iterator[tuple[Any, list[Row]]]:
    """Yield the rows with equal keys together; *rows* are sorted by *key*."""
    return ((value, list(group)) for value, group in groupby(rows, key))


def side_by_side(
    left: Iterator[tuple[Any, list[Row]]], right: Iterator[tuple[Any, list[Item]]]
) -> Iterator[tuple[Any, list[Row], list[Item]]]:
    """Join two sides that are sorted by key; where a key is on one side alone, the other is an empty list."""
    one, other = next(left, None), next(right, None)
    while one is not None or other is not None:
        if other is None or (one is not None and one[0] < other[0]):
            assert one is not None  # noqa: S101  # for mypy: both are None only at the end
            yield one[0], one[1], []
            one = next(left, None)
        elif one is None or other[0] < one[0]:
            yield other[0], [], other[1]
            other = next(right, None)
        else:
            yield one[0], one[1], other[1]
            one, other = next(left, None), next(right, None)
