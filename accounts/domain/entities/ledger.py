"""What is kept of answers, so that they can be given again."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An HTTP answer as the request ledger keeps it: its status and its JSON text."""

    status: int
    body: str
    content_type: str
    is_replayed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """What one caller's Idempotency-Key was first used for, and the answer that it got."""

    id: str
    fingerprint: str
    answer: Answer
    kept_at: datetime
