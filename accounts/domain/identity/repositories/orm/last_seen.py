"""When users were last seen, from the tables of pages, sign-ins and tokens."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import F, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Least, NullIf

from accounts import models as rows
from accounts.domain.access import UserId
from authsvc.storage.times import LONG_AGO, latest_of

LATE: Final = timedelta(hours=1)
"""What is stored up to so long after it has happened is not missed."""


class OrmLastSeen:
    def latest(self, *, limit: int, at: datetime) -> dict[UserId, datetime]:
        saved = rows.User.objects.filter(seen_at__lte=at).aggregate(latest=Max("seen_at"))["latest"]
        since = LONG_AGO if saved is None else saved - LATE
        active = rows.User.objects.filter(pk__in=_active_since(since)).annotate(latest=_latest())
        behind = active.filter(Q(seen_at=None) | Q(seen_at__lt=F("latest")))
        times = behind.order_by("latest").values_list("id", "latest")[:limit]
        return {UserId(user_id): latest for user_id, latest in times}

    def save(self, times: Mapping[UserId, datetime]) -> None:
        people = rows.User.objects.filter(pk__in=times)
        # In the order in which others lock several users, too.
        locked = list(people.select_for_update(no_key=True).order_by("id").values_list("id"))
        if locked:
            # A later time would hide what is not saved of others; so the next call saves it.
            people.update(seen_at=Least(_latest(), Value(max(times.values()))))


def _active_since(since: datetime) -> "QuerySet[Any, Any]":
    """The ids of users who were active at that time or later."""
    pages = rows.BrowserSession.objects.filter(user__isnull=False, seen_at__gte=since)
    sign_ins = rows.SignInRecord.objects.filter(failure="", at__gte=since)
    tokens = rows.RefreshToken.objects.filter(session__user__isnull=False, issued_at__gte=since)
    return pages.values("user").union(sign_ins.values("user"), tokens.values("session__user"))


def _latest() -> NullIf:
    """The last page or sign-in of a user, or renewal of a token by one of their apps, of those that are stored."""
    person = OuterRef("pk")
    pages = rows.BrowserSession.objects.filter(user=person, seen_at__isnull=False)
    sign_ins = rows.SignInRecord.objects.filter(user=person, failure="")
    tokens = rows.RefreshToken.objects.filter(session__user=person)
    latest = (
        Subquery(stored.order_by(f"-{column}").values(column)[:1])
        for stored, column in ((pages, "seen_at"), (sign_ins, "at"), (tokens, "issued_at"))
    )
    return latest_of(F("seen_at"), *latest)
