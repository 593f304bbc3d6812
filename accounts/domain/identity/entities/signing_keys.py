"""Signing keys of tokens, as staff see them: without the keys themselves."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class KeyState(StrEnum):
    """Active keys sign, next ones will, retired ones only verify what they have signed. All are published."""

    ACTIVE = "active"
    NEXT = "next"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """A published key. `signs_from` is None if it has always signed, `ends_at` if its end is not known yet."""

    id: str
    algorithm: str
    state: KeyState
    signs_from: datetime | None
    ends_at: datetime | None
