"""By which verb a statement says what happened, and of what type is what it happened to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from progress.domain.entities import EntityType, EventType

_ADL: Final = "http://adlnet.gov/expapi/verbs"
_STREAMS: Final = "http://activitystrea.ms/schema/1.0"


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb that xAPI's registries know, and the word for people."""

    id: str
    word: str


VERBS: Final[Mapping[EventType, Verb]] = {
    EventType.ENROLLED: Verb(f"{_ADL}/registered", "registered"),
    EventType.MODULE_STARTED: Verb(f"{_ADL}/initialized", "initialized"),
    EventType.ITEM_COMPLETED: Verb(f"{_ADL}/completed", "completed"),
    EventType.ASSESSMENT_SUBMITTED: Verb(f"{_STREAMS}/submit", "submitted"),
    EventType.ASSESSMENT_PASSED: Verb(f"{_ADL}/passed", "passed"),
    EventType.ASSESSMENT_FAILED: Verb(f"{_ADL}/failed", "failed"),
    EventType.COURSE_COMPLETED: Verb(f"{_ADL}/completed", "completed"),
    EventType.CREDENTIAL_ISSUED: Verb("http://id.tincanapi.com/verb/earned", "earned"),
    EventType.CREDENTIAL_REVOKED: Verb(f"{_STREAMS}/lose", "lost"),
    EventType.VERSION_UPGRADED: Verb(f"{_STREAMS}/update", "updated"),
    EventType.WITHDRAWN: Verb(f"{_ADL}/terminated", "terminated"),
}

_ACTIVITIES: Final = "http://adlnet.gov/expapi/activities"

ACTIVITY_TYPES: Final[Mapping[EntityType, str]] = {
    EntityType.COURSE: f"{_ACTIVITIES}/course",
    EntityType.MODULE: f"{_ACTIVITIES}/module",
    EntityType.ITEM: f"{_ACTIVITIES}/lesson",
    EntityType.ATTEMPT: f"{_ACTIVITIES}/assessment",
    EntityType.CREDENTIAL: f"{_STREAMS}/badge",
}
