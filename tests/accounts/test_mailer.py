"""Invitation mailer."""

from collections.abc import Sequence
from typing import Any, Final

import pytest
import structlog
from django.core.mail.backends.locmem import EmailBackend
from django.core.mail.message import EmailMessage
from pytest_django import Settings

from accounts.adapters.mailer import DjangoMailer
from accounts.domain.organizations.ports import InvitationLetter
from tests.support.browsing import mails

MAILER: Final = DjangoMailer(public_url="https://school.example")
ANNA, BO = "anna@school.example", "bo@school.example"


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


def a_letter(email: str = BO, **parts: Any) -> InvitationLetter:
    return InvitationLetter(**{"email": email, "organization": "Knots", "token": "t0k3n"} | parts)


def test_a_letter_has_the_link_the_organization_and_the_expiry() -> None:
    MAILER.send_invitations([a_letter()])

    (mail,) = mails()
    assert mail.to == [BO]
    assert mail.subject == "Join Knots at https://school.example"
    lines = str(mail.body).splitlines()
    assert "https://school.example/account/invitations/t0k3n/" in lines
    assert "invited to join Knots" in str(mail.body)
    assert "within a week" in str(mail.body)


def test_each_recipient_gets_a_separate_letter() -> None:
    MAILER.send_invitations([a_letter(ANNA, token="one"), a_letter(BO, token="two")])

    letters = [(mail.to, str(mail.body)) for mail in mails()]
    assert [to for to, _ in letters] == [[ANNA], [BO]]
    assert ["/one/" in body for _, body in letters] == [True, False]
    assert ["/two/" in body for _, body in letters] == [False, True]


def test_a_name_is_neither_escaped_nor_split_into_headers() -> None:
    MAILER.send_invitations([a_letter(organization="Knots &\r\nBcc: <b>Bends</b>")])

    (mail,) = mails()
    assert mail.subject == "Join Knots & Bcc: <b>Bends</b> at https://school.example"
    assert mail.recipients() == [BO]


def test_without_letters_no_mail_is_sent() -> None:
    MAILER.send_invitations([])

    assert mails() == []


def test_a_failed_letter_does_not_stop_the_others(settings: Settings) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.{FailingAtBo.__name__}"

    with structlog.testing.capture_logs() as lines:
        MAILER.send_invitations([a_letter(BO), a_letter(ANNA)])

    assert [mail.to for mail in mails()] == [[ANNA]]
    assert lines == [
        {
            "event": "an invitation could not be mailed",
            "log_level": "warning",
            "error": "ConnectionResetError",
        }
    ]


@pytest.mark.parametrize("email", ["bö(@school.example", f"bo@{'ö' * 64}.example", "bö@a..b"])
def test_an_undeliverable_address_does_not_stop_the_others(email: str) -> None:
    MAILER.send_invitations([a_letter(email), a_letter(ANNA)])

    assert [mail.to for mail in mails()] == [[ANNA]]


def test_a_letter_does_not_print_its_token() -> None:
    assert "t0k3n" not in repr(a_letter())


def test_all_letters_use_one_connection(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.{Counting.__name__}"
    monkeypatch.setattr(Counting, "opened", 0)

    MAILER.send_invitations([a_letter(ANNA), a_letter(BO)])

    assert (len(mails()), Counting.opened) == (2, 1)


def test_an_unreachable_server_is_logged(settings: Settings) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.{FailingAtAll.__name__}"

    with structlog.testing.capture_logs() as lines:
        MAILER.send_invitations([a_letter(BO)])

    assert mails() == []
    assert [line["error"] for line in lines] == ["ConnectionRefusedError"]
