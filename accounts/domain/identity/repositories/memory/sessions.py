"""In-memory repositories of sessions and what belongs to them."""

from collections import Counter
from collections.abc import Collection, Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

from accounts.domain.access import OrganizationId, OrgRole, SessionId, UserId
from accounts.domain.identity.entities.browsers import BrowserSession
from accounts.domain.identity.entities.second_factors import (
    FactorMethod,
    PasskeyRequest,
    SignInChallenge,
)
from accounts.domain.identity.entities.sessions import (
    RefreshToken,
    Session,
    SessionEnd,
    SessionState,
)
from accounts.domain.identity.errors import SessionNotFound
from accounts.domain.identity.repositories.memory.users import InMemoryUserRepository
from accounts.domain.identity.repositories.protocols import SESSIONS
from authsvc.kernel.memory import remove_where
from authsvc.kernel.paging import Page, PageRequest, page_in_memory


class OpenMemberships(Protocol):
    """Memberships in active organizations. The organizations feature implements it."""

    def open_roles_of(self, user_id: UserId) -> Mapping[OrganizationId, OrgRole]: ...

    def is_open(self, org_id: OrganizationId) -> bool: ...


@dataclass(frozen=True, slots=True)
class InMemorySessionRepository:
    users: InMemoryUserRepository
    refresh_tokens: "InMemoryRefreshTokenRepository"
    memberships: OpenMemberships
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
            memberships=self.memberships.open_roles_of(user.id) if user else {},
            org_id=session.org_id,
            is_org_open=session.org_id is None or self.memberships.is_open(session.org_id),
            claims=session.claims,
        )

    def get_for_update(self, session_id: SessionId) -> Session:
        try:
            return self.store[session_id]
        except KeyError:
            raise SessionNotFound from None

    def save(self, session: Session) -> None:
        self.store[session.id] = session

    def page_for_user(
        self, user_id: UserId, request: PageRequest, *, at: datetime
    ) -> Page[Session]:
        live = [session for session in self._live(at) if session.user_id == user_id]
        return page_in_memory(live, request, SESSIONS)

    def live_in_browser(self, browser_id: SessionId, *, at: datetime) -> list[Session]:
        live = [session for session in self._live(at) if _browser_of(session) == browser_id]
        return sorted(live, key=_id)

    def end_all_of(self, user_id: UserId, *, at: datetime, because: SessionEnd) -> int:
        live = [session for session in self._live(at) if session.user_id == user_id]
        for session in live:
            self.store[session.id] = session.ended(at=at, because=because)
        return len(live)

    def end_all_of_users(self, *, at: datetime, because: SessionEnd) -> dict[UserId, int]:
        live = [(session, user_id) for session in self._live(at) if (user_id := session.user_id)]
        for session, _ in live:
            self.store[session.id] = session.ended(at=at, because=because)
        return dict(Counter(user_id for _, user_id in live))

    def last_used(self, session_ids: Collection[SessionId]) -> dict[SessionId, datetime]:
        used: dict[SessionId, datetime] = {}
        for token in self.refresh_tokens.store.values():
            if token.session_id in session_ids:
                at = used.get(token.session_id, token.issued_at)
                used[token.session_id] = max(at, token.issued_at)
        return used

    def end_all_between(
        self, user_id: UserId, client_id: str, *, at: datetime, because: SessionEnd
    ) -> None:
        for session in list(self.store.values()):
            if (session.user_id, session.client_id) == (user_id, client_id):
                self.store[session.id] = session.ended(at=at, because=because)

    def end_all_of_client(
        self, client_id: str, *, at: datetime, because: SessionEnd, of_users: bool
    ) -> None:
        for session in list(self.store.values()):
            if session.client_id == client_id and (of_users or session.user_id is None):
                self.store[session.id] = session.ended(at=at, because=because)

    def expire_own_of_client(self, client_id: str, *, at: datetime) -> None:
        for session in list(self.store.values()):
            if (session.user_id, session.client_id) == (None, client_id):
                expires_at = min(session.expires_at, at)
                self.store[session.id] = replace(session, expires_at=expires_at)

    def remove_expired(self, *, before: datetime) -> int:
        expired = {session.id for session in self.store.values() if session.expires_at < before}
        for session_id in expired:
            del self.store[session_id]
        for token in list(self.refresh_tokens.store.values()):
            if token.session_id in expired:
                del self.refresh_tokens.store[token.hash]
        return len(expired)

    def _live(self, at: datetime) -> list[Session]:
        return [session for session in self.store.values() if session.is_live(at=at)]


@dataclass(frozen=True, slots=True)
class InMemorySignInChallengeRepository:
    store: MutableMapping[str, SignInChallenge] = field(default_factory=dict)

    def add(self, challenge: SignInChallenge) -> None:
        self.store[challenge.hash] = challenge

    def find(self, challenge_hash: str) -> SignInChallenge | None:
        return self.store.get(challenge_hash)

    def remove(self, challenge_hash: str) -> bool:
        return self.store.pop(challenge_hash, None) is not None

    def remove_pending(self, user_id: UserId) -> None:
        remove_where(self.store, lambda challenge: challenge.user_id == user_id)

    def remove_all_pending(self) -> None:
        self.store.clear()

    def remove_expired(self, *, before: datetime) -> int:
        return remove_where(self.store, lambda challenge: challenge.expires_at < before)


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


class NoBrowserSessions:
    """Without a database there are no pages, and so no sessions in browsers."""

    def of_user(
        self, user_id: UserId, *, seen_after: datetime, at: datetime
    ) -> list[BrowserSession]:
        return []

    def end(self, user_id: UserId, browser_id: SessionId) -> None:
        return None

    def end_all_of(self, user_id: UserId) -> None:
        return None

    def end_all(
        self, *, but: SessionId | None, seen_after: datetime, at: datetime
    ) -> dict[UserId, int]:
        return {}


class NoSecondFactors:
    """Second factors where there are no pages to set them up: nobody has one."""

    def methods_of(self, user_id: UserId) -> tuple[FactorMethod, ...]:
        return ()

    def redeem_code(self, user_id: UserId, code: str) -> None:
        return None

    def begin_passkey(self, user_id: UserId) -> PasskeyRequest:
        return PasskeyRequest(options={}, state={})

    def verify_assertion(
        self, user_id: UserId, assertion: Mapping[str, Any], *, state: Mapping[str, Any]
    ) -> None:
        return None

    def remove_all_of(self, user_id: UserId) -> tuple[FactorMethod, ...]:
        return ()


def _id(session: Session) -> SessionId:
    return session.id


def _browser_of(session: Session) -> SessionId | None:
    return session.authentication.browser_id if session.authentication else None
