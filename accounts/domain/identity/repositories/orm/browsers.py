"""Sessions in browsers, in the table of Django's sessions."""

from collections import Counter
from datetime import datetime
from typing import Any

from django.contrib.auth import HASH_SESSION_KEY
from django.db.models import QuerySet
from django.utils.crypto import constant_time_compare

from accounts import models as rows
from accounts.domain.access import SessionId, UserId
from accounts.domain.identity.entities.browsers import BrowserSession


class OrmBrowserSessions:
    """Reads and deletes the rows that the session engine writes, `accounts.adapters.browser_sessions`."""

    def of_user(
        self, user_id: UserId, *, seen_after: datetime, at: datetime
    ) -> list[BrowserSession]:
        live = _live(seen_after=seen_after, at=at).filter(user_id=user_id).select_related("user")
        return [_browser_session(row) for row in live.order_by("-seen_at") if _is_signed_in(row)]

    def end(self, user_id: UserId, browser_id: SessionId) -> None:
        rows.BrowserSession.objects.filter(user_id=user_id, browser_id=browser_id).delete()

    def end_all_of(self, user_id: UserId) -> None:
        rows.BrowserSession.objects.filter(user_id=user_id).delete()

    def end_all(
        self, *, but: SessionId | None, seen_after: datetime, at: datetime
    ) -> dict[UserId, int]:
        ending = Counter(
            UserId(user_id)
            for user_id, browser_id in _live(seen_after=seen_after, at=at).values_list(
                "user_id", "browser_id"
            )
            if browser_id != but
        )
        signed_in = rows.BrowserSession.objects.exclude(user=None)
        (signed_in if but is None else signed_in.exclude(browser_id=but)).delete()
        return dict(ending)


def _live(*, seen_after: datetime, at: datetime) -> "QuerySet[rows.BrowserSession]":
    """Those of users that have not expired and were not idle for too long."""
    return rows.BrowserSession.objects.filter(
        user__isnull=False, browser_id__isnull=False, expire_date__gt=at, seen_at__gt=seen_after
    )


def _is_signed_in(row: Any) -> bool:
    """Whether the user's password is still that of the sign-in, as Django requires at each request."""
    seal = row.get_decoded().get(HASH_SESSION_KEY, "")
    seals = (row.user.get_session_auth_hash(), *row.user.get_session_auth_fallback_hash())
    return any(constant_time_compare(seal, other) for other in seals)


def _browser_session(row: Any) -> BrowserSession:
    """The entity of a live row, all of whose columns have a value."""
    return BrowserSession(
        id=SessionId(row.browser_id),
        user_id=UserId(row.user_id),
        user_agent=row.user_agent,
        client_ip=row.client_ip,
        started_at=row.began_at,
        seen_at=row.seen_at,
        expires_at=row.expire_date,
    )
