"""Pre-authorized codes of wallets (OpenID for Verifiable Credential Issuance 1.0, §3.5, §6)."""

import hmac
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from secrets import randbelow
from typing import Final
from uuid import UUID, uuid4

from accounts.domain.access import (
    PRE_AUTHORIZED_CODE,
    Principal,
    SessionId,
    scope_of_credential,
)
from accounts.domain.identity.entities.security_log import SecurityEvent
from accounts.domain.identity.entities.sessions import WALLET, Session
from accounts.domain.identity.entities.tokens import TokenPair
from accounts.domain.identity.ports import OpaqueTokens
from accounts.domain.identity.repositories.protocols import SessionRepository, UserRepository
from accounts.domain.identity.services.security_log import SecurityLog
from accounts.domain.identity.services.tokens import TokenPairs
from accounts.domain.oauth.entities.authorizations import PreAuthorizedCode
from accounts.domain.oauth.repositories.protocols import PreAuthorizedCodeRepository
from accounts.domain.oauth.services.grants import end_session_of_reused
from authsvc.kernel.clock import Clock
from authsvc.kernel.unit_of_work import UnitOfWork

PRE_AUTHORIZED_CODE_LIVES: Final = timedelta(minutes=10)
WALLET_SESSION_LIVES: Final = timedelta(minutes=5)
"""The time that a wallet has to collect the credential, once it has redeemed the code."""
PIN_DIGITS: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedCode:
    """A new code and its PIN, which are shown once."""

    code: str = field(repr=False)
    pin: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionToken:
    """The access token with which a wallet collects one credential, and nothing else."""

    tokens: TokenPair
    credential_id: UUID
    configuration_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PreAuthorizedCodeService:
    """Issues codes to users who are signed in, and redeems them for whoever has the PIN, too."""

    codes: PreAuthorizedCodeRepository
    users: UserRepository
    sessions: SessionRepository
    pairs: TokenPairs
    opaque_tokens: OpaqueTokens
    security_log: SecurityLog
    unit_of_work: UnitOfWork
    clock: Clock

    def issue(self, credential_id: UUID, *, configuration_id: str, by: Principal) -> IssuedCode:
        """A code for this credential of the caller, in place of an earlier one that was not used.

        The caller of the service has verified that the credential is theirs. Raises Impersonating, PersonNeeded.
        """
        by.require_in_person()
        secret, pin = self.opaque_tokens.new(), f"{randbelow(10**PIN_DIGITS):0{PIN_DIGITS}}"
        code = PreAuthorizedCode(
            hash=self.opaque_tokens.hash(secret),
            pin_hash=self._pin_hash(secret, pin),
            user_id=by.person,
            credential_id=credential_id,
            configuration_id=configuration_id,
            session_id=SessionId(uuid4()),
            expires_at=self.clock.now() + PRE_AUTHORIZED_CODE_LIVES,
        )
        with self.unit_of_work.atomic():
            self.codes.remove_pending(by.person, credential_id)
            self.codes.add(code)
        return IssuedCode(code=secret, pin=pin, expires_at=code.expires_at)

    def find(self, secret: str) -> PreAuthorizedCode | None:
        """The code, if it can be redeemed now."""
        code = self.codes.find(self.opaque_tokens.hash(secret))
        return code if code is not None and code.is_live(at=self.clock.now()) else None

    def redeem(self, secret: str, pin: str) -> CollectionToken | None:
        """An access token for the code, once; None if the code or the PIN is not right, or the user is deactivated.

        A wrong PIN is counted, and the last one that is allowed ends the code. If a used code comes again with its PIN,
        somebody else has both, and the session of the first ends (RFC 6749 §4.1.2).
        """
        now = self.clock.now()
        with self.unit_of_work.atomic():
            code = self.codes.find_for_update(self.opaque_tokens.hash(secret))
            if code is None or not (code.is_live(at=now) or code.used_at is not None):
                return None
            if not hmac.compare_digest(code.pin_hash, self._pin_hash(secret, pin)):
                self._count_mistake(code)
                return None
            if code.used_at is not None:
                self._end_reused(code)
                return None
            return self._redeemed(code, at=now)

    def remove_expired(self) -> int:
        """Delete expired codes. Return how many."""
        with self.unit_of_work.atomic():
            return self.codes.remove_expired(before=self.clock.now() - PRE_AUTHORIZED_CODE_LIVES)

    def _redeemed(self, code: PreAuthorizedCode, *, at: datetime) -> CollectionToken | None:
        user = self.users.get(code.user_id)
        if not user.is_active:
            return None
        session = Session(
            id=code.session_id,
            user_id=user.id,
            client_id=WALLET,
            scopes=frozenset({scope_of_credential(code.credential_id)}),
            started_at=at,
            expires_at=at + WALLET_SESSION_LIVES,
        )
        self.sessions.add(session)
        self.codes.save(code.used(at=at))
        self.security_log.record_session(
            SecurityEvent.TOKENS_ISSUED, session, grant_type=PRE_AUTHORIZED_CODE
        )
        tokens = self.pairs.access_only(session, user, at=at)
        lives = min(tokens.expires_in_seconds, int(WALLET_SESSION_LIVES.total_seconds()))
        return CollectionToken(
            tokens=replace(tokens, expires_in_seconds=lives),
            credential_id=code.credential_id,
            configuration_id=code.configuration_id,
        )

    def _count_mistake(self, code: PreAuthorizedCode) -> None:
        if code.used_at is None:
            self.codes.save(code.mistaken())
        self.security_log.record(
            SecurityEvent.WRONG_PIN,
            user_id=code.user_id,
            client_id=WALLET,
            session_id=code.session_id,
        )

    def _end_reused(self, code: PreAuthorizedCode) -> None:
        self.security_log.record(
            SecurityEvent.CODE_REUSED,
            user_id=code.user_id,
            client_id=WALLET,
            session_id=code.session_id,
        )
        end_session_of_reused(code, self.sessions, self.security_log, at=self.clock.now())

    def _pin_hash(self, secret: str, pin: str) -> str:
        """Keyed, and with the code in it, so that equal PINs have different hashes."""
        return self.opaque_tokens.hash(f"{secret} {pin}")
