"""Device authorization service (RFC 8628)."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta
from secrets import choice
from typing import Final
from uuid import uuid4

from accounts.domain.access import Authentication, SessionId, UserId
from accounts.domain.identity.entities.security_log import SecurityEvent
from accounts.domain.identity.ports import OpaqueTokens
from accounts.domain.identity.services.login_attempts import LimitName, LoginAttempts
from accounts.domain.identity.services.security_log import SecurityLog
from accounts.domain.identity.services.sign_in_records import SignInRecords
from accounts.domain.oauth.entities.authorizations import DeviceCode, DeviceStatus
from accounts.domain.oauth.entities.clients import OAuthClient
from accounts.domain.oauth.errors import DeviceNotFound
from accounts.domain.oauth.repositories.protocols import ClientRepository, DeviceCodeRepository
from accounts.domain.oauth.services.authorizations import AuthorizationService
from authsvc.kernel.clock import Clock
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.unit_of_work import UnitOfWork

DEVICE_CODE_LIVES: Final = timedelta(minutes=10)
# No vowels, so that codes form no words (RFC 8628 §6.1).
_LETTERS: Final = "BCDFGHJKLMNPQRSTVWXZ"
_LENGTH: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class StartedDevice:
    """A started device flow: the two codes, which are shown once, and the polling interval."""

    device_code: str = field(repr=False)
    user_code: str = field(repr=False)
    expires_in_seconds: int
    interval_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceService:
    clients: ClientRepository
    devices: DeviceCodeRepository
    authorizations: AuthorizationService
    limits: LoginAttempts
    opaque_tokens: OpaqueTokens
    security_log: SecurityLog
    sign_in_records: SignInRecords
    unit_of_work: UnitOfWork
    clock: Clock

    def start(self, client: OAuthClient, *, scopes: Collection[str]) -> StartedDevice:
        """Start a device flow, in which the device waits for a user to enter its user code."""
        secret, user_code = self.opaque_tokens.new(), _new_user_code()
        device = DeviceCode(
            hash=self.opaque_tokens.hash(secret),
            user_code_hash=self._hash_of(user_code),
            client_pk=client.id,
            scopes=frozenset(scopes),
            expires_at=self.clock.now() + DEVICE_CODE_LIVES,
            session_id=SessionId(uuid4()),
        )
        with self.unit_of_work.atomic():
            self.devices.add(device)
        return StartedDevice(
            device_code=secret,
            user_code=user_code,
            expires_in_seconds=int(DEVICE_CODE_LIVES.total_seconds()),
            interval_seconds=device.interval_seconds,
        )

    def waiting(self, user_code: str, *, user_id: UserId) -> tuple[DeviceCode, OAuthClient]:
        """The waiting device with this user code, and its client.

        Raises DeviceNotFound for a wrong, expired or already used code alike, and TooManyAttempts when the user has
        entered too many codes.
        """
        self.limits.count(LimitName.DEVICE, str(user_id)).require()
        return self._waiting(user_code)

    def decide(
        self,
        user_code: str,
        status: DeviceStatus,
        *,
        user_id: UserId,
        authentication: Authentication,
        client_ip: str | None = None,
    ) -> None:
        """Allow or deny the access of the device. Allowing it is a consent, which the user can revoke, and a sign-in.

        Raises DeviceNotFound, TooManyAttempts.
        """
        self.limits.count(LimitName.DEVICE, str(user_id)).require()
        with self.unit_of_work.atomic():
            waiting, client = self._waiting(user_code)
            device = self.devices.find_for_update(waiting.hash)
            if device is None or device.status is not DeviceStatus.PENDING:
                raise DeviceNotFound
            self.devices.save(
                device.decided(status, user_id=user_id, authentication=authentication)
            )
            is_allowed = status is DeviceStatus.ALLOWED
            if is_allowed:
                self.authorizations.consent(client, user_id=user_id, scopes=device.scopes)
                self.sign_in_records.record_device(user_id, client_ip=client_ip)
            self.security_log.record(
                SecurityEvent.DEVICE_LET_IN if is_allowed else SecurityEvent.DEVICE_DENIED,
                user_id=user_id,
                client_id=client.client_id,
                session_id=device.session_id,
            )

    def remove_expired(self) -> int:
        """Delete expired device codes. Return how many."""
        with self.unit_of_work.atomic():
            return self.devices.remove_expired(before=self.clock.now() - DEVICE_CODE_LIVES)

    def _waiting(self, user_code: str) -> tuple[DeviceCode, OAuthClient]:
        device = self.devices.find_by_user_code(self._hash_of(user_code))
        is_waiting = device is not None and device.status is DeviceStatus.PENDING
        if device is None or not is_waiting or not device.is_live(at=self.clock.now()):
            raise DeviceNotFound
        client = self.clients.get(device.client_pk, scope=TenantScope())
        if not client.is_active:
            raise DeviceNotFound
        return device, client

    def _hash_of(self, user_code: str) -> str:
        return self.opaque_tokens.hash(normalized_user_code(user_code))


def normalized_user_code(user_code: str) -> str:
    """The code as the device shows it. Case, hyphens and spaces make no difference when it is entered."""
    letters = "".join(filter(str.isalnum, user_code.upper()))
    return f"{letters[:4]}-{letters[4:]}"


def _new_user_code() -> str:
    return normalized_user_code("".join(choice(_LETTERS) for _ in range(_LENGTH)))
