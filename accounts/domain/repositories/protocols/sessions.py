"""Where sessions are kept, and their refresh tokens."""

from datetime import datetime
from typing import Protocol

from accounts.domain.entities import (
    RefreshToken,
    Session,
    SessionEnd,
    SessionId,
    SessionState,
    UserId,
)


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
