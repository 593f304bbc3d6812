"""Second-factor entities: methods, passkey requests and the challenges of unfinished sign-ins."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from accounts.domain.access import UserId


class FactorMethod(StrEnum):
    """Second factors that a user can set up. The values are public and never change."""

    APP = "totp"
    RECOVERY_CODE = "recovery-code"
    PASSKEY = "passkey"


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyRequest:
    """A request for an assertion: `options` for `navigator.credentials.get`, `state` for the verification."""

    options: Mapping[str, Any]
    state: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInChallenge:
    """A sign-in that waits for the second factor: the keyed hash of its secret, never the secret."""

    hash: str
    user_id: UserId
    expires_at: datetime
    passkey_state: Mapping[str, Any] | None = field(default=None, repr=False)

    def is_live(self, *, at: datetime) -> bool:
        return at < self.expires_at
