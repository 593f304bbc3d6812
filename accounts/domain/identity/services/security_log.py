"""Noting who did what."""

from dataclasses import dataclass
from typing import Final, Unpack

from accounts.domain.identity.entities.security_log import (
    SecurityEvent,
    SecurityFacts,
    SignInFailure,
)
from accounts.domain.identity.entities.sessions import Session, SessionEnd
from accounts.domain.identity.entities.users import User
from accounts.domain.identity.ports import OpaqueTokens, SecurityLogWriter
from authsvc.kernel.unit_of_work import UnitOfWork

_DIGITS: Final = 16
"""As many of a hash tell the addresses that were tried apart, and are no key to anything that is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """Notes what happens in a unit of work once that is kept, and nothing of one that is rolled back.

    So a refusal is noted where it rolls nothing back: outside of the block that it leaves.
    """

    trail: SecurityLogWriter
    opaque_tokens: OpaqueTokens
    unit_of_work: UnitOfWork

    def note(self, event: SecurityEvent, **facts: Unpack[SecurityFacts]) -> None:
        self.unit_of_work.on_commit(lambda: self.trail.note(event, **facts))

    def note_session(self, event: SecurityEvent, session: Session) -> None:
        """Note what has happened in the session."""
        self.note(
            event,
            user_id=session.user_id,
            client_id=session.client_id,
            session_id=session.id,
        )

    def note_end(self, session: Session, *, because: SessionEnd) -> None:
        """Note that the session is over, unless it was before."""
        if session.ended_at is None:
            self.note(
                SecurityEvent.SESSION_ENDED,
                user_id=session.user_id,
                client_id=session.client_id,
                session_id=session.id,
                reason=because,
            )

    def note_failure(self, user: User, reason: SignInFailure) -> None:
        self.note(SecurityEvent.SIGN_IN_FAILED, user_id=user.id, reason=reason)

    def note_failure_of(self, email: str, reason: SignInFailure) -> None:
        """Note that somebody has tried an address; it is not to be seen in what is noted."""
        account = self.opaque_tokens.hash(f"account {email}")[:_DIGITS]
        self.note(SecurityEvent.SIGN_IN_FAILED, account=account, reason=reason)
