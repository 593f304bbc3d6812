"""Transcripts: the credentials of a user that the platform states in one signed record."""

from dataclasses import dataclass
from datetime import datetime

from credentials.domain.entities.credentials import Verification


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptContents:
    """What a transcript made now contains, the latest credential first: all but revoked ones, as far as they fit.

    `left_out` counts those that did not fit, or whose record was altered; `revoked` those that were revoked.
    """

    made_at: datetime
    credentials: tuple[Verification, ...]
    left_out: int
    revoked: int
