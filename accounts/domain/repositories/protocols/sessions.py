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
