"""Where it is kept which clients have yet to be told of a log-out."""

from datetime import datetime
from typing import Protocol

from accounts.domain.entities import LogoutNotice, LogoutNoticeId


class LogoutNoticeRepository(Protocol):
    def add(self, notice: LogoutNotice) -> None:
        """Keep a new notice."""

    def due(self, *, at: datetime, limit: int) -> list[LogoutNotice]:
        """At most so many of those that are due, the oldest first; the id breaks ties."""

    def save(self, notice: LogoutNotice) -> None:
        """Keep when it is tried again, and how often it has failed."""

    def remove(self, notice_id: LogoutNoticeId) -> None:
        """Forget it, if it is still there."""
