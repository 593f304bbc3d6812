"""The request ledger in the database."""

from datetime import datetime
from typing import Any

from accounts import models as rows
from accounts.domain.entities import Answer, LedgerEntry
from accounts.domain.errors import RequestStillRunning
from authsvc.storage.inserts import insert
from authsvc.storage.locks import locks_at_once

Values = dict[str, Any]


class OrmLedgerRepository:
    def claim(self, entry_id: str, *, since: datetime) -> LedgerEntry | None:
        if not locks_at_once(int(entry_id[:16], 16)):
            raise RequestStillRunning(retry_after=1)
        row = rows.LedgerEntry.objects.filter(pk=entry_id, kept_at__gte=since).first()
        return _entry(row) if row else None

    def keep(self, entry: LedgerEntry) -> None:
        values = _entry_values(entry)
        if not insert(rows.LedgerEntry, [values], unless_taken=("id",)):
            rows.LedgerEntry.objects.filter(pk=entry.id).update(**values)

    def remove(self, *, before: datetime) -> int:
        return rows.LedgerEntry.objects.filter(kept_at__lt=before).delete()[0]


def _entry(row: rows.LedgerEntry) -> LedgerEntry:
    answer = Answer(status=row.status, body=row.body, content_type=row.content_type)
    return LedgerEntry(id=row.id, fingerprint=row.fingerprint, answer=answer, kept_at=row.kept_at)


def _entry_values(entry: LedgerEntry) -> Values:
    return {
        "id": entry.id,
        "fingerprint": entry.fingerprint,
        "status": entry.answer.status,
        "body": entry.answer.body,
        "content_type": entry.answer.content_type,
        "kept_at": entry.kept_at,
    }
