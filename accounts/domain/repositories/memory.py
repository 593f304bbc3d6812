"""Accounts in dicts."""

from collections.abc import MutableMapping
from dataclasses import dataclass, field
from datetime import datetime

from accounts.domain.entities import (
    LedgerEntry,
    RefreshToken,
    Session,
    SessionEnd,
    SessionId,
    SessionState,
    User,
    UserId,
)
from accounts.domain.errors import EmailTaken, SessionNotFound, UserNotFound
from authsvc.kernel.pages import Page, PageRequest, moment_and_id_in, page_of


@dataclass(frozen=True, slots=True)
class InMemoryUserRepository:
    store: MutableMapping[UserId, User] = field(default_factory=dict)

    def add(self, user: User) -> None:
        if self.find_by_email(user.email):
            raise EmailTaken
        self.store[user.id] = user

    def get(self, user_id: UserId) -> User:
        try:
            return self.store[user_id]
        except KeyError:
            raise UserNotFound from None

    def find_by_email(self, email: str) -> User | None:
        return next((user for user in self.store.values() if user.email == email), None)

    def get_for_update(self, user_id: UserId) -> User:
        return self.get(user_id)

    def save(self, user: User) -> None:
        self.get(user.id)
        self.store[user.id] = user

    def page_of(self, request: PageRequest) -> Page[User]:
        found = sorted(self.store.values(), key=_age)
        if request.cursor is not None:
            after = moment_and_id_in(request.cursor)
            found = [user for user in found if _age(user) > after]
        return page_of(found, request, key=_age)


@dataclass(frozen=True, slots=True)
class InMemorySessionRepository:
    users: InMemoryUserRepository
    refresh_tokens: "InMemoryRefreshTokenRepository"
    store: MutableMapping[SessionId, Session] = field(default_factory=dict)

    def add(self, session: Session) -> None:
        self.store[session.id] = session

    def state_of(self, session_id: SessionId) -> SessionState | None:
        session = self.store.get(session_id)
        if session is None:
            return None
        user = None if session.user_id is None else self.users.get(session.user_id)
        return SessionState(
            user_id=session.user_id,
            ended_at=session.ended_at,
            expires_at=session.expires_at,
            is_user_active=user is None or user.is_active,
            roles=user.roles if user else (),
        )

    def get_for_update(self, session_id: SessionId) -> Session:
        try:
            return self.store[session_id]
        except KeyError:
            raise SessionNotFound from None

    def save(self, session: Session) -> None:
        self.store[session.id] = session

    def end_all_of(self, user_id: UserId, *, at: datetime, because: SessionEnd) -> None:
        for session in list(self.store.values()):
            if session.user_id == user_id:
                self.store[session.id] = session.ended(at=at, because=because)

    def remove_expired(self, *, before: datetime) -> int:
        gone = {session.id for session in self.store.values() if session.expires_at < before}
        for session_id in gone:
            del self.store[session_id]
        for token in list(self.refresh_tokens.store.values()):
            if token.session_id in gone:
                del self.refresh_tokens.store[token.hash]
        return len(gone)


@dataclass(frozen=True, slots=True)
class InMemoryRefreshTokenRepository:
    store: MutableMapping[str, RefreshToken] = field(default_factory=dict)

    def add(self, token: RefreshToken) -> None:
        self.store[token.hash] = token

    def find(self, token_hash: str) -> RefreshToken | None:
        return self.store.get(token_hash)

    def find_for_update(self, token_hash: str) -> RefreshToken | None:
        return self.find(token_hash)

    def save(self, token: RefreshToken) -> None:
        self.store[token.hash] = token


@dataclass(frozen=True, slots=True)
class InMemoryLedgerRepository:
    store: MutableMapping[str, LedgerEntry] = field(default_factory=dict)

    def claim(self, entry_id: str, *, since: datetime) -> LedgerEntry | None:
        entry = self.store.get(entry_id)
        return entry if entry is not None and entry.kept_at >= since else None

    def keep(self, entry: LedgerEntry) -> None:
        self.store[entry.id] = entry

    def remove(self, *, before: datetime) -> int:
        gone = [entry.id for entry in self.store.values() if entry.kept_at < before]
        for entry_id in gone:
            del self.store[entry_id]
        return len(gone)


def _age(user: User) -> tuple[datetime, UserId]:
    return user.created_at, user.id
