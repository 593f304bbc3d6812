"""Canonical JSON: one form for each value, so that equal values have equal checksums."""

import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final
from uuid import UUID


def canonical_json(value: object) -> bytes:
    """Serialize *value* as JSON with sorted keys and no spaces, in UTF-8.

    Times are ISO 8601 in UTC with microseconds, ids are lower-case UUIDs. Raises TypeError for any other type that
    JSON does not have, and ValueError for NaN and the infinities.
    """
    return canonical_text(value).encode()


def canonical_text(value: object) -> str:
    """The canonical JSON as text."""
    return _ENCODER.encode(value)


def canonical_time(time: datetime) -> str:
    """The time in UTC, in ISO 8601 with microseconds."""
    return time.astimezone(UTC).isoformat(timespec="microseconds")


def utc_text(time: datetime) -> str:
    """The time in UTC as JSON for other systems shows it: in ISO 8601, with microseconds if it has any, and `Z`."""
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")


def checksum(value: object) -> str:
    """The SHA-256 of the canonical JSON, as 64 hexadecimal digits."""
    return sha256(canonical_json(value)).hexdigest()


def _normalized(value: object) -> str:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return canonical_time(value)
    msg = f"{type(value).__name__} has no canonical form"
    raise TypeError(msg)


_ENCODER: Final = json.JSONEncoder(
    default=_normalized,
    sort_keys=True,
    separators=(",", ":"),
    ensure_ascii=False,
    allow_nan=False,
)
