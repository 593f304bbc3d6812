"""Recording who did what to what."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

from accounts.domain.entities import AuditAct, AuditEntry, AuditEntryId, Principal
from accounts.domain.repositories.protocols import AuditLogRepository
from authsvc.kernel.clock import Clock
from authsvc.kernel.reach import Reach
from authsvc.kernel.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLog:
    entries: AuditLogRepository
    request_id: Callable[[], str]
    unit_of_work: UnitOfWork
    clock: Clock

    def record(self, act: AuditAct, *, by: Principal) -> None:
        """Add to the log in the unit of work of what was done, as its last step: others wait for the chain."""
        within = Reach.into(act.org_id)
        with self.unit_of_work.atomic():
            head = self.entries.head_for_update(act.org_id, within=within)
            entry = AuditEntry(
                id=AuditEntryId(uuid4()),
                sequence=head.sequence + 1,
                act=act,
                actor_id=by.user_id,
                client_id=by.client_id,
                request_id=self.request_id(),
                occurred_at=self.clock.now(),
                previous_hash=head.hash,
            )
            self.entries.append(entry.sealed(), within=within)
