"""In-memory repository of outgoing mail."""

from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from accounts.domain.mail.entities import MailId, OutgoingMail
from authsvc.kernel.memory import remove_where


@dataclass(frozen=True, slots=True)
class InMemoryOutgoingMailRepository:
    store: MutableMapping[MailId, OutgoingMail] = field(default_factory=dict)

    def add(self, mails: Sequence[OutgoingMail]) -> None:
        for mail in mails:
            self.store[mail.id] = mail

    def save(self, mail: OutgoingMail) -> None:
        self.store[mail.id] = mail

    def find(self, mail_id: MailId) -> OutgoingMail | None:
        return self.store.get(mail_id)

    def waiting(self, mail_ids: Sequence[MailId]) -> list[OutgoingMail]:
        stored = [self.store[mail_id] for mail_id in mail_ids if mail_id in self.store]
        return [mail for mail in stored if mail.is_waiting]

    def late(self, *, at: datetime, limit: int) -> list[OutgoingMail]:
        waiting = (mail for mail in self.store.values() if mail.is_waiting)
        return [mail for mail in waiting if mail.expires_at <= at][:limit]

    def remove_finished(self, *, before: datetime) -> int:
        return remove_where(
            self.store, lambda mail: not mail.is_waiting and mail.created_at < before
        )
