"""In-memory repositories of identity."""

from collections import Counter
from collections.abc import Collection, Mapping, MutableMapping, Sequence
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
from accounts.domain.identity.entities.sign_in_records import SignInRecord, SignInRecordId
from accounts.domain.identity.entities.users import EVERYONE, PersonSearch, User
from accounts.domain.identity.errors import EmailTaken, SessionNotFound, UserNotFound
from accounts.domain.identity.repositories.protocols import SESSIONS, USERS
from authsvc.kernel.memory import remove_where
from authsvc.kernel.paging import Page, PageRequest, page_in_memory
from authsvc.kernel.rate_limits import Limit, LimitState


@dataclass(frozen=True, slots=True)
class InMemoryUserRepository:
    store: MutableMapping[UserId, User] = field(default_factory=dict)

    def add(self, user: User) -> None:
        if self.find_by_email(user.email):
            raise EmailTaken
        self.store[user.id] = user

    def add_all(self, users: Sequence[User]) -> None:
        for user in users:
            self.add(user)

    def get(self, user_id: UserId) -> User:
        try:
            return self.store[user_id]
        except KeyError:
            raise UserNotFound from None

    def find_by_email(self, email: str) -> User | None:
        return next((user for user in self.store.values() if user.email == email), None)

    def with_emails(self, emails: Collection[str]) -> list[User]:
        wanted = set(emails)
        return [user for user in self.store.values() if user.email in wanted]

    def with_emails_for_update(self, emails: Collection[str]) -> list[User]:
        return self.with_emails(emails)

    def with_ids(self, user_ids: Collection[UserId]) -> list[User]:
        return [self.store[user_id] for user_id in set(user_ids) if user_id in self.store]

    def get_for_update(self, user_id: UserId) -> User:
        return self.get(user_id)

    def admins_for_update(self) -> frozenset[UserId]:
        return frozenset(user.id for user in self.store.values() if user.is_active_admin)

    def save(self, user: User) -> None:
        self.get(user.id)
        self.store[user.id] = user

    def change_email(self, user_id: UserId, *, email: str, at: datetime) -> None:
        holder = self.find_by_email(email)
        if holder is not None and holder.id != user_id:
            raise EmailTaken
        self.store[user_id] = replace(self.get(user_id), email=email, changed_at=at)

    def page_of(
        self,
        request: PageRequest,
        *,
        search: PersonSearch = EVERYONE,
        changed_since: datetime | None = None,
    ) -> Page[User]:
        matching = (
            user
            for user in self.store.values()
            if search.finds(name=user.name, email=user.email)
            and (changed_since is None or user.changed_or_created_at >= changed_since)
        )
        return page_in_memory(matching, request, USERS)


@dataclass(frozen=True, slots=True)
class InMemoryVerifiedEmailRepository:
    store: MutableMapping[UserId, str] = field(default_factory=dict)

    def find(self, user_id: UserId) -> str | None:
        return self.store.get(user_id)

    def of_users(self, user_ids: Collection[UserId]) -> dict[UserId, str]:
        return {user_id: self.store[user_id] for user_id in user_ids if user_id in self.store}

    def save(self, user_id: UserId, *, email: str) -> None:
        self.store[user_id] = email


@dataclass(frozen=True, slots=True)
class InMemoryRateLimitRepository:
    store: MutableMapping[str, LimitState] = field(default_factory=dict)

    def count(self, key: str, limit: Limit, *, at: datetime, amount: int = 1) -> LimitState:
        stored = self.store.get(key)
        if stored is None:
            self.store[key] = LimitState.begun(limit, at=at, amount=amount)
        else:
            self.store[key] = replace(stored, limit=limit).attempted(at=at, amount=amount)
        return self.store[key]

    def count_each(
        self, keys: Collection[str], limit: Limit, *, at: datetime
    ) -> dict[str, LimitState]:
        return {key: self.count(key, limit, at=at) for key in keys}

    def refund(self, key: str) -> None:
        if key in self.store:
            self.store[key] = self.store[key].refunded()

    def reset(self, key: str) -> None:
        self.store.pop(key, None)

    def remove_expired(self, *, before: datetime) -> int:
        return remove_where(self.store, lambda state: state.forgotten_at <= before)


@dataclass(frozen=True, slots=True)
class InMemoryKnownAddressRepository:
    store: MutableMapping[str, datetime] = field(default_factory=dict)

    def save(self, key: str, *, seen_at: datetime) -> None:
        self.store[key] = seen_at

    def last_seen(self, key: str) -> datetime | None:
        return self.store.get(key)

    def remove_expired(self, *, before: datetime) -> int:
        return remove_where(self.store, lambda seen_at: seen_at < before)


@dataclass(frozen=True, slots=True)
class InMemorySignInRecordRepository:
    store: MutableMapping[SignInRecordId, SignInRecord] = field(default_factory=dict)

    def save(self, record: SignInRecord) -> None:
        stored = self.store.get(record.id)
        before = stored.attempts if stored else 0
        self.store[record.id] = replace(record, attempts=before + record.attempts)

    def latest_of(self, user_id: UserId, *, limit: int) -> list[SignInRecord]:
        own = [record for record in self.store.values() if record.user_id == user_id]
        return sorted(own, key=lambda record: (record.at, record.id), reverse=True)[:limit]

    def first_sign_ins_of(self, user_id: UserId) -> dict[str, datetime]:
        latest_first = self.latest_of(user_id, limit=len(self.store))
        return {record.client_ip: record.at for record in latest_first if record.failure is None}

    def addresses_with_failures(
        self, *, most: int, since: datetime, at_least: int
    ) -> dict[str, int]:
        totals: Counter[str] = Counter()
        for record in self.store.values():
            if record.failure and record.client_ip and record.at >= since:
                totals[record.client_ip] += record.attempts
        many = [(client_ip, total) for client_ip, total in totals.items() if total >= at_least]
        return dict(sorted(many, key=lambda address: (-address[1], address[0]))[:most])

    def remove_expired(self, *, before: datetime) -> int:
        return remove_where(self.store, lambda record: record.at < before)


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


class NoPasswordLinks:
    """Without a database there are no account pages; the link leads to the problem that says so."""

    def path_for(self, user_id: UserId) -> str:
        return "/password/reset"

    def paths_for(self, user_ids: Collection[UserId]) -> Mapping[UserId, str]:
        return {user_id: self.path_for(user_id) for user_id in user_ids}


class NoEmailLinks:
    """Without a database there are no account pages; the link leads to the problem that says so."""

    def path_for(self, user_id: UserId, *, email: str) -> str:
        return "/email/move"


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


def _browser_of(session: Session) -> SessionId | None:
    return session.authentication.browser_id if session.authentication else None
