"""Outgoing mail: queued with its cause, sent after the commit, retried, and stored without its body."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

import pytest
import structlog
from django.core.mail.backends.locmem import EmailBackend
from django.core.mail.message import EmailMessage
from pytest_django import Settings

from accounts.domain.access import OPERATOR, NotPermitted
from accounts.domain.mail.entities import (
    LONGEST_NAME,
    MOST_ATTEMPTS,
    MailId,
    MailKind,
    MailStatus,
    OutgoingMail,
    quoted_name,
)
from accounts.domain.mail.services.outbox import BATCH_SIZE, KEPT_FOR, LATE_MAIL, Message
from authsvc.jobs.entities import LEASE_TIME, Lease, Queue
from tests.support.blocks import failed_block
from tests.support.browsing import mails
from tests.support.builders import NOON, a_principal
from tests.support.jobs import quiet_queue, work_off
from tests.support.worlds import World

ANNA, BO = "anna@school.example", "bo@school.example"
SITE: Final = "http://localhost:8000"


class FailingAtBo(EmailBackend):
    """A connection that fails for mail to Bo."""

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        if any(BO in message.to for message in messages):
            raise ConnectionResetError("bo@school.example hung up")
        return super().send_messages(messages)


class FailingAtAll(EmailBackend):
    """A mail server that is unreachable."""

    def open(self) -> bool | None:
        raise ConnectionRefusedError


class Counting(EmailBackend):
    """Counts how often a connection is opened."""

    opened = 0

    def open(self) -> bool | None:
        Counting.opened += 1
        return super().open()


def an_invitation_to(email: str = BO, organization: str = "Knots", token: str = "t0k3n") -> Message:
    return Message(
        kind=MailKind.INVITATION,
        recipient=email,
        names={"organization": organization},
        facts={"link": f"{SITE}/account/invitations/{token}/"},
        lifetime=timedelta(days=7),
    )


def stored(world: World) -> list[OutgoingMail]:
    """All messages, by their recipient."""
    store: dict[object, OutgoingMail] = world.repositories.mails.store  # type: ignore[attr-defined]  # of the in-memory repository
    return sorted(store.values(), key=lambda mail: mail.letter.recipient)


def break_mail(settings: Settings, backend: type[EmailBackend]) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.{backend.__name__}"


def mend_mail(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def test_a_message_has_the_link_the_organization_and_the_expiry(memory: World) -> None:
    memory.services.outbox.queue([an_invitation_to()])

    (mail,) = mails()
    assert mail.to == [BO]
    assert mail.subject == f"Join “Knots” at {SITE}"
    lines = str(mail.body).splitlines()
    assert f"{SITE}/account/invitations/t0k3n/" in lines
    assert "invited to join “Knots”" in str(mail.body)
    assert "within a week" in str(mail.body)


def test_each_recipient_gets_a_separate_message_over_one_connection(
    memory: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_mail(settings, Counting)
    monkeypatch.setattr(Counting, "opened", 0)

    memory.services.outbox.queue(
        [an_invitation_to(ANNA, token="one"), an_invitation_to(BO, token="two")]
    )

    sent = [(mail.to, str(mail.body)) for mail in mails()]
    assert [to for to, _ in sent] == [[ANNA], [BO]]
    assert ["/one/" in body for _, body in sent] == [True, False]
    assert ["/two/" in body for _, body in sent] == [False, True]
    assert Counting.opened == 1


def test_a_name_is_neither_escaped_nor_split_into_headers(memory: World) -> None:
    memory.services.outbox.queue([an_invitation_to(organization="Knots &\r\nBcc: <b>Bends</b>")])

    (mail,) = mails()
    assert mail.subject == f"Join “Knots & Bcc: <b>Bends</b>” at {SITE}"
    assert mail.recipients() == [BO]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("School of Knots", "“School of Knots”"),
        ("Knots\r\n\r\nDear customer,", "“Knots Dear customer,”"),
        ("Win at https://evil.example/x now", "“Win at … now”"),
        ("Win at evil.example/x now", "“Win at … now”"),
        ("Win at evil。example now", "“Win at … now”"),
        ("Win at bücher.example.", "“Win at ….”"),
        ("mail boss@evil.example", "“mail …”"),
        ("javascript://x", "“…”"),
        ("A“B”C", "“ABC”"),
        ("safe\u202egro.live\u202c", "“safe gro.live”".replace("gro.live", "…")),
        ("zero\u200bwidth\u2028line", "“zero width line”"),
        ("No. 7, 3.5 m", "“No. 7, 3.5 m”"),
        ("x" * 300, f"“{'x' * (LONGEST_NAME - 1)}…”"),
    ],
)
def test_a_name_is_one_quoted_line_without_web_addresses(name: str, shown: str) -> None:
    assert quoted_name(name) == shown


def test_nothing_is_sent_of_what_was_rolled_back(memory: World) -> None:
    with failed_block(memory.unit_of_work):
        memory.services.outbox.queue([an_invitation_to()])

    assert (mails(), stored(memory)) == ([], [])


def test_a_sent_message_is_stored_without_its_body(memory: World) -> None:
    memory.services.outbox.queue([an_invitation_to()])

    (mail,) = stored(memory)
    assert (mail.status, mail.attempts, mail.sent_at) == (MailStatus.SENT, 1, NOON)
    assert mail.letter.body == ""


def test_an_unsent_message_does_not_print_its_link(memory: World, settings: Settings) -> None:
    break_mail(settings, FailingAtAll)
    message = an_invitation_to()

    memory.services.outbox.queue([message])

    (mail,) = stored(memory)
    assert "t0k3n" in mail.letter.body
    assert "t0k3n" not in repr(mail) + repr(message)


def test_a_failed_message_does_not_stop_the_others(memory: World, settings: Settings) -> None:
    break_mail(settings, FailingAtBo)

    with structlog.testing.capture_logs() as lines:
        memory.services.outbox.queue([an_invitation_to(BO), an_invitation_to(ANNA)])

    assert [mail.to for mail in mails()] == [[ANNA]]
    assert [(mail.status, mail.error) for mail in stored(memory)] == [
        (MailStatus.SENT, ""),
        (MailStatus.FAILED, "ConnectionResetError"),
    ]
    event = {"event": "a mail could not be sent", "log_level": "warning"}
    assert lines == [event | {"error": "ConnectionResetError"}]


@pytest.mark.parametrize("email", ["bö(@school.example", f"bo@{'ö' * 64}.example", "bö@a..b"])
def test_an_undeliverable_address_does_not_stop_the_others(memory: World, email: str) -> None:
    memory.services.outbox.queue([an_invitation_to(email), an_invitation_to(ANNA)])

    assert [mail.to for mail in mails()] == [[ANNA]]


def test_a_failed_message_is_retried_with_growing_pauses(memory: World, settings: Settings) -> None:
    break_mail(settings, FailingAtAll)
    memory.services.outbox.queue([an_invitation_to()])
    attempts = []
    for _ in range(3):
        memory.clock.go_on(minutes=1)
        work_off(memory.services)
        attempts += [mail.attempts for mail in stored(memory)]
    mend_mail(settings)
    memory.clock.go_on(minutes=4)
    work_off(memory.services)

    (mail,) = stored(memory)
    assert attempts == [2, 2, 3]
    assert (mail.status, mail.attempts, mail.error, mail.letter.body) == (
        MailStatus.SENT,
        4,
        "",
        "",
    )
    assert [message.to for message in mails()] == [[BO]]


def test_a_message_is_given_up_after_its_last_attempt(memory: World, settings: Settings) -> None:
    break_mail(settings, FailingAtAll)
    memory.services.outbox.queue([an_invitation_to()])
    for _ in range(MOST_ATTEMPTS + 1):
        memory.clock.go_on(hours=6)
        work_off(memory.services)

    (mail,) = stored(memory)
    assert (mail.status, mail.attempts) == (MailStatus.GIVEN_UP, MOST_ATTEMPTS)
    assert mail.letter.body == ""


def test_a_message_whose_link_has_expired_is_not_sent(world: World) -> None:
    outbox = replace(world.services.outbox, jobs=quiet_queue(world))
    outbox.queue(
        [an_invitation_to(BO), replace(an_invitation_to(ANNA), lifetime=timedelta(hours=1))]
    )
    world.clock.go_on(hours=2)

    work_off(world.services)

    assert [message.to for message in mails()] == [[BO]]


def test_a_message_whose_job_has_expired_is_not_sent(memory: World, settings: Settings) -> None:
    break_mail(settings, FailingAtAll)
    memory.services.outbox.queue([replace(an_invitation_to(), lifetime=timedelta(seconds=50))])
    mend_mail(settings)
    memory.clock.go_on(minutes=2)
    work_off(memory.services)

    assert mails() == []


@pytest.mark.parametrize("minutes", [0, 59])
def test_a_message_that_no_job_sends_in_time_is_given_up_without_its_body(
    world: World, settings: Settings, minutes: int
) -> None:
    """All attempts in its time failed, or there was no worker in that time."""
    break_mail(settings, FailingAtAll)
    outbox = replace(world.services.outbox, jobs=quiet_queue(world))
    outbox.queue([replace(an_invitation_to(), lifetime=timedelta(hours=1))])
    world.clock.go_on(minutes=minutes)
    work_off(world.services)
    world.clock.go_on(hours=2)
    world.services.job_engine.ensure_periodic([LATE_MAIL])

    work_off(world.services)

    assert world.repositories.mails.late(at=world.clock.now(), limit=9) == []


def test_a_message_of_a_worker_that_died_is_sent_by_another(world: World) -> None:
    outbox = replace(world.services.outbox, jobs=quiet_queue(world))
    outbox.queue([an_invitation_to(BO), an_invitation_to(ANNA)])
    with world.unit_of_work.atomic():
        (job,) = world.repositories.jobs.claim(
            Queue.OUTBOUND, Lease(uuid4()), at=NOON, until=NOON + LEASE_TIME, limit=1
        )
    ids = [MailId(UUID(text)) for text in job.arguments["mails"]]
    to_bo, to_anna = world.repositories.mails.waiting(ids)
    world.repositories.mails.save(to_bo.sent(at=NOON))

    work_off(world.services)
    assert world.repositories.mails.waiting(ids) == [to_anna]
    world.clock.at += LEASE_TIME
    work_off(world.services)

    assert [message.to for message in mails()] == [[ANNA]]


def test_staff_retry_a_failed_message_at_once(memory: World, settings: Settings) -> None:
    break_mail(settings, FailingAtAll)
    memory.services.outbox.queue([an_invitation_to()])
    mend_mail(settings)
    (mail,) = stored(memory)

    with pytest.raises(NotPermitted):
        memory.services.outbox.retry(mail.id, by=a_principal())
    answers = [memory.services.outbox.retry(mail.id, by=OPERATOR) for _ in range(2)]

    assert answers == [True, False]
    assert [message.to for message in mails()] == [[BO]]


def test_finished_messages_are_deleted_after_a_month(memory: World) -> None:
    memory.services.outbox.queue([an_invitation_to()])
    memory.clock.at += KEPT_FOR

    assert memory.services.outbox.remove_expired() == 0
    memory.clock.go_on(seconds=1)
    assert memory.services.outbox.remove_expired() == 1


def test_many_messages_are_sent_in_batches(memory: World, settings: Settings) -> None:
    break_mail(settings, Counting)
    Counting.opened = 0
    count = BATCH_SIZE + 5
    messages = [an_invitation_to(f"a{number}@school.example") for number in range(count)]

    memory.services.outbox.queue(messages)

    assert Counting.opened == 2
    assert len({address for mail in mails() for address in mail.to}) == count
