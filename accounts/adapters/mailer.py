"""Invitation mailer, on Django's mail backend."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import structlog
from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string

from accounts.domain.organizations.ports import InvitationLetter

_TEMPLATES: Final = "account/email/invitation"

log: Final = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class DjangoMailer:
    """Sends mails whose links start with `public_url`."""

    public_url: str

    def send_invitations(self, letters: Sequence[InvitationLetter]) -> None:
        connection = get_connection()
        try:
            connection.open()  # one connection for all letters
        except OSError as error:
            log.warning("no invitation could be mailed", error=type(error).__name__)
            return
        for letter in letters:
            try:
                connection.send_messages([self._message(letter)])
            except (OSError, ValueError) as error:  # SMTP fails, or the address is invalid
                log.warning("an invitation could not be mailed", error=type(error).__name__)
        connection.close()

    def _message(self, letter: InvitationLetter) -> EmailMessage:
        context = {
            "organization": letter.organization,
            "site": self.public_url,
            "link": f"{self.public_url}/account/invitations/{letter.token}/",
        }
        subject = render_to_string(f"{_TEMPLATES}_subject.txt", context)
        return EmailMessage(
            subject=" ".join(subject.split()),
            body=render_to_string(f"{_TEMPLATES}_message.txt", context),
            to=[letter.email],
        )
