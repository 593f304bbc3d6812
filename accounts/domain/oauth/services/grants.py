"""Grant service: the token endpoint's work for an authenticated client (RFC 6749 §4)."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar
from uuid import uuid4

from accounts.domain.access import GrantType, SessionId
from accounts.domain.identity.entities.security_log import SecurityEvent
from accounts.domain.identity.entities.sessions import Session, SessionEnd, SessionPolicy
from accounts.domain.identity.entities.tokens import TokenPair
from accounts.domain.identity.entities.users import User
from accounts.domain.identity.errors import InvalidRefreshToken, SessionNotFound
from accounts.domain.identity.ports import OpaqueTokens
from accounts.domain.identity.repositories.protocols import SessionRepository, UserRepository
from accounts.domain.identity.services.security_log import SecurityLog
from accounts.domain.identity.services.tokens import Renewal, Renewals, TokenPairs
from accounts.domain.oauth.entities.authorizations import (
    AuthorizationCode,
    DeviceCode,
    DeviceStatus,
    PreAuthorizedCode,
)
from accounts.domain.oauth.entities.clients import OAuthClient
from accounts.domain.oauth.repositories.protocols import (
    AuthorizationCodeRepository,
    ClientRepository,
    DeviceCodeRepository,
)
from authsvc.kernel.clock import Clock
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.unit_of_work import UnitOfWork

Outcome = TypeVar("Outcome")


@dataclass(frozen=True, slots=True, kw_only=True)
class Redemption:
    """A valid code, and the user who granted it."""

    code: AuthorizationCode
    user: User


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovedDevice:
    """A device that a user has allowed."""

    device: DeviceCode
    user: User


class DeviceAnswer(StrEnum):
    """Why a device gets no tokens, or none yet (RFC 8628 §3.5)."""

    PENDING = "authorization_pending"
    SLOW_DOWN = "slow_down"
    DENIED = "access_denied"
    EXPIRED = "expired_token"


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantService:
    """All steps of one exchange but those of a client for itself go on inside `atomically`."""

    clients: ClientRepository
    codes: AuthorizationCodeRepository
    devices: DeviceCodeRepository
    users: UserRepository
    sessions: SessionRepository
    pairs: TokenPairs
    renewals: Renewals
    opaque_tokens: OpaqueTokens
    policy: SessionPolicy
    security_log: SecurityLog
    unit_of_work: UnitOfWork
    clock: Clock

    def atomically(self, action: Callable[[], Outcome]) -> Outcome:
        """Run the action in one unit of work: an error response commits its writes, an exception rolls them back."""
        with self.unit_of_work.atomic():
            return action()

    def find_code(self, secret: str, client: OAuthClient) -> Redemption | None:
        """The code, locked, if it is valid for this client.

        A code that was used before ends the session that it started (RFC 6749 §4.1.2).
        """
        code = self.codes.find_for_update(self.opaque_tokens.hash(secret))
        if code is None or code.client_pk != client.id:
            return None
        if code.used_at is not None:
            self._end_reused(code, client)
        if not code.is_live(at=self.clock.now()):
            return None
        user = self.users.get(code.permission.user_id)
        return Redemption(code=code, user=user) if user.is_active else None

    def redeem_code(self, redemption: Redemption, client: OAuthClient) -> TokenPair:
        """Start the session of the code, and mark the code as used."""
        now, code = self.clock.now(), redemption.code
        session = Session(
            id=code.session_id,
            user_id=code.permission.user_id,
            client_id=client.client_id,
            scopes=code.permission.scopes,
            started_at=now,
            expires_at=now + self.policy.ends_after,
            resource=code.permission.resource,
            authentication=code.authentication,
            claims=code.permission.claims,
        )
        self.sessions.add(session)
        self.codes.save(code.used(at=now))
        self._note(session, GrantType.AUTHORIZATION_CODE)
        return self._tokens(session, redemption.user, client, at=now)

    def find_renewal(self, secret: str, client: OAuthClient) -> Renewal | None:
        """The renewal that the refresh token allows. A reused token ends the session."""
        try:
            return self.renewals.find(secret, client_id=client.client_id, at=self.clock.now())
        except InvalidRefreshToken:
            return None

    def redeem_renewal(self, renewal: Renewal, *, scopes: Collection[str]) -> TokenPair:
        return self.renewals.redeem(renewal, scopes=scopes, at=self.clock.now())

    def find_device(self, secret: str, client: OAuthClient) -> ApprovedDevice | DeviceAnswer | None:
        """The device, locked, if it is this client's and allowed; otherwise the reason, or None if there is none."""
        now = self.clock.now()
        device = self.devices.find_for_update(self.opaque_tokens.hash(secret))
        if device is None or device.client_pk != client.id:
            return None
        if not device.is_live(at=now):
            return DeviceAnswer.EXPIRED
        if device.status is DeviceStatus.PENDING:
            self.devices.save(device.polled(at=now))
            is_too_soon = device.polls_too_soon(at=now)
            return DeviceAnswer.SLOW_DOWN if is_too_soon else DeviceAnswer.PENDING
        if device.status is DeviceStatus.DENIED or device.user_id is None:
            return DeviceAnswer.DENIED
        user = self.users.get(device.user_id)
        return ApprovedDevice(device=device, user=user) if user.is_active else DeviceAnswer.DENIED

    def redeem_device(self, approved: ApprovedDevice, client: OAuthClient) -> TokenPair:
        """Start the session of the device, and remove its code."""
        now, device = self.clock.now(), approved.device
        session = Session(
            id=device.session_id,
            user_id=approved.user.id,
            client_id=client.client_id,
            scopes=device.scopes,
            started_at=now,
            expires_at=now + self.policy.ends_after,
            authentication=device.authentication,
        )
        self.sessions.add(session)
        self.devices.remove(device.hash)
        self._note(session, GrantType.DEVICE_CODE)
        return self._tokens(session, approved.user, client, at=now)

    def redeem_client_credentials(
        self, client: OAuthClient, *, scopes: Collection[str], resource: str
    ) -> TokenPair:
        """An access token for the client itself, without a user (RFC 6749 §4.4)."""
        now = self.clock.now()
        session = Session(
            id=SessionId(uuid4()),
            user_id=None,
            client_id=client.client_id,
            scopes=frozenset(scopes),
            started_at=now,
            expires_at=self._end_of(client, at=now),
            resource=resource,
            org_id=client.org_id,
        )
        self._note_use(client, at=now)
        self.sessions.add(session)
        self._note(session, GrantType.CLIENT_CREDENTIALS)
        return self.pairs.access_only(session, None, at=now)

    def _end_of(self, client: OAuthClient, *, at: datetime) -> datetime:
        """When the access token expires, or the client if that is earlier."""
        ends_at = at + self.pairs.access_tokens.lifetime
        return ends_at if client.expires_at is None else min(ends_at, client.expires_at)

    def _note_use(self, client: OAuthClient, *, at: datetime) -> None:
        """Note the use of an organization's client, so that owners can see which clients are unused."""
        if client.org_id is not None and client.used(at=at) != client:
            self.clients.note_use(client.id, at=at, scope=TenantScope.into(client.org_id))

    def _tokens(
        self, session: Session, user: User, client: OAuthClient, *, at: datetime
    ) -> TokenPair:
        if client.may_use(GrantType.REFRESH_TOKEN):
            return self.pairs.initial(session, user, at=at)
        return self.pairs.access_only(session, user, at=at)

    def _end_reused(self, code: AuthorizationCode, client: OAuthClient) -> None:
        self.security_log.record(
            SecurityEvent.CODE_REUSED,
            user_id=code.permission.user_id,
            client_id=client.client_id,
            session_id=code.session_id,
        )
        end_session_of_reused(code, self.sessions, self.security_log, at=self.clock.now())

    def _note(self, session: Session, grant_type: GrantType) -> None:
        self.security_log.record_session(
            SecurityEvent.TOKENS_ISSUED, session, grant_type=grant_type
        )


def end_session_of_reused(
    code: AuthorizationCode | PreAuthorizedCode,
    sessions: SessionRepository,
    security_log: SecurityLog,
    *,
    at: datetime,
) -> None:
    """End the session that began with a code which was used again: somebody else has it, too (RFC 6749 §4.1.2)."""
    try:
        session = sessions.get_for_update(code.session_id)
    except SessionNotFound:
        return
    because = SessionEnd.CODE_REUSED
    sessions.save(session.ended(at=at, because=because))
    security_log.record_ends(session, because=because)
