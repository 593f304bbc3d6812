"""Repository protocols of identity."""

from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from accounts.domain.access import SessionId, UserId
from accounts.domain.identity.entities.sessions import (
    RefreshToken,
    Session,
    SessionEnd,
    SessionState,
)
from accounts.domain.identity.entities.users import User
from authsvc.kernel.paging import Keyset, Page, PageRequest
from authsvc.kernel.rate_limits import Limit, LimitState

USERS: Final = Keyset("users", {"created_at": datetime, "id": UUID})


class UserRepository(Protocol):
    def add(self, user: User) -> None:
        """Raise EmailTaken rather than keep a second user with this address."""

    def get(self, user_id: UserId) -> User:
        """Raise UserNotFound when there is none."""

    def find_by_email(self, email: str) -> User | None:
        """The user with this lower-case address."""

    def get_for_update(self, user_id: UserId) -> User:
        """Like get, and nobody else may change it until the unit of work ends."""

    def save(self, user: User) -> None:
        """Replace the kept user."""

    def move(self, user_id: UserId, *, email: str) -> None:
        """Keep another address for the user. Raise EmailTaken rather than share it with somebody else."""

    def page_of(self, request: PageRequest) -> Page[User]:
        """Oldest first; the id breaks ties."""


class VerifiedEmailRepository(Protocol):
    def find(self, user_id: UserId) -> str | None:
        """The address that the user has shown to be his."""

    def save(self, user_id: UserId, *, email: str) -> None:
        """Keep that the address is his, in place of any other."""


class RateLimitRepository(Protocol):
    """Attempts under limits, each kept by the key of whose they are."""

    def count(self, key: str, limit: Limit, *, at: datetime) -> LimitState:
        """Make an attempt; answer what came of it. Of many at once, no more are let in than one after the other."""

    def refund(self, key: str) -> None:
        """Take one attempt back that was let in, with the wait that it caused."""

    def forget(self, key: str) -> None:
        """Forget all attempts."""

    def remove_expired(self, *, before: datetime) -> int:
        """Forget what counts no longer then; answer how many had tried it."""


class KnownAddressRepository(Protocol):
    """From where accounts were signed in to, each kept by the key of account and address together."""

    def save(self, key: str, *, seen_at: datetime) -> None:
        """Keep when it was seen, in place of the time before."""

    def seen_at(self, key: str) -> datetime | None:
        """When it was seen last, if it was."""

    def remove(self, *, before: datetime) -> int:
        """Forget those that were last seen before then; answer how many."""


class SessionRepository(Protocol):
    def add(self, session: Session) -> None:
        """Keep a new session."""

    def state_of(self, session_id: SessionId) -> SessionState | None:
        """What decides whether tokens of the session are honoured; None when there is no such session."""

    def get_for_update(self, session_id: SessionId) -> Session:
        """Raise SessionNotFound when there is none; nobody else may change it until the unit of work ends."""

    def save(self, session: Session) -> None:
        """Replace the kept session."""

    def live_of(self, user_id: UserId, *, at: datetime) -> list[Session]:
        """The user's sessions that are not over, that started last first; the id breaks ties."""

    def live_in_browser(self, browser_id: SessionId, *, at: datetime) -> list[Session]:
        """Those not over that came of one session of a browser, in the order of their ids."""

    def end_all_of(self, user_id: UserId, *, at: datetime, because: SessionEnd) -> None:
        """End the user's sessions; those that are over keep their reason."""

    def end_all_between(
        self, user_id: UserId, client_id: str, *, at: datetime, because: SessionEnd
    ) -> None:
        """End what the client has of the user; what is over keeps its reason."""

    def end_all_of_client(self, client_id: str, *, at: datetime, because: SessionEnd) -> None:
        """End the client's sessions; those that are over keep their reason."""

    def remove_expired(self, *, before: datetime) -> int:
        """Forget sessions that expired before then, with their tokens; answer how many."""


class RefreshTokenRepository(Protocol):
    def add(self, token: RefreshToken) -> None:
        """Keep the trace of a new token."""

    def find(self, token_hash: str) -> RefreshToken | None:
        """The token with this hash."""

    def find_with_session(self, token_hash: str) -> tuple[RefreshToken, Session] | None:
        """Like find, and the session that the token is of."""

    def find_for_update(self, token_hash: str) -> RefreshToken | None:
        """Like find, and nobody else may change it until the unit of work ends."""

    def save(self, token: RefreshToken) -> None:
        """Replace the kept token."""
