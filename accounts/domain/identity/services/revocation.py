"""Revocation: the end of all sessions of a user, for every service that ends them."""

from dataclasses import dataclass

from accounts.domain.access import UserId
from accounts.domain.identity.entities.sessions import SessionEnd
from accounts.domain.identity.ports import PendingSignIns
from accounts.domain.identity.repositories.protocols import SessionRepository
from accounts.domain.identity.services.security_log import SecurityLog
from authsvc.kernel.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRevocation:
    """Ends sessions inside the unit of work of the calling service."""

    sessions: SessionRepository
    pending: tuple[PendingSignIns, ...]
    security_log: SecurityLog
    clock: Clock

    def revoke_all_of(self, user_id: UserId, *, because: SessionEnd, by: str | None = None) -> None:
        """End the user's sessions, and what could still begin one. `by` is the caller, unless it is the user."""
        # First what is pending: this waits for a request that is exchanging it, whose session then ends below.
        for pending in self.pending:
            pending.remove_pending(user_id)
        self.sessions.end_all_of(user_id, at=self.clock.now(), because=because)
        self.security_log.record_end_of_all(user_id=user_id, because=because, by=by)
