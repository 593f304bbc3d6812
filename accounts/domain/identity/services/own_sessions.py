"""The user's own sessions in browsers, and the end of all sessions but one."""

from dataclasses import dataclass
from typing import Final

from accounts.domain.access import Principal, SessionId
from accounts.domain.identity.entities.browsers import BrowserSession, EndedSessions
from accounts.domain.identity.entities.sessions import SessionEnd
from accounts.domain.identity.services.revocation import SessionRevocation
from authsvc.kernel.unit_of_work import UnitOfWork

BECAUSE: Final = SessionEnd.REVOKED


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSessionService:
    revocation: SessionRevocation
    unit_of_work: UnitOfWork

    def browsers(self, *, by: Principal) -> list[BrowserSession]:
        """The caller's live sessions in browsers, the one that was seen last first."""
        return self.revocation.browsers_of(by.person)

    def end_browser(self, browser_id: SessionId, *, by: Principal) -> BrowserSession | None:
        """End a session of the caller in a browser, and those of clients that began in it; None if it had ended.

        Raises Impersonating.
        """
        by.require_in_person()
        with self.unit_of_work.atomic():
            browser = next((own for own in self.browsers(by=by) if own.id == browser_id), None)
            if browser is not None:
                self.revocation.end_browser(browser, because=BECAUSE)
        return browser

    def end_others(self, *, but: SessionId | None, by: Principal) -> EndedSessions:
        """End all sessions of the caller but the one in the browser with this id. Raises Impersonating."""
        by.require_in_person()
        with self.unit_of_work.atomic():
            others = [browser for browser in self.browsers(by=by) if browser.id != but]
            clients = sum(
                self.revocation.end_browser(browser, because=BECAUSE) for browser in others
            )
            clients += self.revocation.revoke_all_of(by.person, because=BECAUSE)
        return EndedSessions(browsers=len(others), clients=clients)
