"""Attempts under limits, in the database."""

from datetime import datetime

from django.db.models import F, Value
from django.db.models.functions import Greatest

from accounts import models as rows
from authsvc.kernel.limits import Limit, LimitState
from authsvc.storage.limits import count_attempt
from authsvc.storage.upserts import upsert


class OrmRateLimitRepository:
    def count(self, key: str, limit: Limit, *, at: datetime) -> LimitState:
        return count_attempt(rows.LimitState, key, limit, at=at)

    def give_back(self, key: str) -> None:
        counted = rows.LimitState.objects.filter(pk=key)
        counted.update(count=Greatest(F("count") - 1, 0), waits_until=None)

    def forget(self, key: str) -> None:
        rows.LimitState.objects.filter(pk=key).delete()

    def remove_expired(self, *, before: datetime) -> int:
        return rows.LimitState.objects.filter(forgotten_at__lte=before).delete()[0]


class OrmFamiliarAddressRepository:
    def save(self, key: str, *, seen_at: datetime) -> None:
        values = {"key": key, "seen_at": seen_at}
        upsert(rows.FamiliarAddress, values, changes={"seen_at": Value(seen_at)})

    def seen_at(self, key: str) -> datetime | None:
        return rows.FamiliarAddress.objects.filter(pk=key).values_list("seen_at", flat=True).first()

    def remove(self, *, before: datetime) -> int:
        return rows.FamiliarAddress.objects.filter(seen_at__lt=before).delete()[0]
