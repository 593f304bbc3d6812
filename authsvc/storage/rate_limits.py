"""Rate limits in one statement, so that concurrent attempts are counted exactly."""

from datetime import datetime

from django.db.models import Case, F, Model, Q, Value, When

from authsvc.kernel.rate_limits import Limit, LimitState
from authsvc.storage.upserts import Change, upsert


def count_attempt(
    model: type[Model], key: str, limit: Limit, *, at: datetime, amount: int = 1
) -> LimitState:
    """Apply `LimitState.attempted` to the row with this `key`; the model has a column for each field of the state."""
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
    row = upsert(model, initial | {"key": key, "limit": limit.name}, changes=changes)
    return LimitState(limit=limit, tried_at=at, **{name: row[name] for name in initial})


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
