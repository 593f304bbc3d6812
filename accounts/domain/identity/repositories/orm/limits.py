"""ORM repositories of rate limits and known addresses."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import F, Value
from django.db.models.functions import Greatest

from accounts import models as rows
from authsvc.kernel.rate_limits import Limit, LimitState
from authsvc.storage.rate_limits import count_attempt, count_attempts
from authsvc.storage.upserts import upsert


class OrmRateLimitRepository:
    def count(self, key: str, limit: Limit, *, at: datetime, amount: int = 1) -> LimitState:
        return count_attempt(rows.LimitState, key, limit, at=at, amount=amount)

    def count_each(
        self, keys: Collection[str], limit: Limit, *, at: datetime
    ) -> dict[str, LimitState]:
        return count_attempts(rows.LimitState, list(keys), limit, at=at)

    def refund(self, key: str) -> None:
        state = rows.LimitState.objects.filter(pk=key)
        state.update(count=Greatest(F("count") - 1, 0), waits_until=None)

    def reset(self, key: str) -> None:
        rows.LimitState.objects.filter(pk=key).delete()

    def remove_expired(self, *, before: datetime) -> int:
        return rows.LimitState.objects.filter(forgotten_at__lte=before).delete()[0]


class OrmKnownAddressRepository:
    def save(self, key: str, *, seen_at: datetime) -> None:
        values = {"key": key, "seen_at": seen_at}
        upsert(rows.KnownAddress, values, changes={"seen_at": Value(seen_at)})

    def last_seen(self, key: str) -> datetime | None:
        return rows.KnownAddress.objects.filter(pk=key).values_list("seen_at", flat=True).first()

    def remove_expired(self, *, before: datetime) -> int:
        return rows.KnownAddress.objects.filter(seen_at__lt=before).delete()[0]
