"""Session service: sign in, refresh, list and end sessions, sign out."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from uuid import uuid4

from accounts.domain.access import Principal, Scope, SessionId
from accounts.domain.identity.entities.security_log import SecurityEvent, SignInFailure
from accounts.domain.identity.entities.sessions import (
    FIRST_PARTY_CLIENT,
    OwnSession,
    Session,
    SessionEnd,
    SessionPolicy,
)
from accounts.domain.identity.entities.tokens import SignedIn
from accounts.domain.identity.entities.users import User
from accounts.domain.identity.errors import (
    InvalidCredentials,
    InvalidToken,
    RefreshTokenReused,
    SessionNotFound,
)
from accounts.domain.identity.ports import ClientNames, PasswordHasher
from accounts.domain.identity.repositories.protocols import SessionRepository, UserRepository
from accounts.domain.identity.services.accounts import AccountService
from accounts.domain.identity.services.login_attempts import LoginAttempts
from accounts.domain.identity.services.security_log import SecurityLog
from accounts.domain.identity.services.tokens import Renewals, TokenPairs
from authsvc.kernel.clock import Clock
from authsvc.kernel.rate_limits import TooManyAttempts
from authsvc.kernel.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionService:
    accounts: AccountService
    users: UserRepository
    sessions: SessionRepository
    clients: ClientNames
    pairs: TokenPairs
    limits: LoginAttempts
    renewals: Renewals
    security_log: SecurityLog
    passwords: PasswordHasher
    policy: SessionPolicy
    unit_of_work: UnitOfWork
    clock: Clock

    def register(
        self, *, email: str, name: str, password: str, client_ip: str | None = None
    ) -> SignedIn:
        """Create a learner's account and sign them in. Raises EmailTaken, UnsuitablePassword."""
        user = self.accounts.new_user(email=email, name=name, password=password)
        with self.unit_of_work.atomic():
            self.users.add(user)
            self.limits.save_known_address(user.email, client_ip=client_ip)
            self.security_log.record(SecurityEvent.REGISTERED, user_id=user.id)
            return self._start(user)

    def authenticate(self, *, email: str, password: str, client_ip: str | None = None) -> User:
        """The active user with this e-mail address and password.

        Raises InvalidCredentials, and TooManyAttempts after too many failed attempts. Neither the answer nor its
        timing reveals whether the account exists.
        """
        account = email.lower()
        try:
            with self.limits.attempt(account, client_ip=client_ip):
                user = self.users.find_by_email(account)
                password_hash = user.password_hash if user else None
                is_right = self.passwords.verify(password, password_hash=password_hash)
                if user is None or not is_right or not user.is_active:
                    self._record_failure(account, user, is_right=is_right)
                    raise InvalidCredentials
        except TooManyAttempts:
            self.security_log.record_failure_for(account, SignInFailure.TOO_MANY_ATTEMPTS)
            raise
        return user

    def authenticate_and_rehash(
        self, *, email: str, password: str, client_ip: str | None = None
    ) -> User:
        """Like authenticate, and replace a password hash whose parameters are outdated."""
        user = self.authenticate(email=email, password=password, client_ip=client_ip)
        if not self.passwords.is_outdated(user.password_hash):
            return user
        new_hash = self.passwords.hash(password)
        with self._locked_unchanged(user, password) as locked:
            user = replace(locked, password_hash=new_hash)
            self.users.save(user)
        return user

    def log_in(self, *, email: str, password: str, client_ip: str | None = None) -> SignedIn:
        """Start a session of the first-party client. Raises InvalidCredentials, TooManyAttempts."""
        user = self.authenticate(email=email, password=password, client_ip=client_ip)
        new_hash = user.password_hash
        if self.passwords.is_outdated(user.password_hash):
            new_hash = self.passwords.hash(password)
        with self._locked_unchanged(user, password) as locked:
            user = locked
            if new_hash != user.password_hash:
                user = replace(user, password_hash=new_hash)
                self.users.save(user)
            return self._start(user)

    def refresh(self, refresh_token: str) -> SignedIn:
        """Redeem the token for a new pair. Within the grace period the same pair is returned again, while it is unused.

        Raises InvalidRefreshToken; or RefreshTokenReused on any other reuse, which ends the session and with it all
        its tokens (RFC 9700 §4.14.2).
        """
        now = self.clock.now()
        with self.unit_of_work.atomic():
            renewal = self.renewals.find(refresh_token, client_id=FIRST_PARTY_CLIENT, at=now)
            if renewal is not None:
                tokens = self.renewals.redeem(renewal, at=now)
                return SignedIn(user=renewal.user, tokens=tokens)
        raise RefreshTokenReused

    def log_out(self, by: Principal) -> None:
        """End the session of the caller's token."""
        if by.session_id is None:
            raise InvalidToken
        with self.unit_of_work.atomic():
            session = self.sessions.get_for_update(by.session_id)
            self.sessions.save(session.ended(at=self.clock.now(), because=SessionEnd.LOGGED_OUT))
            self.security_log.record_session(SecurityEvent.LOGGED_OUT, session)
            self.security_log.record_end(session, because=SessionEnd.LOGGED_OUT)

    def sessions_of(self, by: Principal) -> list[OwnSession]:
        """The caller's live sessions, newest first."""
        live = self.sessions.live_of(by.person, at=self.clock.now())
        names = self.clients.names_of({session.client_id for session in live})
        return [
            OwnSession(
                session=session,
                client_name=names.get(session.client_id),
                is_current=session.id == by.session_id,
            )
            for session in live
        ]

    def end(self, session_id: SessionId, *, by: Principal) -> None:
        """End a session of the caller and revoke its tokens. Raises SessionNotFound."""
        user_id, now = by.person, self.clock.now()
        with self.unit_of_work.atomic():
            session = self.sessions.get_for_update(session_id)
            if session.user_id != user_id or not session.is_live(at=now):
                raise SessionNotFound
            self.sessions.save(session.ended(at=now, because=SessionEnd.REVOKED))
            self.security_log.record_end(session, because=SessionEnd.REVOKED)

    def remove_expired(self) -> int:
        """Delete sessions past their absolute expiry; return how many."""
        with self.unit_of_work.atomic():
            return self.sessions.remove_expired(before=self.clock.now())

    def _record_failure(self, account: str, user: User | None, *, is_right: bool) -> None:
        if user is None:
            self.security_log.record_failure_for(account, SignInFailure.UNKNOWN_ACCOUNT)
        else:
            reason = SignInFailure.INACTIVE if is_right else SignInFailure.WRONG_PASSWORD
            self.security_log.record_failure(user, reason)

    @contextmanager
    def _locked_unchanged(self, user: User, password: str) -> Iterator[User]:
        """A unit of work with the user locked.

        A user who was deactivated or whose password changed meanwhile must not get a session.
        """
        try:
            with self.unit_of_work.atomic():
                locked = self.users.get_for_update(user.id)
                self._require_same(locked, user, password)
                yield locked
        except InvalidCredentials:
            self.security_log.record_failure(user, SignInFailure.CHANGED_MEANWHILE)
            raise

    def _require_same(self, locked: User, user: User, password: str) -> None:
        is_same = locked.password_hash == user.password_hash
        if not locked.is_active or not (
            is_same or self.passwords.verify(password, password_hash=locked.password_hash)
        ):
            raise InvalidCredentials

    def _start(self, user: User) -> SignedIn:
        now = self.clock.now()
        session = Session(
            id=SessionId(uuid4()),
            user_id=user.id,
            client_id=FIRST_PARTY_CLIENT,
            scopes=frozenset(Scope),
            started_at=now,
            expires_at=now + self.policy.ends_after,
        )
        self.sessions.add(session)
        self.security_log.record_session(SecurityEvent.SIGNED_IN, session)
        return SignedIn(user=user, tokens=self.pairs.initial(session, user, at=now))
