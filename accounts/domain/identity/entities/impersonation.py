"""Impersonation entities: staff who are signed in as a user for a while."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from accounts.domain.access import UserId

LIFETIME: Final = timedelta(minutes=30)


class ImpersonationEnd(StrEnum):
    """Why an impersonation ended. Recorded in the audit log, so a value never changes."""

    STOPPED = "stopped"
    EXPIRED = "expired"
    NOT_ALLOWED = "not-allowed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Impersonation:
    """A member of staff, the impersonator, who is signed in as a user until `ends_at`."""

    user_id: UserId
    impersonator_id: UserId
    may_write: bool
    started_at: datetime
    ends_at: datetime

    @classmethod
    def started(
        cls, user_id: UserId, *, by: UserId, may_write: bool, at: datetime
    ) -> "Impersonation":
        return cls(
            user_id=user_id,
            impersonator_id=by,
            may_write=may_write,
            started_at=at,
            ends_at=at + LIFETIME,
        )

    def is_over(self, *, at: datetime) -> bool:
        return at >= self.ends_at

    @property
    def members(self) -> dict[str, Any]:
        """Its members as JSON values, to store in the browser session of the impersonator."""
        return {
            "user_id": str(self.user_id),
            "impersonator_id": str(self.impersonator_id),
            "may_write": self.may_write,
            "started_at": self.started_at.isoformat(),
            "ends_at": self.ends_at.isoformat(),
        }

    @classmethod
    def of(cls, members: Mapping[str, Any]) -> "Impersonation":
        """The impersonation with these members."""
        return cls(
            user_id=UserId(UUID(members["user_id"])),
            impersonator_id=UserId(UUID(members["impersonator_id"])),
            may_write=bool(members["may_write"]),
            started_at=datetime.fromisoformat(members["started_at"]),
            ends_at=datetime.fromisoformat(members["ends_at"]),
        )
