"""Mail entities: messages that leave the service, and the names that appear in them."""

import re
import unicodedata
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NewType
from uuid import UUID

MailId = NewType("MailId", UUID)

LEASE: Final = timedelta(minutes=10)
"""How long the process that queued a message, or that retries it, has to send it before another one tries."""
MOST_ATTEMPTS: Final = 10
LONGEST_NAME: Final = 80

_ADDRESS: Final = re.compile(
    r"\S*(?:://|@)\S*|(?:[\w-]+[.。])+[^\W\d_]{2,}(?:[:/?#]\S*)?", re.IGNORECASE
)


class MailKind(StrEnum):
    """Kinds of messages. Each is the name of its templates, and is stored, so a value never changes."""

    ACCOUNT_EXISTS = "account_already_exists"
    ACCOUNT_INVITATION = "account_invitation"
    EMAIL_CONFIRMATION = "email_confirmation"
    EMAIL_CONFIRMATION_SIGNUP = "email_confirmation_signup"
    EMAIL_TOKEN = "email_token"  # noqa: S105  # a name, not a secret
    INVITATION = "invitation"
    MEMBER_ADDED = "member_added"
    NEW_ADDRESS = "new_address"
    NOTE = "note"
    PASSWORD_RESET = "password_reset_key"  # noqa: S105  # a name, not a secret
    UNKNOWN_ACCOUNT = "unknown_account"


class MailStatus(StrEnum):
    """`failed` messages are retried until their attempts or their time are up."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A rendered message."""

    recipient: str
    subject: str
    body: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMail:
    """A message and the state of its delivery. Its body, which may contain a secret link, is removed once it is sent.

    It is due at `due_at`; None if nobody tries to send it any more. After `expires_at` its links are useless.
    """

    id: MailId
    kind: MailKind
    letter: Letter
    status: MailStatus
    attempts: int
    error: str
    created_at: datetime
    due_at: datetime | None
    expires_at: datetime
    sent_at: datetime | None

    @classmethod
    def queued(
        cls, mail_id: MailId, kind: MailKind, letter: Letter, *, at: datetime, lifetime: timedelta
    ) -> "OutgoingMail":
        """A new message, which the process that queues it sends itself; others try when its lease is over."""
        return cls(
            id=mail_id,
            kind=kind,
            letter=letter,
            status=MailStatus.QUEUED,
            attempts=0,
            error="",
            created_at=at,
            due_at=at + LEASE,
            expires_at=at + lifetime,
            sent_at=None,
        )

    @property
    def is_waiting(self) -> bool:
        return self.due_at is not None

    def waiting(self, *, at: datetime) -> "OutgoingMail":
        """The message, for any process to send."""
        return replace(self, due_at=at)

    def leased(self, *, at: datetime) -> "OutgoingMail":
        return replace(self, due_at=at + LEASE)

    def sent(self, *, at: datetime) -> "OutgoingMail":
        return replace(
            self._without_body(),
            status=MailStatus.SENT,
            attempts=self.attempts + 1,
            error="",
            due_at=None,
            sent_at=at,
        )

    def failed(self, error: str, *, at: datetime) -> "OutgoingMail":
        """The message after a failed attempt: due again after one minute, two, four and so on, while that is of use."""
        due_at = at + timedelta(minutes=2**self.attempts)
        is_given_up = self.attempts + 1 >= MOST_ATTEMPTS or due_at >= self.expires_at
        return replace(
            self._without_body() if is_given_up else self,
            status=MailStatus.FAILED,
            attempts=self.attempts + 1,
            error=error,
            due_at=None if is_given_up else due_at,
        )

    def expired(self) -> "OutgoingMail":
        """The message that was not sent in time."""
        return replace(
            self._without_body(),
            status=MailStatus.FAILED,
            error=self.error or "expired",
            due_at=None,
        )

    def _without_body(self) -> "OutgoingMail":
        return replace(self, letter=replace(self.letter, body=""))


def quoted_name(name: str) -> str:
    """A name that somebody chose, for a message: one quoted line without web addresses, of limited length.

    Otherwise the name of an organization could carry a message of its own, or a link that mail programs show.
    """
    visible = "".join(
        " " if unicodedata.category(character)[0] in "CZ" else character
        for character in unicodedata.normalize("NFKC", name)
    )
    words = " ".join(_ADDRESS.sub("…", visible).replace("“", "").replace("”", "").split())
    return f"“{words if len(words) <= LONGEST_NAME else f'{words[: LONGEST_NAME - 1]}…'}”"
