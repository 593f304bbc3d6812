"""Notices of log-outs in the database."""

from datetime import datetime

from accounts import models as rows
from accounts.domain.entities import ClientPk, LogoutNotice, LogoutNoticeId, SessionId, UserId
from authsvc.storage.inserts import insert


class OrmLogoutNoticeRepository:
    def add(self, notice: LogoutNotice) -> None:
        values = {
            "id": notice.id,
            "client_id": notice.client_pk,
            "user_id": notice.user_id,
            "browser_id": notice.browser_id,
            "due_at": notice.due_at,
            "failures": notice.failures,
        }
        insert(rows.LogoutNotice, [values])

    def due(self, *, at: datetime, limit: int) -> list[LogoutNotice]:
        found = rows.LogoutNotice.objects.filter(due_at__lte=at).order_by("due_at", "id")
        return [_notice(row) for row in found[:limit]]

    def save(self, notice: LogoutNotice) -> None:
        kept = rows.LogoutNotice.objects.filter(pk=notice.id)
        kept.update(due_at=notice.due_at, failures=notice.failures)

    def remove(self, notice_id: LogoutNoticeId) -> None:
        rows.LogoutNotice.objects.filter(pk=notice_id).delete()


def _notice(row: rows.LogoutNotice) -> LogoutNotice:
    return LogoutNotice(
        id=LogoutNoticeId(row.id),
        client_pk=ClientPk(row.client_id),
        user_id=UserId(row.user_id),
        browser_id=SessionId(row.browser_id),
        due_at=row.due_at,
        failures=row.failures,
    )
