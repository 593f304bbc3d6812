"""ORM repository of idempotency records."""

from datetime import datetime
from typing import Any

from accounts import models as rows
from authsvc.http.idempotency.records import (
    IdempotencyRecord,
    RequestStillRunning,
    StoredResponse,
)
from authsvc.storage.inserts import insert
from authsvc.storage.locks import try_lock


class OrmIdempotencyRecordRepository:
    def claim(self, request_key: str, *, since: datetime) -> IdempotencyRecord | None:
        if not try_lock(int(request_key[:16], 16)):
            raise RequestStillRunning(retry_after=1)
        row = rows.IdempotencyRecord.objects.filter(pk=request_key, kept_at__gte=since).first()
        return _record(row) if row else None

    def save(self, record: IdempotencyRecord) -> None:
        values = _values(record)
        if not insert(rows.IdempotencyRecord, [values], unless_taken=("id",)):
            rows.IdempotencyRecord.objects.filter(pk=record.request_key).update(**values)

    def purge(self, *, before: datetime) -> int:
        return rows.IdempotencyRecord.objects.filter(kept_at__lt=before).delete()[0]


def _record(row: rows.IdempotencyRecord) -> IdempotencyRecord:
    return IdempotencyRecord(
        request_key=row.id,
        fingerprint=row.fingerprint,
        response=StoredResponse(
            status=row.status,
            body=row.body,
            content_type=row.content_type,
            etag=row.etag,
            position=row.position,
        ),
        standing=row.standing or {},
        kept_at=row.kept_at,
    )


def _values(record: IdempotencyRecord) -> dict[str, Any]:
    return {
        "id": record.request_key,
        "fingerprint": record.fingerprint,
        "status": record.response.status,
        "body": record.response.body,
        "content_type": record.response.content_type,
        "etag": record.response.etag,
        "position": record.response.position,
        "standing": record.standing,
        "kept_at": record.kept_at,
    }
