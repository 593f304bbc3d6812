"""Security log: records sign-ins, tokens and account changes in the log of the application."""

from dataclasses import dataclass
from typing import Final, Unpack

from accounts.domain.access import UserId
from accounts.domain.identity.entities.security_log import (
    SecurityEvent,
    SecurityFacts,
    SignInFailure,
)
from accounts.domain.identity.entities.sessions import Session, SessionEnd
from accounts.domain.identity.ports import OpaqueTokens, SecurityLogWriter
from authsvc.kernel.unit_of_work import UnitOfWork

_DIGITS: Final = 16
"""Enough digits of a hash to tell accounts apart, and too few to match a stored hash."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityLog:
    """Writes each event after the unit of work commits, and nothing if it rolls back.

    Record a rejected attempt outside the block that its error leaves; otherwise the rollback drops the event.
    """

    writer: SecurityLogWriter
    opaque_tokens: OpaqueTokens
    unit_of_work: UnitOfWork

    def record(self, event: SecurityEvent, **facts: Unpack[SecurityFacts]) -> None:
        self.unit_of_work.on_commit(lambda: self.writer.write(event, **facts))

    def record_session(self, event: SecurityEvent, session: Session) -> None:
        """Record an event of the session."""
        self.record(
            event,
            user_id=session.user_id,
            client_id=session.client_id,
            session_id=session.id,
        )

    def record_end(self, session: Session, *, because: SessionEnd) -> None:
        """Record the end of the session, unless it had already ended."""
        if session.ended_at is None:
            self.record(
                SecurityEvent.SESSION_ENDED,
                user_id=session.user_id,
                client_id=session.client_id,
                session_id=session.id,
                reason=because,
            )

    def record_failure_of(self, user_id: UserId, reason: SignInFailure) -> None:
        self.record(SecurityEvent.SIGN_IN_FAILED, user_id=user_id, reason=reason)

    def record_failure_for(self, email: str, reason: SignInFailure) -> None:
        """Record a failed sign-in with this e-mail address, which is logged as part of its keyed hash."""
        account = self.opaque_tokens.hash(f"account {email}")[:_DIGITS]
        self.record(SecurityEvent.SIGN_IN_FAILED, account=account, reason=reason)
