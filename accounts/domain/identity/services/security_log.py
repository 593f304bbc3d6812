"""Security log: records sign-ins, tokens and account changes in the log of the application."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final, Unpack

from accounts.domain.access import OrganizationId, UserId
from accounts.domain.identity.entities.security_log import (
    SecurityEvent,
    SecurityFacts,
    SignInFailure,
)
from accounts.domain.identity.entities.sessions import Session, SessionEnd
from accounts.domain.identity.ports import OpaqueTokens, SecurityLogWriter
from authsvc.events.catalogue import OutgoingEventType
from authsvc.events.entities import OutgoingEvent
from authsvc.events.services.outbox import EventOutbox
from authsvc.kernel.clock import Clock
from authsvc.kernel.unit_of_work import UnitOfWork

_DIGITS: Final = 16
"""Enough digits of a hash to tell accounts apart, and too few to match a stored hash."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityLog:
    """Writes each event after the unit of work commits, and nothing if it rolls back.

    The end of sessions is also recorded as an outgoing event, inside the unit of work of the calling service.
    Record a rejected attempt outside the block that its error leaves; otherwise the rollback drops the event.
    """

    writer: SecurityLogWriter
    opaque_tokens: OpaqueTokens
    outbox: EventOutbox
    unit_of_work: UnitOfWork
    clock: Clock

    def record(self, event: SecurityEvent, **facts: Unpack[SecurityFacts]) -> None:
        self.unit_of_work.on_commit(lambda: self.writer.write(event, **facts))

    def record_session(
        self, event: SecurityEvent, session: Session, **more: Unpack[SecurityFacts]
    ) -> None:
        """Record an event of the session, with more facts about it."""
        facts = SecurityFacts(
            user_id=session.user_id, client_id=session.client_id, session_id=session.id
        )
        self.record(event, **(facts | more))

    def record_ends(self, *sessions: Session, because: SessionEnd) -> None:
        """Record the end of the sessions, but of those that had already ended."""
        live = [session for session in sessions if session.ended_at is None]
        for session in live:
            self.record_session(SecurityEvent.SESSION_ENDED, session, reason=because)
        self.outbox.record(*(self._end_of(session, because) for session in live))

    def record_end_of_all(
        self,
        *,
        because: SessionEnd,
        user_id: UserId | None = None,
        client_id: str | None = None,
        org_id: OrganizationId | None = None,
        by: str | None = None,
    ) -> None:
        """Record the end of all sessions of a user, of a client, or of a user with a client.

        `by` is the caller, unless it is the user; `org_id` owns the client.
        """
        facts = SecurityFacts(reason=because)
        if user_id is not None:
            facts["user_id"] = user_id
        if client_id is not None:
            facts["client_id"] = client_id
        if by is not None:
            facts["by"] = by
        self.record(SecurityEvent.SESSIONS_ENDED, **facts)
        event = self._end_of_all(user_id=user_id, client_id=client_id, because=because)
        self.outbox.record(replace(event, org_id=org_id))

    def record_end_of_all_of(
        self, user_ids: Collection[UserId], *, because: SessionEnd, by: str
    ) -> None:
        """Record that all sessions of these users ended: one line of the log, an outgoing event for each."""
        self.record(SecurityEvent.SESSIONS_ENDED, reason=because, by=by)
        self.outbox.record(
            *(self._end_of_all(user_id=user_id, because=because) for user_id in user_ids)
        )

    def _end_of_all(
        self, *, because: SessionEnd, user_id: UserId | None, client_id: str | None = None
    ) -> OutgoingEvent:
        return OutgoingEvent(
            type=OutgoingEventType.SESSION_ENDED,
            occurred_at=self.clock.now(),
            user_id=user_id,
            data={"session_id": None, "client_id": client_id, "reason": because.value},
        )

    def _end_of(self, session: Session, because: SessionEnd) -> OutgoingEvent:
        return OutgoingEvent(
            type=OutgoingEventType.SESSION_ENDED,
            occurred_at=self.clock.now(),
            org_id=session.org_id,
            user_id=session.user_id,
            data={
                "session_id": str(session.id),
                "client_id": session.client_id,
                "reason": because.value,
            },
        )

    def record_failure_of(self, user_id: UserId, reason: SignInFailure) -> None:
        self.record(SecurityEvent.SIGN_IN_FAILED, user_id=user_id, reason=reason)

    def record_failure_for(self, email: str, reason: SignInFailure) -> None:
        """Record a failed sign-in with this e-mail address, which is logged as part of its keyed hash."""
        account = self.opaque_tokens.hash(f"account {email}")[:_DIGITS]
        self.record(SecurityEvent.SIGN_IN_FAILED, account=account, reason=reason)
