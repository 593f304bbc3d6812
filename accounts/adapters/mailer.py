"""Mail templates and transport, on Django."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string

from accounts.domain.mail.entities import Letter, MailKind
from accounts.domain.mail.ports import MailTransport
from authsvc.kernel.metrics import MAILS, Metrics

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class DjangoMailTemplates:
    """Templates whose links start with `public_url`."""

    public_url: str

    def render(self, kind: MailKind, recipient: str, context: Mapping[str, Any]) -> Letter:
        values = {**context, "site": self.public_url}
        subject = render_to_string(f"account/email/{kind}_subject.txt", values)
        return Letter(
            recipient=recipient,
            subject=" ".join(subject.split()),
            body=render_to_string(f"account/email/{kind}_message.txt", values),
        )

    def url_of(self, path: str) -> str:
        return f"{self.public_url}{path}"


class DjangoMailTransport:
    """Sends over Django's mail backend."""

    def send(self, letters: Iterable[Letter]) -> Iterator[str]:
        connection = get_connection()
        failure = ""
        try:
            connection.open()  # one connection for all letters
        except OSError as error:
            failure = type(error).__name__
            log.warning("no mail could be sent", error=failure)
        for letter in letters:
            yield failure or self._error_of(connection, letter)
        if not failure:
            connection.close()

    def _error_of(self, connection: Any, letter: Letter) -> str:
        """Send the message and return the name of the error that prevented it, or ''."""
        message = EmailMessage(subject=letter.subject, body=letter.body, to=[letter.recipient])
        try:
            connection.send_messages([message])
        except (OSError, ValueError) as error:  # SMTP fails, or the address is invalid
            log.warning("a mail could not be sent", error=type(error).__name__)
            return type(error).__name__
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountingMailTransport:
    """Counts the messages that another transport sends, by outcome."""

    transport: MailTransport
    metrics: Metrics

    def send(self, letters: Iterable[Letter]) -> Iterator[str]:
        for error in self.transport.send(letters):
            self.metrics.count(MAILS, "failed" if error else "sent")
            yield error
