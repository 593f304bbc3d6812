"""Logout service: ends the sessions of a browser and notifies clients (OpenID Connect Back-Channel Logout)."""

from dataclasses import dataclass
from uuid import uuid4

from accounts.domain.access import SessionId
from accounts.domain.identity.entities.sessions import Session, SessionEnd
from accounts.domain.identity.repositories.protocols import SessionRepository
from accounts.domain.identity.services.security_log import SecurityLog
from accounts.domain.oauth.entities.clients import OAuthClient
from accounts.domain.oauth.entities.logouts import LogoutNotice, LogoutNoticeId
from accounts.domain.oauth.ports import IdTokens, LogoutSender
from accounts.domain.oauth.repositories.protocols import (
    AuthorizationCodeRepository,
    ClientRepository,
    DeviceCodeRepository,
    LogoutNoticeRepository,
)
from authsvc.kernel.clock import Clock
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.unit_of_work import UnitOfWork

BATCH_SIZE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class LogoutService:
    clients: ClientRepository
    sessions: SessionRepository
    codes: AuthorizationCodeRepository
    devices: DeviceCodeRepository
    notices: LogoutNoticeRepository
    id_tokens: IdTokens
    sender: LogoutSender
    security_log: SecurityLog
    unit_of_work: UnitOfWork
    clock: Clock

    def end_browser(self, browser_id: SessionId) -> int:
        """End the sessions that started in this browser session, unless they outlive it. Return how many notices."""
        now = self.clock.now()
        with self.unit_of_work.atomic():
            self.codes.remove_pending_in(browser_id)
            self.devices.remove_pending_in(browser_id)
            live = self.sessions.live_in_browser(browser_id, at=now)
            ending = [
                self.sessions.get_for_update(session.id)
                for session in live
                if not session.outlives_sign_out
            ]
            for session in ending:
                self.sessions.save(session.ended(at=now, because=SessionEnd.LOGGED_OUT))
            self.security_log.record_ends(*ending, because=SessionEnd.LOGGED_OUT)
            notices = [
                notice
                for client_id in sorted({session.client_id for session in live})
                if (notice := self._notice(client_id, live, browser_id))
            ]
            for notice in notices:
                self.notices.add(notice)
        return len(notices)

    def deliver(self) -> int:
        """Deliver the notices that are due. Return how many clients accepted theirs; failures are retried later.

        Concurrent deliveries claim different notices, so that a client that does not respond holds up one of them.
        """
        delivered = 0
        for notice in self._claimed_notices():
            client = self.clients.get(notice.client_pk, scope=TenantScope())
            is_delivered = client.is_active and self._send(client, notice)
            later = None if is_delivered else notice.failed(at=self.clock.now())
            with self.unit_of_work.atomic():
                if later is None or not client.is_active:
                    self.notices.remove(notice.id)
                else:
                    self.notices.save(later)
            delivered += is_delivered
        return delivered

    def _claimed_notices(self) -> list[LogoutNotice]:
        now = self.clock.now()
        with self.unit_of_work.atomic():
            notices = self.notices.due_for_update(at=now, limit=BATCH_SIZE)
            for notice in notices:
                self.notices.save(notice.claimed(at=now))
        return notices

    def _notice(
        self, client_id: str, live: list[Session], browser_id: SessionId
    ) -> LogoutNotice | None:
        client = self.clients.find(client_id)
        user_id = next(
            (session.user_id for session in live if session.client_id == client_id), None
        )
        if client is None or user_id is None or not client.terms.backchannel_logout_uri:
            return None
        return LogoutNotice(
            id=LogoutNoticeId(uuid4()),
            client_pk=client.id,
            user_id=user_id,
            browser_id=browser_id,
            due_at=self.clock.now(),
        )

    def _send(self, client: OAuthClient, notice: LogoutNotice) -> bool:
        token = self.id_tokens.logout_token(
            user_id=notice.user_id,
            client_id=client.client_id,
            browser_id=notice.browser_id,
            algorithm=client.terms.id_token_algorithm,
            at=self.clock.now(),
        )
        return self.sender.send(client.terms.backchannel_logout_uri, logout_token=token)
