"""ORM repository of sign-in records."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import F, Max, Min, Sum, Value

from accounts import models as rows
from accounts.domain.access import UserId
from accounts.domain.identity.entities.security_log import SignInFailure
from accounts.domain.identity.entities.sign_in_records import (
    FailedAttempts,
    SignInRecord,
    SignInRecordId,
    SignInWay,
)
from authsvc.storage.upserts import upsert


class OrmSignInRecordRepository:
    def save(self, record: SignInRecord) -> None:
        values = {
            "id": record.id,
            "user_id": record.user_id,
            "client_ip": record.client_ip,
            "way": record.way,
            "failure": record.failure or "",
            "attempts": record.attempts,
            "at": record.at,
        }
        added = {"attempts": F("attempts") + record.attempts, "at": Value(record.at)}
        upsert(rows.SignInRecord, values, changes=added)

    def latest_of(self, user_id: UserId, *, limit: int) -> list[SignInRecord]:
        own = rows.SignInRecord.objects.filter(user_id=user_id).order_by("-at", "-id")
        return [_record(row) for row in own[:limit]]

    def first_sign_ins_of(self, user_id: UserId) -> dict[str, datetime]:
        own = rows.SignInRecord.objects.filter(user_id=user_id, failure="").order_by()
        return dict(own.values_list("client_ip").annotate(Min("at")))

    def failures_by_address(
        self, reasons: Collection[SignInFailure], *, since: datetime, at_least: int
    ) -> dict[str, FailedAttempts]:
        recent = rows.SignInRecord.objects.filter(at__gte=since, failure__in=sorted(reasons))
        known = recent.exclude(client_ip="").order_by().values_list("client_ip")
        counted = known.annotate(total=Sum("attempts"), last_at=Max("at"))
        return {
            client_ip: FailedAttempts(attempts=total, last_at=last_at)
            for client_ip, total, last_at in counted.filter(total__gte=at_least)
        }

    def remove_expired(self, *, before: datetime) -> int:
        return rows.SignInRecord.objects.filter(at__lt=before).delete()[0]


def _record(row: rows.SignInRecord) -> SignInRecord:
    return SignInRecord(
        id=SignInRecordId(row.id),
        user_id=UserId(row.user_id) if row.user_id else None,
        client_ip=row.client_ip,
        way=SignInWay(row.way),
        failure=SignInFailure(row.failure) if row.failure else None,
        attempts=row.attempts,
        at=row.at,
    )
