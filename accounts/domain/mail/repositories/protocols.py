"""Repository protocol of outgoing mail."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from accounts.domain.mail.entities import MailId, OutgoingMail


class OutgoingMailRepository(Protocol):
    def add(self, mails: Sequence[OutgoingMail]) -> None:
        """Store new messages."""

    def save(self, mail: OutgoingMail) -> None:
        """Replace the stored message."""

    def find(self, mail_id: MailId) -> OutgoingMail | None:
        """The message with this id, if any."""

    def waiting(self, mail_ids: Sequence[MailId]) -> list[OutgoingMail]:
        """Those of the messages that are neither sent nor given up, in that order."""

    def late(self, *, at: datetime, limit: int) -> list[OutgoingMail]:
        """Messages that are neither sent nor given up although their time is up, at most so many."""

    def remove_finished(self, *, before: datetime) -> int:
        """Delete the messages created before that time that are sent or given up; return how many."""
