"""Telling clients that somebody has signed out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, NewType
from uuid import UUID

from accounts.domain.access import ClientPk, SessionId, UserId

LogoutNoticeId = NewType("LogoutNoticeId", UUID)

RETRY_AFTER: Final[Sequence[timedelta]] = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=4),
)
"""How long to wait after each failure; after the last there is no more trying."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogoutNotice:
    """That a client has yet to be told of the end of a browser's session (OpenID Connect Back-Channel Logout)."""

    id: LogoutNoticeId
    client_pk: ClientPk
    user_id: UserId
    browser_id: SessionId
    due_at: datetime
    failures: int = 0

    def failed(self, *, at: datetime) -> "LogoutNotice | None":
        """The same for later, or nothing when it was tried often enough."""
        if self.failures == len(RETRY_AFTER):
            return None
        wait = RETRY_AFTER[self.failures]
        return replace(self, failures=self.failures + 1, due_at=at + wait)
