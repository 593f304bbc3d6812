"""Signing in, staying signed in, signing out."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from accounts.domain.entities import (
    FIRST_PARTY_CLIENT,
    Principal,
    RefreshToken,
    Scope,
    Session,
    SessionEnd,
    SessionId,
    SessionPolicy,
    SignedIn,
    TokenPair,
    User,
)
from accounts.domain.errors import (
    InvalidCredentials,
    InvalidRefreshToken,
    InvalidToken,
    RefreshTokenReused,
)
from accounts.domain.ports import OpaqueTokens, PasswordHasher
from accounts.domain.repositories.protocols import (
    RefreshTokenRepository,
    SessionRepository,
    UserRepository,
)
from accounts.domain.services.accounts import AccountService
from accounts.domain.services.limits import LimitService
from accounts.domain.services.pairs import TokenPairs
from authsvc.kernel.clock import Clock
from authsvc.kernel.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionService:
    accounts: AccountService
    users: UserRepository
    sessions: SessionRepository
    refresh_tokens: RefreshTokenRepository
    pairs: TokenPairs
    limits: LimitService
    passwords: PasswordHasher
    opaque_tokens: OpaqueTokens
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
            self.limits.remember(user.email, address=address)
            return self._start(user)

    def authenticate(self, *, email: str, password: str, address: str | None = None) -> User:
        """The active user with this e-mail address and password; *address* is where on the net he asks from.

        Raises InvalidCredentials, and TooManyAttempts when that was guessed wrong too often; what is wrong shows
        neither in the answer nor in the time it takes.
        """
        account = email.lower()
        with self.limits.guess(account, address=address):
            user = self.users.find_by_email(account)
            kept_hash = user.password_hash if user else None
            is_right = self.passwords.verify(password, password_hash=kept_hash)
            if user is None or not is_right or not user.is_active:
                raise InvalidCredentials
        return user

    def recognise(self, *, email: str, password: str, address: str | None = None) -> User:
        """Like authenticate; and his password is kept under a hash of today's strength from now on."""
        user = self.authenticate(email=email, password=password, address=address)
        if not self.passwords.is_outdated(user.password_hash):
            return user
        new_hash = self.passwords.hash(password)
        with self.unit_of_work.atomic():
            user = replace(self._still_himself(user, password), password_hash=new_hash)
            self.users.save(user)
        return user

    def log_in(self, *, email: str, password: str, address: str | None = None) -> SignedIn:
        """Start a session of our own client. Raises InvalidCredentials, TooManyAttempts."""
        user = self.authenticate(email=email, password=password, address=address)
        new_hash = user.password_hash
        if self.passwords.is_outdated(user.password_hash):
            new_hash = self.passwords.hash(password)
        with self.unit_of_work.atomic():
            user = self._still_himself(user, password)
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
            token = self.refresh_tokens.find_for_update(self.opaque_tokens.hash(refresh_token))
            if token is None:
                raise InvalidRefreshToken
            session = self.sessions.get_for_update(token.session_id)
            if session.user_id is None:
                raise InvalidRefreshToken
            user = self.users.get(session.user_id)
            if pair := self._pair_for(token, refresh_token, session, user, at=now):
                return SignedIn(user=user, tokens=pair)
            self.sessions.save(session.ended(at=now, because=SessionEnd.TOKEN_REUSED))
        raise RefreshTokenReused

    def log_out(self, by: Principal) -> None:
        """End the session of the asker's token."""
        if by.session_id is None:
            raise InvalidToken
        with self.unit_of_work.atomic():
            session = self.sessions.get_for_update(by.session_id)
            self.sessions.save(session.ended(at=self.clock.now(), because=SessionEnd.LOGGED_OUT))

    def remove_expired(self) -> int:
        """Forget sessions that are past their absolute end; answer how many."""
        with self.unit_of_work.atomic():
            return self.sessions.remove_expired(before=self.clock.now())

    def _still_himself(self, user: User, password: str) -> User:
        """The user, locked: who lost the password or was deactivated meanwhile must not get a session after that."""
        kept = self.users.get_for_update(user.id)
        is_same = kept.password_hash == user.password_hash
        if not kept.is_active or not (
            is_same or self.passwords.verify(password, password_hash=kept.password_hash)
        ):
            raise InvalidCredentials
        return kept

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
        return SignedIn(user=user, tokens=self.pairs.first(session, user, at=now))

    def _pair_for(
        self, token: RefreshToken, secret: str, session: Session, user: User, *, at: datetime
    ) -> TokenPair | None:
        """What the token is taken for; nothing if it was taken before. Raises InvalidRefreshToken."""
        is_honoured = session.is_live(at=at) and user.is_active
        if token.used_at is not None:
            return self.pairs.repeated(token, secret, session, user, at=at) if is_honoured else None
        if not is_honoured or at >= token.expires_at:
            raise InvalidRefreshToken
        return self.pairs.following(token, secret, session, user, at=at)
