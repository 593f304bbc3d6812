"""Outbox: mail is queued in the unit of work of its cause; a job sends it after the commit, and retries failures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from accounts.domain.access import Principal, Right
from accounts.domain.mail.entities import (
    MOST_ATTEMPTS,
    MailId,
    MailKind,
    MailStatus,
    OutgoingMail,
    quoted_name,
)
from accounts.domain.mail.ports import MailTemplates, MailTransport
from accounts.domain.mail.repositories.protocols import OutgoingMailRepository
from authsvc.jobs.entities import JobProgress, JobRequest, Priority, RetryPolicy
from authsvc.jobs.errors import JobRetry
from authsvc.jobs.ports import Run
from authsvc.jobs.services.job_queue import JobQueue
from authsvc.kernel.clock import Clock
from authsvc.kernel.unit_of_work import UnitOfWork

MAIL_JOB: Final = "mail"
RETRIES: Final = RetryPolicy(most_attempts=MOST_ATTEMPTS, first_pause=timedelta(minutes=1))
LATE_MAIL: Final = JobRequest.periodic("give-up-late-mail", every=timedelta(minutes=10))
BATCH_SIZE: Final = 100
"""Messages that are sent over one connection."""
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
    jobs: JobQueue
    unit_of_work: UnitOfWork
    clock: Clock

    def queue(self, messages: Sequence[Message]) -> None:
        """Store the messages, and the jobs that send them, one for each BATCH_SIZE of them."""
        if not messages:
            return
        mails = [self._rendered(message) for message in messages]
        batches = [mails[begin : begin + BATCH_SIZE] for begin in range(0, len(mails), BATCH_SIZE)]
        with self.unit_of_work.atomic():
            job_ids = self.jobs.enqueue(*map(self._job_for, batches))
            self.mails.add(
                [
                    replace(mail, job_id=job_id)
                    for job_id, batch in zip(job_ids, batches, strict=True)
                    for mail in batch
                ]
            )

    def url_of(self, path: str) -> str:
        return self.templates.url_of(path)

    def deliver(self, run: Run) -> dict[str, int]:
        """Send the messages of the job that are not sent yet. Raises JobRetry while one of them is waiting."""
        waiting = self.mails.waiting([MailId(UUID(text)) for text in run.job.arguments["mails"]])
        now = self.clock.now()
        late = [mail.expired() for mail in waiting if mail.expires_at <= now]
        for mail in late:
            self.mails.save(mail)
        outcomes = self._attempt([mail for mail in waiting if mail.expires_at > now], run)
        if errors := {mail.error for mail in outcomes if mail.is_waiting}:
            raise JobRetry(", ".join(sorted(errors)))
        sent = sum(mail.status is MailStatus.SENT for mail in outcomes)
        return {"sent": sent, "given_up": len(waiting) - sent}

    def retry(self, mail_id: MailId, *, by: Principal) -> bool:
        """Send a failed message once more, with those of its job; return whether it is sent again.

        It is not if it was sent or given up: its text is removed then. Raises NotPermitted.
        """
        by.require(Right.MANAGE_USERS)
        mail = self.mails.find(mail_id)
        if mail is None or not mail.is_waiting or mail.job_id is None:
            return False
        self.jobs.retry(mail.job_id)
        return True

    def give_up_late(self, run: Run) -> dict[str, int]:
        """Give up the messages whose time is up: their jobs may have ended before, or never have been begun.

        So no body with a link stays longer than the link is valid.
        """
        given_up = 0
        while late := self.mails.late(at=self.clock.now(), limit=BATCH_SIZE):
            for mail in late:
                self.mails.save(mail.expired())
            given_up += len(late)
            run.report(JobProgress(done=given_up))
        return {"given_up": given_up}

    def remove_expired(self) -> int:
        """Delete messages that were sent or given up KEPT_FOR ago; return how many."""
        with self.unit_of_work.atomic():
            return self.mails.remove_finished(before=self.clock.now() - KEPT_FOR)

    def _rendered(self, message: Message) -> OutgoingMail:
        letter = self.templates.render(message.kind, message.recipient, _context_of(message))
        return OutgoingMail.queued(
            MailId(uuid4()), message.kind, letter, at=self.clock.now(), lifetime=message.lifetime
        )

    def _job_for(self, mails: Sequence[OutgoingMail]) -> JobRequest:
        now = self.clock.now()
        return JobRequest(
            kind=MAIL_JOB,
            arguments={"mails": [str(mail.id) for mail in mails]},
            priority=Priority.HIGH,
            lifetime=max(mail.expires_at for mail in mails) - now,
        )

    def _attempt(self, mails: Sequence[OutgoingMail], run: Run) -> list[OutgoingMail]:
        """Send the messages and store what became of each at once, so that a crash repeats one at most."""
        outcomes: list[OutgoingMail] = []
        errors = self.transport.send(mail.letter for mail in mails)
        for mail, error in zip(mails, errors, strict=True):
            now = self.clock.now()
            outcome = mail.failed(error, at=now) if error else mail.sent(at=now)
            self.mails.save(outcome)
            outcomes.append(outcome)
            run.report(JobProgress(done=len(outcomes), total=len(mails)))
        return outcomes


def _context_of(message: Message) -> dict[str, Any]:
    return {name: quoted_name(text) for name, text in message.names.items()} | dict(message.facts)
