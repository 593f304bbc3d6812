"""The closed list of what can be recorded, and the shape of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from progress.domain.errors import MalformedFact

Payload = Mapping[str, str | int]


class EventType(StrEnum):
    """All that can be recorded; a new kind of fact needs a new type and its shape."""

    ENROLLED = "enrolled"
    MODULE_STARTED = "module_started"
    ITEM_COMPLETED = "item_completed"
    ASSESSMENT_SUBMITTED = "assessment_submitted"
    ASSESSMENT_PASSED = "assessment_passed"
    ASSESSMENT_FAILED = "assessment_failed"
    COURSE_COMPLETED = "course_completed"
    CREDENTIAL_ISSUED = "credential_issued"
    CREDENTIAL_REVOKED = "credential_revoked"
    VERSION_UPGRADED = "version_upgraded"
    WITHDRAWN = "withdrawn"


class EntityType(StrEnum):
    """What an event is about."""

    COURSE = "course"
    MODULE = "module"
    ITEM = "item"
    ATTEMPT = "attempt"
    CREDENTIAL = "credential"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What a fact of one type is about, and the members of its payload: these and no others."""

    about: EntityType
    payload: Mapping[str, type]


_IN_VERSION: Final = Shape(about=EntityType.COURSE, payload={"course_version": int})
_GRADED: Final = Shape(
    about=EntityType.ATTEMPT,
    payload={"assessment_id": str, "assessment_version": int, "score": int, "max_score": int},
)
_CREDENTIAL: Final = Shape(
    about=EntityType.CREDENTIAL, payload={"credential_id": str, "credential_version": int}
)

SHAPES: Final[Mapping[EventType, Shape]] = {
    EventType.ENROLLED: _IN_VERSION,
    EventType.MODULE_STARTED: Shape(about=EntityType.MODULE, payload={"item_id": str}),
    EventType.ITEM_COMPLETED: Shape(about=EntityType.ITEM, payload={"module_id": str}),
    EventType.ASSESSMENT_SUBMITTED: Shape(
        about=EntityType.ATTEMPT, payload={"assessment_id": str, "assessment_version": int}
    ),
    EventType.ASSESSMENT_PASSED: _GRADED,
    EventType.ASSESSMENT_FAILED: _GRADED,
    EventType.COURSE_COMPLETED: _IN_VERSION,
    EventType.CREDENTIAL_ISSUED: _CREDENTIAL,
    EventType.CREDENTIAL_REVOKED: _CREDENTIAL,
    EventType.VERSION_UPGRADED: Shape(
        about=EntityType.COURSE, payload={"from_version": int, "course_version": int}
    ),
    EventType.WITHDRAWN: Shape(about=EntityType.COURSE, payload={}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that happened to the thing with this id. Raises MalformedFact unless it has its type's shape."""

    type: EventType
    entity_id: UUID
    payload: Payload

    def __post_init__(self) -> None:
        shape = SHAPES[self.type].payload
        # A store gives back whatever somebody has put there, which need not be a mapping.
        given = self.payload.items() if isinstance(self.payload, Mapping) else [("", None)]
        if {name: type(value) for name, value in given} != shape:
            raise MalformedFact(self.type, sorted(shape), sorted(name for name, _ in given))

    @property
    def about(self) -> EntityType:
        return SHAPES[self.type].about
