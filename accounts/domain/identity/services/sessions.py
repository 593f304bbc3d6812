"""Session service: refresh, list and end sessions, sign out."""

from dataclasses import dataclass

from accounts.domain.access import Principal, SessionId
from accounts.domain.identity.entities.security_log import SecurityEvent
from accounts.domain.identity.entities.sessions import (
    FIRST_PARTY_CLIENT,
    UNREGISTERED,
    OwnSession,
    SessionEnd,
)
from accounts.domain.identity.entities.tokens import SignedIn
from accounts.domain.identity.errors import InvalidToken, RefreshTokenReused, SessionNotFound
from accounts.domain.identity.ports import ClientNames
from accounts.domain.identity.repositories.protocols import SessionRepository
from accounts.domain.identity.services.security_log import SecurityLog
from accounts.domain.identity.services.tokens import Renewals
from authsvc.kernel.clock import Clock
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionService:
    sessions: SessionRepository
    clients: ClientNames
    renewals: Renewals
    security_log: SecurityLog
    unit_of_work: UnitOfWork
    clock: Clock

    def refresh(self, refresh_token: str) -> SignedIn:
        """Redeem the token for a new pair. Within the grace period the same pair is returned again, while it is unused.

        Raises InvalidRefreshToken; or RefreshTokenReused on any other reuse, which ends the session and with it all
        its tokens (RFC 9700 §4.14.2).
        """
        now = self.clock.now()
        with self.unit_of_work.atomic():
            renewal = self.renewals.find(refresh_token, client_id=FIRST_PARTY_CLIENT, at=now)
            if renewal is not None:
                tokens = self.renewals.redeem(renewal, at=now)
                return SignedIn(user=renewal.user, tokens=tokens)
        raise RefreshTokenReused

    def log_out(self, by: Principal) -> None:
        """End the session of the caller's token, unless it has ended. Raises Impersonating."""
        by.require_in_person()
        if by.session_id is None:
            raise InvalidToken
        with self.unit_of_work.atomic():
            session = self.sessions.get_for_update(by.session_id)
            if session.ended_at is not None:
                return
            self.sessions.save(session.ended(at=self.clock.now(), because=SessionEnd.LOGGED_OUT))
            self.security_log.record_session(SecurityEvent.LOGGED_OUT, session)
            self.security_log.record_ends(session, because=SessionEnd.LOGGED_OUT)

    def page_of(self, request: PageRequest, *, by: Principal) -> Page[OwnSession]:
        """The caller's live sessions, newest first."""
        live = self.sessions.page_for_user(by.person, request, at=self.clock.now())
        names = self.clients.names_of({session.client_id for session in live.items})
        sessions = (
            OwnSession(
                session=session,
                client_name=names.get(session.client_id, UNREGISTERED.get(session.client_id)),
                is_current=session.id == by.session_id,
            )
            for session in live.items
        )
        return Page(items=tuple(sessions), next_cursor=live.next_cursor)

    def end(self, session_id: SessionId, *, by: Principal) -> None:
        """End a session of the caller and revoke its tokens. Raises Impersonating, SessionNotFound."""
        by.require_in_person()
        user_id, now = by.person, self.clock.now()
        with self.unit_of_work.atomic():
            session = self.sessions.get_for_update(session_id)
            if session.user_id != user_id or not session.is_live(at=now):
                raise SessionNotFound
            self.sessions.save(session.ended(at=now, because=SessionEnd.REVOKED))
            self.security_log.record_ends(session, because=SessionEnd.REVOKED)

    def remove_expired(self) -> int:
        """Delete sessions past their absolute expiry; return how many."""
        with self.unit_of_work.atomic():
            return self.sessions.remove_expired(before=self.clock.now())
