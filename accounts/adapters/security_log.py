"""Security log writers: on structlog, and one that counts sign-ins."""

from dataclasses import dataclass
from typing import Final, Unpack

import structlog

from accounts.domain.identity.entities.security_log import SecurityEvent, SecurityFacts
from accounts.domain.identity.ports import SecurityLogWriter
from authsvc.kernel.metrics import SIGN_INS, Metrics

log: Final = structlog.get_logger("authsvc.audit")


class StructlogSecurityLogWriter:
    """Writes one line for each event, whatever the log level; see authsvc/config/logs.py."""

    def write(self, event: SecurityEvent, **facts: Unpack[SecurityFacts]) -> None:
        stated = {name: str(fact) for name, fact in facts.items() if fact is not None}
        log.info(event.value, **stated)


@dataclass(frozen=True, slots=True, kw_only=True)
class CountingSecurityLogWriter:
    """Counts sign-ins, all of which are events of the security log, and lets another writer write them."""

    writer: SecurityLogWriter
    metrics: Metrics

    def write(self, event: SecurityEvent, **facts: Unpack[SecurityFacts]) -> None:
        if event is SecurityEvent.SIGNED_IN:
            self.metrics.count(SIGN_INS, "success")
        elif event is SecurityEvent.SIGN_IN_FAILED:
            self.metrics.count(SIGN_INS, str(facts["reason"]))
        self.writer.write(event, **facts)
