"""Recorded facts: events about a kind of resource, for those who compare the resource with them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.verification import Stored
from progress.domain.entities.events import EntityType, EventType, ProgressEvent, StreamId
from progress.domain.repositories.protocols.progress import EventRepository

_ACHIEVEMENTS: Final = (EventType.COURSE_COMPLETED, EventType.ASSESSMENT_PASSED)
_LOSSES: Final = (EventType.ASSESSMENT_VOIDED, EventType.ASSESSMENT_REGRADED)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedFacts:
    log: EventRepository

    def last_about(
        self, stream: StreamId, about: EntityType, entity_id: UUID
    ) -> Stored[ProgressEvent] | None:
        """Return the last event of the stream about the resource, if there is one."""
        scope = TenantScope.into(stream.org_id)
        return self.log.last_about(stream, about, entity_id, scope=scope)

    def reopenings(self, stream: StreamId) -> list[ProgressEvent]:
        """Return the events of the stream that reopened an item because its pass was lost, oldest first."""
        events = self.log.stream(stream, scope=TenantScope.into(stream.org_id))
        return [event for event in events if event.fact.payload.get("reopens_item")]

    def achievements(self, stream: StreamId) -> list[ProgressEvent]:
        """Return the completions of the course and the passes of assessments that still count, oldest first."""
        types = frozenset({*_ACHIEVEMENTS, *_LOSSES})
        events = self.log.of_types(stream, types, scope=TenantScope.into(stream.org_id))
        last = {event.fact.entity_id: event for event in events}
        return [event for event in last.values() if event.fact.type in _ACHIEVEMENTS]

    def all_achievements(self, stream: StreamId) -> list[ProgressEvent]:
        """Like `achievements`, with those that do not count any more."""
        types = frozenset(_ACHIEVEMENTS)
        return self.log.of_types(stream, types, scope=TenantScope.into(stream.org_id))

    def about(self, about: EntityType, *, scope: TenantScope) -> Iterator[Stored[ProgressEvent]]:
        """Yield all events in scope about resources of this type, by user, course and sequence."""
        return self.log.in_streams(about=about, scope=scope)
