"""Security log writer, on structlog."""

from typing import Final, Unpack

import structlog

from accounts.domain.identity.entities.security_log import SecurityEvent, SecurityFacts

log: Final = structlog.get_logger("authsvc.audit")


class StructlogSecurityLogWriter:
    """Writes one line for each event, whatever the log level; see authsvc/config/logs.py."""

    def write(self, event: SecurityEvent, **facts: Unpack[SecurityFacts]) -> None:
        stated = {name: str(fact) for name, fact in facts.items() if fact is not None}
        log.info(event.value, **stated)
