"""Reading the security log."""

from dataclasses import dataclass, field
from typing import Any, Unpack

from accounts.domain.identity.entities.security_log import SecurityEvent, SecurityFacts
from tests.support.log_lines import LogRecords


@dataclass(frozen=True, slots=True)
class RecordedTrail:
    """Recorded notes, oldest first."""

    notes: list[tuple[SecurityEvent, SecurityFacts]] = field(default_factory=list)

    def write(self, event: SecurityEvent, **facts: Unpack[SecurityFacts]) -> None:
        self.notes.append((event, facts))

    def facts_of(self, event: SecurityEvent) -> list[SecurityFacts]:
        """The facts of all notes of this event."""
        return [facts for noted_event, facts in self.notes if noted_event is event]


def lines_in(caplog: LogRecords) -> list[dict[str, Any]]:
    """The lines of the log of the application, oldest first."""
    records: list[Any] = caplog.records
    return [record.msg for record in records if record.name == "authsvc.audit"]
