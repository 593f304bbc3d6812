"""Mail entities: messages that leave the service, and the names that appear in them."""

import re
import unicodedata
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NewType
from uuid import UUID

from authsvc.jobs.entities import JobId

MailId = NewType("MailId", UUID)

MOST_ATTEMPTS: Final = 10
LONGEST_NAME: Final = 80

_ADDRESS: Final = re.compile(
    r"\S*(?:://|@)\S*|(?:[\w-]+[.。])+[^\W\d_]{2,}(?:[:/?#]\S*)?", re.IGNORECASE
)


class MailKind(StrEnum):
    """Kinds of messages. Each is the name of its templates, and is stored, so a value never changes."""

    ACCOUNT_EXISTS = "account_already_exists"
    ACCOUNT_INVITATION = "account_invitation"
    CREDENTIAL_CLAIM = "credential_claim"
    EMAIL_CONFIRMATION = "email_confirmation"
    EMAIL_CONFIRMATION_SIGNUP = "email_confirmation_signup"
    EMAIL_TOKEN = "email_token"  # noqa: S105  # a name, not a secret
    IMPERSONATION = "impersonation"
    INVITATION = "invitation"
    MEMBER_ADDED = "member_added"
    NEW_ADDRESS = "new_address"
    NOTE = "note"
    PASSWORD_RESET = "password_reset_key"  # noqa: S105  # a name, not a secret
    UNKNOWN_ACCOUNT = "unknown_account"
    WEBHOOK_PAUSED = "webhook_paused"


class MailStatus(StrEnum):
    """`failed` messages are retried until their attempts or their time are up; then they are `given_up`."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A rendered message."""

    recipient: str
    subject: str
    body: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMail:
    """A message and the state of its delivery. Its body, which may contain a secret link, is removed once it is sent.

    The job with `job_id` sends it. After `expires_at` its links are useless.
    """

    id: MailId
    kind: MailKind
    letter: Letter
    status: MailStatus
    attempts: int
    error: str
    created_at: datetime
    expires_at: datetime
    sent_at: datetime | None
    job_id: JobId | None = None

    @classmethod
    def queued(
        cls, mail_id: MailId, kind: MailKind, letter: Letter, *, at: datetime, lifetime: timedelta
    ) -> "OutgoingMail":
        return cls(
            id=mail_id,
            kind=kind,
            letter=letter,
            status=MailStatus.QUEUED,
            attempts=0,
            error="",
            created_at=at,
            expires_at=at + lifetime,
            sent_at=None,
        )

    @property
    def is_waiting(self) -> bool:
        return self.status in {MailStatus.QUEUED, MailStatus.FAILED}

    def sent(self, *, at: datetime) -> "OutgoingMail":
        return replace(
            self._without_body(),
            status=MailStatus.SENT,
            attempts=self.attempts + 1,
            error="",
            sent_at=at,
        )

    def failed(self, error: str, *, at: datetime) -> "OutgoingMail":
        """The message after a failed attempt, given up if that was the last one."""
        is_given_up = self.attempts + 1 >= MOST_ATTEMPTS or at >= self.expires_at
        return replace(
            self._without_body() if is_given_up else self,
            status=MailStatus.GIVEN_UP if is_given_up else MailStatus.FAILED,
            attempts=self.attempts + 1,
            error=error,
        )

    def expired(self) -> "OutgoingMail":
        """The message that was not sent in time."""
        return replace(
            self._without_body(), status=MailStatus.GIVEN_UP, error=self.error or "expired"
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
