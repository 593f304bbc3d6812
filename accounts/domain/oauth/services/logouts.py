"""Logout service: ends the sessions of a browser and notifies clients (OpenID Connect Back-Channel Logout)."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from accounts.domain.access import ClientPk, SessionId, UserId
from accounts.domain.identity.entities.sessions import Session, SessionEnd
from accounts.domain.identity.repositories.protocols import SessionRepository
from accounts.domain.identity.services.security_log import SecurityLog
from accounts.domain.oauth.ports import IdTokens, LogoutSender
from accounts.domain.oauth.repositories.protocols import (
    AuthorizationCodeRepository,
    ClientRepository,
    DeviceCodeRepository,
)
from authsvc.jobs.entities import JobRequest, RetryPolicy
from authsvc.jobs.errors import JobRetry
from authsvc.jobs.ports import Run
from authsvc.jobs.services.job_queue import JobQueue
from authsvc.kernel.clock import Clock
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.unit_of_work import UnitOfWork

LOGOUT_NOTICE_JOB: Final = "logout_notice"
RETRIES: Final = RetryPolicy(most_attempts=9, first_pause=timedelta(minutes=1))
"""Pauses from one minute to two hours, four hours in all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogoutService:
    clients: ClientRepository
    sessions: SessionRepository
    codes: AuthorizationCodeRepository
    devices: DeviceCodeRepository
    jobs: JobQueue
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
            if notices:
                self.jobs.enqueue(*notices)
        return len(notices)

    def deliver(self, run: Run) -> None:
        """Send the notice of the job to its client. Raises JobRetry if the client does not accept it."""
        facts = run.job.arguments
        client = self.clients.get(ClientPk(UUID(facts["client"])), scope=TenantScope())
        if not client.is_active:
            return
        token = self.id_tokens.logout_token(
            user_id=UserId(UUID(facts["user"])),
            client_id=client.client_id,
            browser_id=SessionId(UUID(facts["browser"])),
            algorithm=client.terms.id_token_algorithm,
            at=self.clock.now(),
        )
        if not self.sender.send(client.terms.backchannel_logout_uri, logout_token=token):
            raise JobRetry("the client did not accept the notice")

    def _notice(
        self, client_id: str, live: list[Session], browser_id: SessionId
    ) -> JobRequest | None:
        """The job that notifies the client of a user's sessions; None if the client has not asked for notices."""
        client = self.clients.find(client_id)
        user_id = next(
            (session.user_id for session in live if session.client_id == client_id), None
        )
        if client is None or user_id is None or not client.terms.backchannel_logout_uri:
            return None
        return JobRequest(
            kind=LOGOUT_NOTICE_JOB,
            arguments={
                "client": str(client.id),
                "user": str(user_id),
                "browser": str(browser_id),
            },
            lifetime=timedelta(days=1),
        )
