"""ORM repository of outgoing mail."""

from collections.abc import Sequence
from datetime import datetime

from accounts import models as rows
from accounts.domain.mail.entities import Letter, MailId, MailKind, MailStatus, OutgoingMail
from authsvc.storage.inserts import insert
from authsvc.storage.rows import values_of


class OrmOutgoingMailRepository:
    def add(self, mails: Sequence[OutgoingMail]) -> None:
        insert(rows.OutgoingMail, [_values(mail) for mail in mails])

    def save(self, mail: OutgoingMail) -> None:
        rows.OutgoingMail.objects.filter(pk=mail.id).update(**_values(mail))

    def find_for_update(self, mail_id: MailId) -> OutgoingMail | None:
        row = rows.OutgoingMail.objects.select_for_update().filter(pk=mail_id).first()
        return _mail(row) if row else None

    def due_for_update(self, *, at: datetime, limit: int) -> list[OutgoingMail]:
        due = rows.OutgoingMail.objects.select_for_update(skip_locked=True).filter(due_at__lte=at)
        return [_mail(row) for row in due.order_by("due_at", "id")[:limit]]

    def remove_finished(self, *, before: datetime) -> int:
        finished = rows.OutgoingMail.objects.filter(due_at=None, created_at__lt=before)
        return finished.delete()[0]


def _values(mail: OutgoingMail) -> dict[str, object]:
    letter = mail.letter
    return values_of(
        rows.OutgoingMail,
        mail,
        recipient=letter.recipient,
        subject=letter.subject,
        body=letter.body,
    )


def _mail(row: rows.OutgoingMail) -> OutgoingMail:
    return OutgoingMail(
        id=MailId(row.id),
        kind=MailKind(row.kind),
        letter=Letter(recipient=row.recipient, subject=row.subject, body=row.body),
        status=MailStatus(row.status),
        attempts=row.attempts,
        error=row.error,
        created_at=row.created_at,
        due_at=row.due_at,
        expires_at=row.expires_at,
        sent_at=row.sent_at,
    )
