"""Authorization entities: permissions, codes, consents, pushed requests and device codes."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from accounts.domain.access import Authentication, ClientPk, RequestedClaims, SessionId, UserId

CODE_LIVES: Final = timedelta(seconds=60)
SLOWER_BY_SECONDS: Final = 5
MOST_WRONG_PINS: Final = 5
"""After so many wrong PINs a pre-authorized code is worthless: of a million PINs an attacker can try five."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """The access that a user grants to a client in one request. `resource` is empty for our own API."""

    user_id: UserId
    scopes: frozenset[str]
    resource: str = ""
    nonce: str = ""
    claims: RequestedClaims = field(default_factory=RequestedClaims)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationCode:
    """One authorization code, stored as a hash. A used one stays until it expires, so that a replay is detected."""

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
    """The scopes that a user has granted to a client, until they revoke the access."""

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
    """A pushed authorization request, to which the browser brings a reference (RFC 9126)."""

    hash: str
    client_pk: ClientPk
    parameters: Mapping[str, str]
    expires_at: datetime
    is_opened: bool = False

    def opened(self, *, until: datetime) -> "PushedRequest":
        """Opened by the browser; the user has until then to sign in and to consent."""
        return replace(self, expires_at=until, is_opened=True)


class DeviceStatus(StrEnum):
    PENDING = "pending"
    ALLOWED = "allowed"
    DENIED = "denied"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceCode:
    """A device that waits for a user to decide on its access in a browser elsewhere (RFC 8628).

    Its device code and user code are stored as hashes. Tokens are issued once; then it is removed.
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
        """Polled once more. Polling too soon makes the interval longer (RFC 8628 §3.5)."""
        wait = SLOWER_BY_SECONDS if self.polls_too_soon(at=at) else 0
        return replace(self, polled_at=at, interval_seconds=self.interval_seconds + wait)


@dataclass(frozen=True, slots=True, kw_only=True)
class PreAuthorizedCode:
    """A code with which any wallet can collect one credential of the user, if it has the PIN, too (OpenID4VCI §4.1.1).

    Code and PIN are stored as hashes. `credential_id` and `configuration_id` mean something to the issuer of
    credentials alone. A used one stays until it expires, so that a replay is detected.
    """

    hash: str
    pin_hash: str
    user_id: UserId
    credential_id: UUID
    configuration_id: str
    session_id: SessionId
    expires_at: datetime
    wrong_pins: int = 0
    used_at: datetime | None = None

    def is_live(self, *, at: datetime) -> bool:
        is_open = self.used_at is None and self.wrong_pins < MOST_WRONG_PINS
        return is_open and at < self.expires_at

    def used(self, *, at: datetime) -> "PreAuthorizedCode":
        return replace(self, used_at=at)

    def mistaken(self) -> "PreAuthorizedCode":
        """With one wrong PIN more."""
        return replace(self, wrong_pins=self.wrong_pins + 1)
