"""Sign-ins, mail and password hashes in the metrics."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from threading import Event, Thread

import pytest

from accounts.adapters.mailer import CountingMailTransport
from accounts.adapters.passwords import BoundedHasher, TimedHasher
from accounts.adapters.security_log import CountingSecurityLogWriter
from accounts.domain.identity.entities.security_log import SecurityEvent, SignInFailure
from accounts.domain.identity.errors import PasswordsBusy
from accounts.domain.mail.entities import Letter
from authsvc.kernel.metrics import MAILS, PASSWORD_HASH_SECONDS, PASSWORDS_BUSY, SIGN_INS
from tests.accounts.hashing import WEAK
from tests.support.metrics import RecordedMetrics
from tests.support.trail import RecordedTrail


@pytest.mark.parametrize("reason", SignInFailure)
def test_failed_sign_ins_are_counted_by_reason_and_logged(reason: SignInFailure) -> None:
    trail, metrics = RecordedTrail(), RecordedMetrics()
    writer = CountingSecurityLogWriter(writer=trail, metrics=metrics)

    writer.write(SecurityEvent.SIGN_IN_FAILED, account="0123", reason=reason)

    assert metrics.counts == {(SIGN_INS, reason.value): 1}
    assert trail.notes == [(SecurityEvent.SIGN_IN_FAILED, {"account": "0123", "reason": reason})]


def test_sign_ins_are_counted_and_other_events_are_not() -> None:
    trail, metrics = RecordedTrail(), RecordedMetrics()
    writer = CountingSecurityLogWriter(writer=trail, metrics=metrics)

    for event in SecurityEvent:
        if event is not SecurityEvent.SIGN_IN_FAILED:
            writer.write(event)

    assert metrics.counts == {(SIGN_INS, "success"): 1}
    assert len(trail.notes) == len(SecurityEvent) - 1


@dataclass(frozen=True)
class FailingAtBo:
    def send(self, letters: Iterable[Letter]) -> Iterator[str]:
        for letter in letters:
            yield "SMTPRecipientsRefused" if letter.recipient.startswith("bo@") else ""


def test_mail_is_counted_by_outcome() -> None:
    metrics = RecordedMetrics()
    letters = [
        Letter(recipient=f"{name}@school.example", subject="Knots", body="Tie them.")
        for name in ("anna", "bo", "cy")
    ]

    errors = list(CountingMailTransport(transport=FailingAtBo(), metrics=metrics).send(letters))

    assert errors == ["", "SMTPRecipientsRefused", ""]
    assert metrics.counts == {(MAILS, "sent"): 2, (MAILS, "failed"): 1}


def test_hashing_and_verifying_are_timed() -> None:
    metrics = RecordedMetrics()
    hasher = TimedHasher(hasher=WEAK, metrics=metrics)

    password_hash = hasher.hash("a long walk home")

    assert hasher.verify("a long walk home", password_hash=password_hash)
    assert not hasher.verify("another walk", password_hash=password_hash)
    assert not hasher.is_outdated(password_hash, password="a long walk home")
    assert [(histogram, labels) for histogram, _, labels in metrics.values] == [
        (PASSWORD_HASH_SECONDS, ("hash",)),
        (PASSWORD_HASH_SECONDS, ("verify",)),
        (PASSWORD_HASH_SECONDS, ("verify",)),
    ]
    assert all(seconds > 0 for _, seconds, _ in metrics.values)


@dataclass(frozen=True)
class WaitingHasher:
    is_busy: Event
    may_end: Event

    def hash(self, password: str) -> str:
        self.is_busy.set()
        self.may_end.wait()
        return WEAK.hash(password)

    def verify(self, password: str, *, password_hash: str | None) -> bool:
        return WEAK.verify(password, password_hash=password_hash)

    def is_outdated(self, password_hash: str, *, password: str) -> bool:
        return WEAK.is_outdated(password_hash, password=password)


def test_passwords_that_are_refused_as_busy_are_counted() -> None:
    metrics, waiting = RecordedMetrics(), WaitingHasher(Event(), Event())
    bounded = BoundedHasher(
        hasher=waiting, at_once=1, patience=timedelta(milliseconds=10), metrics=metrics
    )
    other = Thread(target=bounded.hash, args=("a long walk home",))
    other.start()
    waiting.is_busy.wait()

    with pytest.raises(PasswordsBusy):
        bounded.hash("a long walk home")
    waiting.may_end.set()
    other.join()

    assert metrics.counts == {(PASSWORDS_BUSY,): 1}
