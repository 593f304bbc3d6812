"""Signing in, staying signed in, signing out."""

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
from accounts.domain.identity.services.security_log import Audit
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
    security_log: Audit
    passwords: PasswordHasher
    policy: SessionPolicy
    unit_of_work: UnitOfWork
    clock: Clock

    def register(
        self, *, email: str, name: str, password: str, address: str | None = None
    ) -> SignedIn:
        """Make a learner's account and sign him in. Raises EmailTaken, UnsuitablePassword."""
        user = self.accounts.newcomer(email=email, name=name, password=password)
        with self.unit_of_work.atomic():
            self.users.add(user)
            self.limits.save_known_address(user.email, address=address)
            self.security_log.note(SecurityEvent.REGISTERED, user_id=user.id)
            return self._start(user)

    def authenticate(self, *, email: str, password: str, address: str | None = None) -> User:
        """The active user with this e-mail address and password; *address* is where on the net he asks from.

        Raises InvalidCredentials, and TooManyAttempts when that was guessed wrong too often; what is wrong shows
        neither in the answer nor in the time it takes.
        """
        account = email.lower()
        try:
            with self.limits.guess(account, address=address):
                user = self.users.find_by_email(account)
                kept_hash = user.password_hash if user else None
                is_right = self.passwords.verify(password, password_hash=kept_hash)
                if user is None or not is_right or not user.is_active:
                    self._note_failure(account, user, is_right=is_right)
                    raise InvalidCredentials
        except TooManyAttempts:
            self.security_log.note_failure_of(account, SignInFailure.TOO_MANY_ATTEMPTS)
            raise
        return user

    def authenticate_and_rehash(
        self, *, email: str, password: str, address: str | None = None
    ) -> User:
        """Like authenticate; and his password is kept under a hash of today's strength from now on."""
        user = self.authenticate(email=email, password=password, address=address)
        if not self.passwords.is_outdated(user.password_hash):
            return user
        new_hash = self.passwords.hash(password)
        with self._locked_unchanged(user, password) as kept:
            user = replace(kept, password_hash=new_hash)
            self.users.save(user)
        return user

    def log_in(self, *, email: str, password: str, address: str | None = None) -> SignedIn:
        """Start a session of our own client. Raises InvalidCredentials, TooManyAttempts."""
        user = self.authenticate(email=email, password=password, address=address)
        new_hash = user.password_hash
        if self.passwords.is_outdated(user.password_hash):
            new_hash = self.passwords.hash(password)
        with self._locked_unchanged(user, password) as kept:
            user = kept
            if new_hash != user.password_hash:
                user = replace(user, password_hash=new_hash)
                self.users.save(user)
            return self._start(user)

    def refresh(self, refresh_token: str) -> SignedIn:
        """Take the token for a new pair; once more within a moment for the same pair, if that is unused.

        Raises InvalidRefreshToken; or RefreshTokenReused, when the token was taken before that, and then its session
        is over for whoever holds a token of it (RFC 9700 §4.14.2).
        """
        now = self.clock.now()
        with self.unit_of_work.atomic():
            renewal = self.renewals.find(refresh_token, client_id=FIRST_PARTY_CLIENT, at=now)
            if renewal is not None:
                tokens = self.renewals.take(renewal, at=now)
                return SignedIn(user=renewal.user, tokens=tokens)
        raise RefreshTokenReused

    def log_out(self, by: Principal) -> None:
        """End the session of the asker's token."""
        if by.session_id is None:
            raise InvalidToken
        with self.unit_of_work.atomic():
            session = self.sessions.get_for_update(by.session_id)
            self.sessions.save(session.ended(at=self.clock.now(), because=SessionEnd.LOGGED_OUT))
            self.security_log.note_session(SecurityEvent.LOGGED_OUT, session)
            self.security_log.note_end(session, because=SessionEnd.LOGGED_OUT)

    def sessions_of(self, by: Principal) -> list[OwnSession]:
        """The asker's sessions that are not over, that started last first."""
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
        """Honour no token of this session of the asker's any more. Raises SessionNotFound."""
        user_id, now = by.person, self.clock.now()
        with self.unit_of_work.atomic():
            session = self.sessions.get_for_update(session_id)
            if session.user_id != user_id or not session.is_live(at=now):
                raise SessionNotFound
            self.sessions.save(session.ended(at=now, because=SessionEnd.REVOKED))
            self.security_log.note_end(session, because=SessionEnd.REVOKED)

    def remove_expired(self) -> int:
        """Forget sessions that are past their absolute end; answer how many."""
        with self.unit_of_work.atomic():
            return self.sessions.remove_expired(before=self.clock.now())

    def _note_failure(self, account: str, user: User | None, *, is_right: bool) -> None:
        if user is None:
            self.security_log.note_failure_of(account, SignInFailure.UNKNOWN_ACCOUNT)
        else:
            reason = SignInFailure.INACTIVE if is_right else SignInFailure.WRONG_PASSWORD
            self.security_log.note_failure(user, reason)

    @contextmanager
    def _locked_unchanged(self, user: User, password: str) -> Iterator[User]:
        """A unit of work with the user locked.

        Who lost the password or was deactivated meanwhile must not get a session after that.
        """
        try:
            with self.unit_of_work.atomic():
                kept = self.users.get_for_update(user.id)
                self._require_same(kept, user, password)
                yield kept
        except InvalidCredentials:
            self.security_log.note_failure(user, SignInFailure.CHANGED_MEANWHILE)
            raise

    def _require_same(self, kept: User, user: User, password: str) -> None:
        is_same = kept.password_hash == user.password_hash
        if not kept.is_active or not (
            is_same or self.passwords.verify(password, password_hash=kept.password_hash)
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
        self.security_log.note_session(SecurityEvent.SIGNED_IN, session)
        return SignedIn(user=user, tokens=self.pairs.first(session, user, at=now))
