"""Outgoing events of learning: what other systems can learn about an event of a stream."""

from collections.abc import Mapping
from typing import Any, Final

from authsvc.events.catalogue import CATALOGUE, OutgoingEventType
from authsvc.events.entities import OutgoingEvent
from progress.domain.entities.events import EntityType, EventType, ProgressEvent

_TYPES: Final[Mapping[EventType, OutgoingEventType]] = {
    EventType.ENROLLED: OutgoingEventType.LEARNING_ENROLLED,
    EventType.MODULE_STARTED: OutgoingEventType.LEARNING_MODULE_STARTED,
    EventType.ITEM_COMPLETED: OutgoingEventType.LEARNING_ITEM_COMPLETED,
    EventType.ASSESSMENT_SUBMITTED: OutgoingEventType.LEARNING_ASSESSMENT_SUBMITTED,
    EventType.ASSESSMENT_PASSED: OutgoingEventType.LEARNING_ASSESSMENT_PASSED,
    EventType.ASSESSMENT_FAILED: OutgoingEventType.LEARNING_ASSESSMENT_FAILED,
    EventType.ASSESSMENT_VOIDED: OutgoingEventType.LEARNING_ASSESSMENT_VOIDED,
    EventType.ASSESSMENT_REGRADED: OutgoingEventType.LEARNING_ASSESSMENT_REGRADED,
    EventType.ASSESSMENT_REOPENED: OutgoingEventType.LEARNING_ASSESSMENT_REOPENED,
    EventType.ASSESSMENT_EXTENDED: OutgoingEventType.LEARNING_ASSESSMENT_EXTENDED,
    EventType.COURSE_COMPLETED: OutgoingEventType.LEARNING_COURSE_COMPLETED,
    EventType.VERSION_UPGRADED: OutgoingEventType.LEARNING_VERSION_UPGRADED,
    EventType.WITHDRAWN: OutgoingEventType.LEARNING_WITHDRAWN,
    EventType.CREDENTIAL_ISSUED: OutgoingEventType.CREDENTIAL_ISSUED,
    EventType.CREDENTIAL_REVOKED: OutgoingEventType.CREDENTIAL_REVOKED,
    EventType.CREDENTIAL_SUSPENDED: OutgoingEventType.CREDENTIAL_SUSPENDED,
    EventType.CREDENTIAL_RESUMED: OutgoingEventType.CREDENTIAL_RESUMED,
}
UNPUBLISHED: Final = frozenset({EventType.ATTEMPT_BOUND, EventType.CREDENTIAL_BOUND})
"""They bind rows of long ago by their hash, and tell nothing new."""
_SUBJECTS: Final[Mapping[EntityType, str]] = {
    EntityType.COURSE: "course_id",
    EntityType.MODULE: "module_id",
    EntityType.ITEM: "item_id",
    EntityType.ATTEMPT: "attempt_id",
    EntityType.CREDENTIAL: "issued_id",
}


def outgoing_event_of(event: ProgressEvent) -> OutgoingEvent | None:
    """The outgoing event about an event of a stream, with the same id; None if its type is not published."""
    if event.fact.type in UNPUBLISHED:
        return None
    type_ = _TYPES[event.fact.type]
    members: dict[str, Any] = {
        **event.fact.payload,
        _SUBJECTS[event.fact.about]: str(event.fact.entity_id),
        "course_id": str(event.course_id),
        "sequence": event.sequence,
    }
    return OutgoingEvent(
        id=event.id,
        type=type_,
        occurred_at=event.occurred_at,
        org_id=event.org_id,
        user_id=event.user_id,
        # Scores and the hashes of rows stay here.
        data={name: members[name] for name in CATALOGUE[type_].data},
    )
