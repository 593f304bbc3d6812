"""Sessions of any user, for those who manage users."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from accounts.domain.access import Principal, Right, SessionId, UserId
from accounts.domain.audit.entities import AuditAction, AuditSubject, SubjectType
from accounts.domain.audit.services.audit_log import AuditLog
from accounts.domain.identity.entities.browsers import BrowserSession, EndedSessions
from accounts.domain.identity.entities.sessions import UNREGISTERED, Session, SessionEnd
from accounts.domain.identity.entities.users import User
from accounts.domain.identity.errors import SessionNotFound
from accounts.domain.identity.ports import ClientNames
from accounts.domain.identity.repositories.protocols import (
    SessionRepository,
    UserRepository,
)
from accounts.domain.identity.services.revocation import SessionRevocation
from accounts.domain.identity.services.users import managed_user, user_subject
from authsvc.kernel.clock import Clock
from authsvc.kernel.paging import PageRequest
from authsvc.kernel.unit_of_work import UnitOfWork

BECAUSE: Final = SessionEnd.ENDED_BY_STAFF
MOST_LISTED: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientSession:
    """A session of a user with a client. `client_name` is None for the first-party client."""

    session: Session
    client_name: str | None
    used_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class UserSessions:
    """The live sessions of a user, the latest first."""

    browsers: tuple[BrowserSession, ...]
    clients: tuple[ClientSession, ...]

    @property
    def total(self) -> int:
        return len(self.browsers) + len(self.clients)


@dataclass(frozen=True, slots=True, kw_only=True)
class UserSessionService:
    """Requires the right to manage users, and for staff also the right to appoint staff."""

    users: UserRepository
    sessions: SessionRepository
    clients: ClientNames
    revocation: SessionRevocation
    audit_log: AuditLog
    unit_of_work: UnitOfWork
    clock: Clock

    def of(self, user_id: UserId) -> UserSessions:
        """The live sessions of the user, at most MOST_LISTED of clients."""
        request = PageRequest(limit=MOST_LISTED)
        live = self.sessions.page_for_user(user_id, request, at=self.clock.now()).items
        names = self.clients.names_of({session.client_id for session in live})
        used = self.sessions.last_used([session.id for session in live])
        return UserSessions(
            browsers=tuple(self.revocation.browsers_of(user_id)),
            clients=tuple(
                ClientSession(
                    session=session,
                    client_name=names.get(session.client_id, UNREGISTERED.get(session.client_id)),
                    used_at=used.get(session.id, session.started_at),
                )
                for session in live
            ),
        )

    def end(self, user_id: UserId, session_id: SessionId, *, reason: str, by: Principal) -> str:
        """End one session of the user, and return what it was: a device or the name of a client.

        With a session in a browser, the sessions of clients that began in it end.
        Raises NotPermitted, UserNotFound, SessionNotFound.
        """
        with self.unit_of_work.atomic():
            user = managed_user(self.users, user_id, by=by)
            browsers = self.revocation.browsers_of(user_id)
            browser = next((browser for browser in browsers if browser.id == session_id), None)
            name = self._end_client(user, session_id) if browser is None else browser.device
            if browser is not None:
                self.revocation.end_browser(browser, because=BECAUSE)
            action = AuditAction.USER_SESSION_ENDED
            self.audit_log.record(
                action, user_subject(user), by=by, because=reason, after={"session": name}
            )
        return name

    def end_all_of(self, user_id: UserId, *, reason: str, by: Principal) -> EndedSessions:
        """End all sessions of a user, who stays active. Raises NotPermitted, UserNotFound."""
        with self.unit_of_work.atomic():
            user = managed_user(self.users, user_id, by=by)
            ended = self.revocation.end_everywhere(user_id, because=BECAUSE, by=by.identity)
            self.audit_log.record(
                AuditAction.USER_SESSIONS_ENDED,
                user_subject(user),
                by=by,
                because=reason,
                after={"browsers": ended.browsers, "clients": ended.clients},
            )
        return ended

    def end_all(self, *, but: SessionId | None, reason: str, by: Principal) -> EndedSessions:
        """End the sessions of all users, but the one in the caller's browser. Raises NotPermitted.

        Clients that act for themselves keep theirs.
        """
        by.require(Right.APPOINT_STAFF)
        with self.unit_of_work.atomic():
            ended = self.revocation.end_all(but=but, because=BECAUSE, by=by.identity)
            self.audit_log.record(
                AuditAction.ALL_SESSIONS_ENDED,
                AuditSubject(SubjectType.PLATFORM, SubjectType.PLATFORM, None),
                by=by,
                because=reason,
                after={
                    "browsers": ended.browsers,
                    "clients": ended.clients,
                    "people": ended.people,
                },
            )
        return ended

    def _end_client(self, user: User, session_id: SessionId) -> str:
        """End a session with a client, and return the name of the client. Raises SessionNotFound."""
        session = self.sessions.get_for_update(session_id)
        if session.user_id != user.id or not session.is_live(at=self.clock.now()):
            raise SessionNotFound
        self.revocation.end_sessions([session], because=BECAUSE)
        return self.clients.names_of([session.client_id]).get(session.client_id, session.client_id)
