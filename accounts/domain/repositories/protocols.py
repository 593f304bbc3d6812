"""Where accounts keeps things: the promises every store makes."""

from datetime import datetime
from typing import Protocol

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
from authsvc.kernel.pages import Page, PageRequest


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

    def page_of(self, request: PageRequest) -> Page[User]:
        """Oldest first; the id breaks ties."""


class SessionRepository(Protocol):
    def add(self, session: Session) -> None:
        """Keep a new session."""

    def state_of(self, session_id: SessionId) -> SessionState | None:
        """What decides whether tokens of the session are honoured; None when there is no such session."""

    def get_for_update(self, session_id: SessionId) -> Session:
        """Raise SessionNotFound when there is none; nobody else may change it until the unit of work ends."""

    def save(self, session: Session) -> None:
        """Replace the kept session."""

    def end_all_of(self, user_id: UserId, *, at: datetime, because: SessionEnd) -> None:
        """End the user's sessions; those that are over keep their reason."""

    def remove_expired(self, *, before: datetime) -> int:
        """Forget sessions that expired before then, with their tokens; answer how many."""


class RefreshTokenRepository(Protocol):
    def add(self, token: RefreshToken) -> None:
        """Keep the trace of a new token."""

    def find(self, token_hash: str) -> RefreshToken | None:
        """The token with this hash."""

    def find_for_update(self, token_hash: str) -> RefreshToken | None:
        """Like find, and nobody else may change it until the unit of work ends."""

    def save(self, token: RefreshToken) -> None:
        """Replace the kept token."""


class LedgerRepository(Protocol):
    def claim(self, entry_id: str, *, since: datetime) -> LedgerEntry | None:
        """The entry kept since then, if any.

        Without one, nobody else gets to claim this id until the unit of work ends: a store that can tell at
        once raises RequestStillRunning to the others, one that has a single writer makes them wait.
        """

    def keep(self, entry: LedgerEntry) -> None:
        """Keep the entry of a claimed id, in place of an older one."""

    def remove(self, *, before: datetime) -> int:
        """Forget entries kept before then; answer how many."""
