"""State of the audit log: what operators watch of it."""

from collections.abc import Iterator
from dataclasses import dataclass

from accounts.domain.audit.repositories.protocols import AuditLogRepository
from authsvc.kernel.metrics import LOG_POSITION, Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLogState:
    entries: AuditLogRepository

    def readings(self) -> Iterator[Reading]:
        """Yield the gauges of the audit log."""
        yield Reading(LOG_POSITION, self.entries.last_position(), ("audit",))
