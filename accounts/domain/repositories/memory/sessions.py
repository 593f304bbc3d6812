"""Sessions and their refresh tokens in dicts."""

from collections.abc import MutableMapping
from dataclasses import dataclass, field
from datetime import datetime

from accounts.domain.entities import (
    RefreshToken,
    Session,
    SessionEnd,
    SessionId,
    SessionState,
    UserId,
)
from accounts.domain.errors import SessionNotFound
from accounts.domain.repositories.memory.users import InMemoryUserRepository


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
