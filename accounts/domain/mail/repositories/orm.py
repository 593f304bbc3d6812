"""ORM repository of outgoing mail."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from accounts import models as rows
from accounts.domain.mail.entities import Letter, MailId, MailKind, MailStatus, OutgoingMail
from authsvc.jobs.entities import JobId
from authsvc.storage.inserts import insert
from authsvc.storage.rows import values_of


class OrmOutgoingMailRepository:
    def add(self, mails: Sequence[OutgoingMail]) -> None:
        insert(rows.OutgoingMail, [_values(mail) for mail in mails])

    def save(self, mail: OutgoingMail) -> None:
        rows.OutgoingMail.objects.filter(pk=mail.id).update(**_values(mail))

    def find(self, mail_id: MailId) -> OutgoingMail | None:
        row = rows.OutgoingMail.objects.filter(pk=mail_id).first()
        return _mail(row) if row else None

    def waiting(self, mail_ids: Sequence[MailId]) -> list[OutgoingMail]:
        waiting = rows.OutgoingMail.objects.filter(status__in=_WAITING).in_bulk(mail_ids)
        return [_mail(waiting[mail_id]) for mail_id in mail_ids if mail_id in waiting]

    def late(self, *, at: datetime, limit: int) -> list[OutgoingMail]:
        waiting = rows.OutgoingMail.objects.filter(status__in=_WAITING, expires_at__lte=at)
        return [_mail(row) for row in waiting[:limit]]

    def remove_finished(self, *, before: datetime) -> int:
        finished = rows.OutgoingMail.objects.filter(created_at__lt=before)
        return finished.exclude(status__in=_WAITING).delete()[0]


_WAITING: Final = (MailStatus.QUEUED, MailStatus.FAILED)


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
        expires_at=row.expires_at,
        sent_at=row.sent_at,
        job_id=None if row.job_id is None else JobId(row.job_id),
    )
