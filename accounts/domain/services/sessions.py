"""Signing in, staying signed in, signing out."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from accounts.domain.entities import (
    FIRST_PARTY_CLIENT,
    AccessClaims,
    Principal,
    RefreshToken,
    Scope,
    Session,
    SessionEnd,
    SessionId,
    SessionPolicy,
    SignedIn,
    User,
)
from accounts.domain.errors import (
    InvalidCredentials,
    InvalidRefreshToken,
    InvalidToken,
    RefreshTokenReused,
)
from accounts.domain.ports import AccessTokens, OpaqueTokens, PasswordHasher
from accounts.domain.repositories.protocols import (
    RefreshTokenRepository,
    SessionRepository,
    UserRepository,
)
from accounts.domain.services.accounts import AccountService
from authsvc.kernel.clock import Clock
from authsvc.kernel.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionService:
    accounts: AccountService
    users: UserRepository
    sessions: SessionRepository
    refresh_tokens: RefreshTokenRepository
    passwords: PasswordHasher
    access_tokens: AccessTokens
    opaque_tokens: OpaqueTokens
    policy: SessionPolicy
    unit_of_work: UnitOfWork
    clock: Clock

    def register(self, *, email: str, name: str, password: str) -> SignedIn:
        """Make a learner's account and sign him in. Raises EmailTaken, UnsuitablePassword."""
        with self.unit_of_work.atomic():
            user = self.accounts.register(email=email, name=name, password=password)
            return self._start(user)

    def authenticate(self, *, email: str, password: str) -> User:
        """The active user with this address and password.

        Raises InvalidCredentials; what was wrong shows neither in the answer nor in the time it takes.
        """
        user = self.users.find_by_email(email.lower())
        kept_hash = user.password_hash if user else None
        is_right = self.passwords.verify(password, password_hash=kept_hash)
        if user is None or not is_right or not user.is_active:
            raise InvalidCredentials
        return user

    def log_in(self, *, email: str, password: str) -> SignedIn:
        """Start a session of our own client. Raises InvalidCredentials."""
        user = self.authenticate(email=email, password=password)
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
        """Take the token for a new pair.

        Raises InvalidRefreshToken; or RefreshTokenReused, when the token was taken before, and then its session
        is over for whoever holds a token of it (RFC 9700 §4.14.2).
        """
        now = self.clock.now()
        with self.unit_of_work.atomic():
            token = self.refresh_tokens.find_for_update(self.opaque_tokens.hash(refresh_token))
            if token is None:
                raise InvalidRefreshToken
            session = self.sessions.get_for_update(token.session_id)
            if token.used_at is None:
                return self._renew(session, token, at=now)
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
        return self._hand_out_tokens(session, user, at=now)

    def _renew(self, session: Session, token: RefreshToken, *, at: datetime) -> SignedIn:
        user = self.users.get(session.user_id)
        if not (session.is_live(at=at) and at < token.expires_at and user.is_active):
            raise InvalidRefreshToken
        self.refresh_tokens.save(replace(token, used_at=at))
        return self._hand_out_tokens(session, user, at=at)

    def _hand_out_tokens(self, session: Session, user: User, *, at: datetime) -> SignedIn:
        refresh_token = self.opaque_tokens.new()
        self.refresh_tokens.add(
            RefreshToken(
                hash=self.opaque_tokens.hash(refresh_token),
                session_id=session.id,
                issued_at=at,
                expires_at=min(at + self.policy.refresh_within, session.expires_at),
            )
        )
        claims = AccessClaims(
            user_id=user.id,
            session_id=session.id,
            client_id=session.client_id,
            scopes=session.scopes,
        )
        return SignedIn(
            user=user,
            access_token=self.access_tokens.issue(claims, roles=user.roles, at=at),
            refresh_token=refresh_token,
            expires_in_seconds=int(self.access_tokens.lifetime.total_seconds()),
        )
