"""Times in queries."""

from datetime import UTC, datetime
from typing import Any, Final

from django.db.models import DateTimeField, Value
from django.db.models.functions import Coalesce, Greatest, NullIf

LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""Before everything that is stored."""


def latest_of(*times: Any) -> NullIf:
    """The latest of these times; null if all of them are."""
    # PostgreSQL leaves nulls out of the greatest, and SQLite returns null.
    never = Value(LONG_AGO, output_field=DateTimeField())
    return NullIf(Greatest(*(Coalesce(time, never) for time in times)), never)
