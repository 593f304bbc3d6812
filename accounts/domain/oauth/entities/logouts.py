"""Logout notices (OpenID Connect Back-Channel Logout)."""

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
"""The delay after each failed delivery. There is no retry after the last one."""


CLAIMED_FOR: Final = timedelta(minutes=5)
"""Longer than the delivery of a batch takes, even if no client responds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogoutNotice:
    """A notice to a client about the end of a browser session, not yet delivered."""

    id: LogoutNoticeId
    client_pk: ClientPk
    user_id: UserId
    browser_id: SessionId
    due_at: datetime
    failures: int = 0

    def claimed(self, *, at: datetime) -> "LogoutNotice":
        """The notice while one process delivers it. It is due again should that process end."""
        return replace(self, due_at=at + CLAIMED_FOR)

    def failed(self, *, at: datetime) -> "LogoutNotice | None":
        """The notice with its next due time; None after the last retry."""
        if self.failures == len(RETRY_AFTER):
            return None
        wait = RETRY_AFTER[self.failures]
        return replace(self, failures=self.failures + 1, due_at=at + wait)
