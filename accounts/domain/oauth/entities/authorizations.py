"""What a person lets a client do, on its way from the question to the tokens."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from accounts.domain.access import ClientPk, SessionId, UserId
from accounts.domain.identity.entities.sessions import Authentication

CODE_LIVES: Final = timedelta(seconds=60)
SLOWER_BY_SECONDS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """What a person has let a client do. It is frozen at consent; `resource` names an API other than ours."""

    user_id: UserId
    scopes: frozenset[str]
    resource: str = ""
    nonce: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationCode:
    """The trace of one code: only its hash. A used one stays until it expires, so that a replay is noticed."""

    hash: str
    client_pk: ClientPk
    permission: Permission
    authentication: Authentication | None
    redirect_uri: str
    code_challenge: str
    expires_at: datetime
    session_id: SessionId
    used_at: datetime | None = None

    def used(self, *, at: datetime) -> "AuthorizationCode":
        return replace(self, used_at=at)

    def is_live(self, *, at: datetime) -> bool:
        return self.used_at is None and at < self.expires_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What a person has agreed to, once and until he takes it back."""

    user_id: UserId
    client_pk: ClientPk
    scopes: frozenset[str]
    given_at: datetime

    def covers(self, scopes: Collection[str]) -> bool:
        return self.scopes.issuperset(scopes)

    def widened(self, scopes: Collection[str], *, at: datetime) -> "Consent":
        return replace(self, scopes=self.scopes.union(scopes), given_at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class PushedRequest:
    """An authorization request that a client has left with us for its browser to refer to (RFC 9126)."""

    hash: str
    client_pk: ClientPk
    parameters: Mapping[str, str]
    expires_at: datetime
    is_opened: bool = False

    def opened(self, *, until: datetime) -> "PushedRequest":
        """Its browser has come, and its person has time until then."""
        return replace(self, expires_at=until, is_opened=True)


class DeviceStatus(StrEnum):
    PENDING = "pending"
    ALLOWED = "allowed"
    DENIED = "denied"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceCode:
    """A device without a browser that waits for somebody to let it in elsewhere (RFC 8628).

    Its code and the one for the person are kept as hashes. Tokens are taken once; then it is gone.
    """

    hash: str
    user_code_hash: str
    client_pk: ClientPk
    scopes: frozenset[str]
    expires_at: datetime
    session_id: SessionId
    status: DeviceStatus = DeviceStatus.PENDING
    user_id: UserId | None = None
    authentication: Authentication | None = None
    interval_seconds: int = 5
    polled_at: datetime | None = None

    def is_live(self, *, at: datetime) -> bool:
        return at < self.expires_at

    def decided(
        self, status: DeviceStatus, *, user_id: UserId, authentication: Authentication
    ) -> "DeviceCode":
        return replace(self, status=status, user_id=user_id, authentication=authentication)

    def polls_too_soon(self, *, at: datetime) -> bool:
        return self.polled_at is not None and at < self.polled_at + timedelta(
            seconds=self.interval_seconds
        )

    def polled(self, *, at: datetime) -> "DeviceCode":
        """Asked once more; whoever asks too soon has to wait longer from now on (RFC 8628 §3.5)."""
        wait = SLOWER_BY_SECONDS if self.polls_too_soon(at=at) else 0
        return replace(self, polled_at=at, interval_seconds=self.interval_seconds + wait)
