"""Revocation: the end of all sessions of a user, for every service that ends them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.domain.access import SessionId, UserId
from accounts.domain.identity.entities.browsers import BrowserSession, EndedSessions
from accounts.domain.identity.entities.security_log import SecurityEvent
from accounts.domain.identity.entities.sessions import Session, SessionEnd, SessionPolicy
from accounts.domain.identity.ports import BrowserSessions, PendingSignIns
from accounts.domain.identity.repositories.protocols import (
    SessionRepository,
)
from accounts.domain.identity.services.security_log import SecurityLog
from authsvc.kernel.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRevocation:
    """Ends sessions inside the unit of work of the calling service."""

    sessions: SessionRepository
    browser_sessions: BrowserSessions
    pending: tuple[PendingSignIns, ...]
    security_log: SecurityLog
    policy: SessionPolicy
    clock: Clock

    def browsers_of(self, user_id: UserId) -> list[BrowserSession]:
        """The user's live sessions in browsers, the one that was seen last first."""
        return self.browser_sessions.of_user(
            user_id, seen_after=self._seen_after, at=self.clock.now()
        )

    def revoke_all_of(self, user_id: UserId, *, because: SessionEnd, by: str | None = None) -> int:
        """End the user's sessions with clients, and what could still begin one; return how many.

        `by` is the caller, unless it is the user. Their browsers stay signed in unless the password changes.
        """
        # First what is pending: this waits for a request that is exchanging it, whose session then ends below.
        for pending in self.pending:
            pending.remove_pending(user_id)
        count = self.sessions.end_all_of(user_id, at=self.clock.now(), because=because)
        self.security_log.record_end_of_all(user_id=user_id, because=because, by=by)
        return count

    def end_browser(self, browser: BrowserSession, *, because: SessionEnd) -> int:
        """End the session in a browser, and those of clients that began in it; return how many of these."""
        self.browser_sessions.end(browser.user_id, browser.id)
        live = self.sessions.live_in_browser(browser.id, at=self.clock.now())
        self.end_sessions(
            [self.sessions.get_for_update(session.id) for session in live], because=because
        )
        self.security_log.record(
            SecurityEvent.SESSION_ENDED,
            user_id=browser.user_id,
            session_id=browser.id,
            reason=because,
        )
        return len(live)

    def end_sessions(self, sessions: Sequence[Session], *, because: SessionEnd) -> None:
        """End these sessions with clients."""
        for session in sessions:
            self.sessions.save(session.ended(at=self.clock.now(), because=because))
        self.security_log.record_ends(*sessions, because=because)

    def end_everywhere(self, user_id: UserId, *, because: SessionEnd, by: str) -> EndedSessions:
        """End the user's sessions with clients and in browsers, and what could still begin one."""
        browsers = len(self.browsers_of(user_id))
        self.browser_sessions.end_all_of(user_id)
        clients = self.revoke_all_of(user_id, because=because, by=by)
        return EndedSessions(browsers=browsers, clients=clients)

    def end_all(self, *, but: SessionId | None, because: SessionEnd, by: str) -> EndedSessions:
        """End the sessions of all users but the browser with this id, and what could still begin one."""
        for pending in self.pending:
            pending.remove_all_pending()
        browsers = self.browser_sessions.end_all(
            but=but, seen_after=self._seen_after, at=self.clock.now()
        )
        clients = self.sessions.end_all_of_users(at=self.clock.now(), because=because)
        people = browsers.keys() | clients.keys()
        self.security_log.record_end_of_all_of(sorted(people), because=because, by=by)
        return EndedSessions(
            browsers=sum(browsers.values()), clients=sum(clients.values()), people=len(people)
        )

    @property
    def _seen_after(self) -> datetime:
        return self.clock.now() - self.policy.browser_idle
