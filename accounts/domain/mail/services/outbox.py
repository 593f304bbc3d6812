"""Outbox: mail is queued in the unit of work of its cause, sent after the commit, and retried if that fails."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

from accounts.domain.access import Principal, Right
from accounts.domain.mail.entities import MailId, MailKind, OutgoingMail, quoted_name
from accounts.domain.mail.ports import MailTemplates, MailTransport
from accounts.domain.mail.repositories.protocols import OutgoingMailRepository
from authsvc.kernel.clock import Clock
from authsvc.kernel.unit_of_work import UnitOfWork

BATCH_SIZE: Final = 100
KEPT_FOR: Final = timedelta(days=30)
LINK_LIFETIME: Final = timedelta(hours=1)
"""How long the links in messages are valid, unless a message says otherwise."""
NOTICE_LIFETIME: Final = timedelta(days=7)
"""How long it is of use to send a notice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What to tell whom. `names` are texts that somebody chose, `facts` all else that the templates need."""

    kind: MailKind
    recipient: str
    names: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict, repr=False)
    lifetime: timedelta = LINK_LIFETIME


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbox:
    mails: OutgoingMailRepository
    templates: MailTemplates
    transport: MailTransport
    unit_of_work: UnitOfWork
    clock: Clock

    def queue(self, messages: Sequence[Message]) -> None:
        """Store the messages, and send up to BATCH_SIZE of them once the outermost unit of work has committed.

        `deliver` sends the others, so that a request does not wait for thousands of messages.
        """
        if not messages:
            return
        now = self.clock.now()
        mails = [
            OutgoingMail.queued(
                MailId(uuid4()),
                message.kind,
                self.templates.render(message.kind, message.recipient, _context_of(message)),
                at=now,
                lifetime=message.lifetime,
            )
            for message in messages
        ]
        now_sent, sent_later = mails[:BATCH_SIZE], mails[BATCH_SIZE:]
        with self.unit_of_work.atomic():
            self.mails.add([*now_sent, *(mail.waiting(at=now) for mail in sent_later)])
            self.unit_of_work.on_commit(lambda: self._send(now_sent))

    def url_of(self, path: str) -> str:
        return self.templates.url_of(path)

    def deliver(self) -> tuple[int, int]:
        """Try to send the messages that are due. Return how many were sent, and how many failed."""
        sent = failed = 0
        while mails := self._leased():
            outcomes = self._attempt(mails)
            sent, failed = sent + sum(outcomes), failed + len(outcomes) - sum(outcomes)
        return sent, failed

    def retry(self, mail_id: MailId, *, by: Principal) -> None:
        """Send a failed message once more. Nothing happens if it was sent or given up. Raises NotPermitted."""
        by.require(Right.MANAGE_USERS)
        with self.unit_of_work.atomic():
            mail = self.mails.find_for_update(mail_id)
            if mail is None or not mail.is_waiting:
                return
            leased = mail.leased(at=self.clock.now())
            self.mails.save(leased)
            self.unit_of_work.on_commit(lambda: self._send([leased]))

    def remove_expired(self) -> int:
        """Delete messages that were sent or given up KEPT_FOR ago; return how many."""
        with self.unit_of_work.atomic():
            return self.mails.remove_finished(before=self.clock.now() - KEPT_FOR)

    def _leased(self) -> list[OutgoingMail]:
        """The messages that are due, for this process alone; those whose time is up are given up."""
        now = self.clock.now()
        with self.unit_of_work.atomic():
            due = self.mails.due_for_update(at=now, limit=BATCH_SIZE)
            late = [mail for mail in due if mail.expires_at <= now]
            leased = [mail.leased(at=now) for mail in due if mail.expires_at > now]
            for mail in [*(mail.expired() for mail in late), *leased]:
                self.mails.save(mail)
        return leased

    def _send(self, mails: Sequence[OutgoingMail]) -> None:
        self._attempt(mails)

    def _attempt(self, mails: Sequence[OutgoingMail]) -> list[bool]:
        """Send the messages and store what became of each at once, so that a crash repeats one at most."""
        outcomes = []
        errors = self.transport.send(mail.letter for mail in mails)
        for mail, error in zip(mails, errors, strict=True):
            now = self.clock.now()
            with self.unit_of_work.atomic():
                self.mails.save(mail.failed(error, at=now) if error else mail.sent(at=now))
            outcomes.append(not error)
        return outcomes


def _context_of(message: Message) -> dict[str, Any]:
    return {name: quoted_name(text) for name, text in message.names.items()} | dict(message.facts)
