"""Sign-in records: sign-ins and failed attempts, as staff see them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NewType, Self
from uuid import UUID, uuid5

from accounts.domain.access import UserId
from accounts.domain.identity.entities.security_log import SignInFailure

SignInRecordId = NewType("SignInRecordId", UUID)
MANY_FAILURES: Final = 10
MANY_WITHIN: Final = timedelta(days=1)
SUSPICIOUS_FAILURES: Final = frozenset(SignInFailure) - {
    SignInFailure.INACTIVE,
    SignInFailure.UNVERIFIED_EMAIL,
    SignInFailure.SECOND_FACTOR_MISSING,
    SignInFailure.ACTION_REQUIRED,
}
"""Staff are told when so many attempts from one client IP address have failed in this time, for these reasons.

A right password is no attack, although the account, its address or what it still needs let nobody sign in.
"""
_ALIKE: Final = UUID("6d7c1b7e-5a5c-4a51-9c0f-0f6f5a1f7b52")
"""The namespace of the ids of failed attempts."""


class SignInWay(StrEnum):
    """How somebody signs in. Once used, a value never changes."""

    PASSWORD = "password"  # noqa: S105  # a name, not a secret
    SECOND_FACTOR = "second-factor"
    PASSKEY = "passkey"
    API = "api"
    API_SECOND_FACTOR = "api-second-factor"
    DEVICE = "device"


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedAttempts:
    """How many attempts have failed, and when the last of them did."""

    attempts: int
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInRecord:
    """A sign-in, or failed attempts that are alike.

    Failed attempts at the account of one person, or at none that is known, are alike if they have the client IP
    address, the way, the reason and the hour (UTC) in common. `at` is the time of the last of `attempts`. What was
    typed is not recorded.
    """

    id: SignInRecordId
    user_id: UserId | None
    client_ip: str
    way: SignInWay
    failure: SignInFailure | None = None
    attempts: int = 1
    at: datetime

    @classmethod
    def failed(
        cls,
        failure: SignInFailure,
        *,
        user_id: UserId | None,
        way: SignInWay,
        client_ip: str | None,
        at: datetime,
    ) -> Self:
        """A failed attempt, whose id is that of all that are like it."""
        name = f"{user_id} {client_ip} {way} {failure} {at:%Y-%m-%dT%H}"
        return cls(
            id=SignInRecordId(uuid5(_ALIKE, name)),
            user_id=user_id,
            client_ip=client_ip or "",
            way=way,
            failure=failure,
            at=at,
        )
