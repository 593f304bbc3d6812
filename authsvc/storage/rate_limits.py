"""Rate limits in one statement, so that concurrent attempts are counted exactly."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Case, F, Model, Q, Value, When

from authsvc.kernel.rate_limits import Limit, LimitState
from authsvc.storage.inserts import MOST_ROWS
from authsvc.storage.upserts import Change, upsert_all


def count_attempt(
    model: type[Model], key: str, limit: Limit, *, at: datetime, amount: int = 1
) -> LimitState:
    """Apply `LimitState.attempted` to the row with this `key`; the model has a column for each field of the state."""
    return count_attempts(model, [key], limit, at=at, amount=amount)[key]


def count_attempts(
    model: type[Model], keys: Sequence[str], limit: Limit, *, at: datetime, amount: int = 1
) -> dict[str, LimitState]:
    """Like count_attempt, for different keys in one statement. Everyone locks them in the same order."""
    begun = LimitState.begun(limit, at=at, amount=amount)
    initial = {
        "count": begun.count,
        "refusals": begun.refusals,
        "forgotten_at": begun.forgotten_at,
        "waits_until": begun.waits_until,
    }
    columns = {field.name: field for field in model._meta.concrete_fields}
    refused: dict[str, Change] = {name: F(name) for name in initial} | {
        "refusals": F("refusals") + 1
    }
    allowed = _backed_off(limit, at) if limit.backs_off else _within_period(limit, amount)
    # With one at a time, `waits_until` says so already.
    is_too_much = Q(count__gt=limit.most - amount) if amount > 1 else Q()
    changes = {
        name: Case(
            When(forgotten_at__lte=at, then=Value(initial[name])),
            When(Q(waits_until__gt=at) | is_too_much, then=refused[name]),
            default=allowed[name],
            output_field=columns[name],
        )
        for name in initial
    }
    rows = [initial | {"key": key, "limit": limit.name} for key in sorted(keys)]
    return {
        row["key"]: LimitState(limit=limit, tried_at=at, **{name: row[name] for name in initial})
        for begin in range(0, len(rows), MOST_ROWS)
        for row in upsert_all(model, rows[begin : begin + MOST_ROWS], changes=changes)
    }


def _within_period(limit: Limit, amount: int) -> dict[str, Change]:
    is_last = When(count__gte=limit.most - amount, then=F("forgotten_at"))
    return {
        "count": F("count") + amount,
        "refusals": Value(0),
        "forgotten_at": F("forgotten_at"),
        "waits_until": Case(is_last, default=None),
    }


def _backed_off(limit: Limit, at: datetime) -> dict[str, Change]:
    steps = [(limit.most - 1 + place, at + wait) for place, wait in enumerate(limit.waits)][::-1]
    return {
        "count": F("count") + 1,
        "refusals": Value(0),
        "forgotten_at": Case(
            *(When(count__gte=count, then=Value(end + limit.period)) for count, end in steps),
            default=Value(at + limit.period),
        ),
        "waits_until": Case(
            *(When(count__gte=count, then=Value(end)) for count, end in steps), default=None
        ),
    }
