"""The audit trail, as lines of a log."""

from typing import Final, Unpack

import structlog

from accounts.domain.identity.entities.security_log import SecurityEvent, SecurityFacts

log: Final = structlog.get_logger("authsvc.audit")


class StructlogSecurityLogWriter:
    """A line an event. Whatever the level of the log, these are written; see authsvc/config/logs.py."""

    def note(self, event: SecurityEvent, **facts: Unpack[SecurityFacts]) -> None:
        known = {name: str(fact) for name, fact in facts.items() if fact is not None}
        log.info(event.value, **known)
