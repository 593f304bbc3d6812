"""Idempotency records and their errors."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from authsvc.kernel.errors import Conflict, Forbidden


class IdempotencyKeyReused(Conflict):
    code = "idempotency-key-reused"
    title = "The Idempotency-Key was used for another request"
    explanation = "This key was sent with another method, URL or body. Use a new key."


class RequestStillRunning(Conflict):
    code = "request-still-running"
    title = "A request with this Idempotency-Key is still running"
    explanation = "It has no answer yet. Try again in a moment."


class ReplayNotPermitted(Forbidden):
    code = "replay-not-permitted"
    title = "You may not see this response any more"
    explanation = (
        "The request was carried out. You have lost rights since, so its response is not repeated."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredResponse:
    """A stored HTTP response: status, JSON text, media type, entity tag and Position."""

    status: int
    body: str
    content_type: str
    etag: str = ""
    position: str = ""
    is_replayed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class IdempotencyRecord:
    """The first request that used a caller's Idempotency-Key, and the response it received.

    `standing` is what the caller was allowed to do then.
    """

    request_key: str
    fingerprint: str
    response: StoredResponse
    standing: Mapping[str, Any]
    kept_at: datetime
