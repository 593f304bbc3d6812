"""Usage of AI: interactions, tokens and cost by month, organization, course and model."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from accounts.public import OrganizationId, UserId
from authsvc.kernel.tables import Row
from courses.public import CourseId

MONTHS_SHOWN: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageSelection:
    """Filter by learner, organization and course; None matches everything."""

    user_id: UserId | None = None
    org_id: OrganizationId | None = None
    course_id: CourseId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageRow:
    """What was used in a month. `is_reported` tells what clients have logged of their own tutors."""

    month: str
    org_id: OrganizationId | None
    course_id: CourseId | None
    provider: str
    model_id: str
    is_reported: bool
    interactions: int
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    cost_micro_usd: int


COLUMNS: Final = UsageRow.__slots__


def table_of_usage(rows: Iterable[UsageRow]) -> Iterator[Row]:
    """The rows as a table, with a head."""
    yield tuple(COLUMNS)
    for row in rows:
        yield tuple(_cell(getattr(row, column)) for column in COLUMNS)


def _cell(value: object) -> str | int:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, int) else str(value or "")
