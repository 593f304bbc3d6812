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

    def find_for_update(self, mail_id: MailId) -> OutgoingMail | None:
        """The message with this id, if any, locked until the unit of work ends."""

    def due_for_update(self, *, at: datetime, limit: int) -> list[OutgoingMail]:
        """Messages that are due, the longest waiting first, locked; those that are locked already are left out."""

    def remove_finished(self, *, before: datetime) -> int:
        """Delete the messages created before that time that nobody tries to send any more; return how many."""
