"""Ports of the mail service."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

from accounts.domain.mail.entities import Letter, MailKind


class MailTemplates(Protocol):
    def render(self, kind: MailKind, recipient: str, context: Mapping[str, Any]) -> Letter:
        """The message of this kind. Its subject is one line."""

    def url_of(self, path: str) -> str:
        """The public URL of a path of this service."""


class MailTransport(Protocol):
    def send(self, letters: Iterable[Letter]) -> Iterator[str]:
        """Send each message over one connection, and yield the name of the error that prevented it, or ''.

        A message that cannot be sent does not stop the others.
        """
