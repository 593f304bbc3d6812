"""The audit trail, as lines of a log."""

from typing import Final, Unpack

import structlog

from accounts.domain.entities import AuditEvent, AuditFacts

log: Final = structlog.get_logger("authsvc.audit")


class LoggedAuditTrail:
    """A line an event. Whatever the level of the log, these are written; see authsvc/logs.py."""

    def note(self, event: AuditEvent, **facts: Unpack[AuditFacts]) -> None:
        known = {name: str(fact) for name, fact in facts.items() if fact is not None}
        log.info(event.value, **known)
