"""Contract of the repositories of outgoing mail, on the store of this run."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from accounts.domain.mail.entities import Letter, MailId, MailKind, OutgoingMail
from authsvc.jobs.entities import JobId
from tests.support.builders import NOON
from tests.support.worlds import World


def a_mail(*, at: datetime = NOON) -> OutgoingMail:
    letter = Letter(recipient="bo@school.example", subject="Join", body="with a link")
    return OutgoingMail.queued(
        MailId(uuid4()), MailKind.INVITATION, letter, at=at, lifetime=timedelta(days=7)
    )


def test_a_stored_message_is_found_with_all_its_parts(world: World) -> None:
    mail = a_mail()
    world.repositories.mails.add([mail, a_mail()])

    assert world.repositories.mails.find(mail.id) == mail
    assert world.repositories.mails.find(a_mail().id) is None


def test_a_saved_message_replaces_the_stored_one(world: World) -> None:
    mail = a_mail()
    world.repositories.mails.add([mail])
    failed = mail.failed("ConnectionResetError", at=NOON)

    world.repositories.mails.save(failed)

    assert world.repositories.mails.find(mail.id) == failed


def test_messages_that_are_neither_sent_nor_given_up_are_waiting(world: World) -> None:
    queued, failed, other = a_mail(), a_mail().failed("gone", at=NOON), a_mail()
    sent, late = a_mail().sent(at=NOON), a_mail().expired()
    world.repositories.mails.add([queued, failed, sent, late, other])
    ids = [mail.id for mail in (failed, queued, sent, late, a_mail())]

    waiting = world.repositories.mails.waiting(ids)

    assert waiting == [failed, queued]


def test_messages_that_wait_longer_than_they_are_of_use_are_late(world: World) -> None:
    late, later = a_mail(), a_mail(at=NOON + timedelta(seconds=1))
    world.repositories.mails.add([late, later, a_mail().sent(at=NOON), a_mail().expired()])

    late_mails = world.repositories.mails.late(at=NOON + timedelta(days=7), limit=9)
    first_of_both = world.repositories.mails.late(at=NOON + timedelta(days=8), limit=1)

    assert late_mails == [late]
    assert len(first_of_both) == 1


def test_finished_messages_that_are_old_are_removed(world: World) -> None:
    waiting, old, late = a_mail(), a_mail().sent(at=NOON), a_mail().expired()
    young = a_mail(at=NOON + timedelta(seconds=1)).sent(at=NOON)
    world.repositories.mails.add([waiting, old, late, young])

    removed = world.repositories.mails.remove_finished(before=NOON + timedelta(seconds=1))

    assert removed == 2
    assert world.repositories.mails.find(old.id) is None
    assert world.repositories.mails.find(waiting.id) == waiting
    assert world.repositories.mails.find(young.id) == young


def test_the_job_of_a_message_is_stored(world: World) -> None:
    mail = replace(a_mail(), job_id=JobId(uuid4()))
    world.repositories.mails.add([mail])

    assert world.repositories.mails.find(mail.id) == mail
