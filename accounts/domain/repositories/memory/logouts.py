"""Notices of log-outs in a dict."""

from collections.abc import MutableMapping
from dataclasses import dataclass, field
from datetime import datetime

from accounts.domain.entities import LogoutNotice, LogoutNoticeId


@dataclass(frozen=True, slots=True)
class InMemoryLogoutNoticeRepository:
    store: MutableMapping[LogoutNoticeId, LogoutNotice] = field(default_factory=dict)

    def add(self, notice: LogoutNotice) -> None:
        self.store[notice.id] = notice

    def due(self, *, at: datetime, limit: int) -> list[LogoutNotice]:
        found = [notice for notice in self.store.values() if notice.due_at <= at]
        return sorted(found, key=lambda notice: (notice.due_at, notice.id))[:limit]

    def save(self, notice: LogoutNotice) -> None:
        if notice.id in self.store:
            self.store[notice.id] = notice

    def remove(self, notice_id: LogoutNoticeId) -> None:
        self.store.pop(notice_id, None)
