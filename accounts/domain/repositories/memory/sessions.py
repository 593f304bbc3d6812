"""Sessions and their refresh tokens in dicts."""

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import datetime

from accounts.domain.entities import (
    Organization,
    OrganizationId,
    OrgMembership,
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
    organizations: Mapping[OrganizationId, Organization] = field(default_factory=dict)
    memberships: Mapping[tuple[OrganizationId, UserId], OrgMembership] = field(default_factory=dict)
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
            memberships={
                each.org_id: each.role
                for each in self.memberships.values()
                if each.user_id == session.user_id and self.organizations[each.org_id].is_open
            },
            org_id=session.org_id,
            is_org_open=session.org_id is None or self.organizations[session.org_id].is_open,
        )

    def get_for_update(self, session_id: SessionId) -> Session:
        try:
            return self.store[session_id]
        except KeyError:
            raise SessionNotFound from None

    def save(self, session: Session) -> None:
        self.store[session.id] = session

    def live_of(self, user_id: UserId, *, at: datetime) -> list[Session]:
        mine = [each for each in self._live(at) if each.user_id == user_id]
        return sorted(sorted(mine, key=_id), key=_start, reverse=True)

    def live_in_browser(self, browser_id: SessionId, *, at: datetime) -> list[Session]:
        return sorted((each for each in self._live(at) if _browser_of(each) == browser_id), key=_id)

    def end_all_of(self, user_id: UserId, *, at: datetime, because: SessionEnd) -> None:
        for session in list(self.store.values()):
            if session.user_id == user_id:
                self.store[session.id] = session.ended(at=at, because=because)

    def end_all_between(
        self, user_id: UserId, client_id: str, *, at: datetime, because: SessionEnd
    ) -> None:
        for session in list(self.store.values()):
            if (session.user_id, session.client_id) == (user_id, client_id):
                self.store[session.id] = session.ended(at=at, because=because)

    def end_all_of_client(self, client_id: str, *, at: datetime, because: SessionEnd) -> None:
        for session in list(self.store.values()):
            if session.client_id == client_id:
                self.store[session.id] = session.ended(at=at, because=because)

    def remove_expired(self, *, before: datetime) -> int:
        gone = {session.id for session in self.store.values() if session.expires_at < before}
        for session_id in gone:
            del self.store[session_id]
        for token in list(self.refresh_tokens.store.values()):
            if token.session_id in gone:
                del self.refresh_tokens.store[token.hash]
        return len(gone)

    def _live(self, at: datetime) -> list[Session]:
        return [session for session in self.store.values() if session.is_live(at=at)]


@dataclass(frozen=True, slots=True)
class InMemoryRefreshTokenRepository:
    store: MutableMapping[str, RefreshToken] = field(default_factory=dict)
    sessions: MutableMapping[SessionId, Session] = field(default_factory=dict)

    def add(self, token: RefreshToken) -> None:
        self.store[token.hash] = token

    def find(self, token_hash: str) -> RefreshToken | None:
        return self.store.get(token_hash)

    def find_with_session(self, token_hash: str) -> tuple[RefreshToken, Session] | None:
        token = self.find(token_hash)
        return (token, self.sessions[token.session_id]) if token else None

    def find_for_update(self, token_hash: str) -> RefreshToken | None:
        return self.find(token_hash)

    def save(self, token: RefreshToken) -> None:
        self.store[token.hash] = token


def _id(session: Session) -> SessionId:
    return session.id


def _start(session: Session) -> datetime:
    return session.started_at


def _browser_of(session: Session) -> SessionId | None:
    return session.authentication.browser_id if session.authentication else None
