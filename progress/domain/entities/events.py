"""Events: facts about a learner's course, in hash-chained streams."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, NewType
from uuid import UUID

from accounts.public import OrganizationId, UserId
from authsvc.kernel.canonical import checksum
from courses.public import CourseId
from progress.domain.errors import MalformedFact

EventId = NewType("EventId", UUID)
Payload = Mapping[str, str | int]

GENESIS: Final = "0" * 64
"""The `previous_hash` of the first event of a stream."""


class EventType(StrEnum):
    """Closed list of event types; each has a shape in SHAPES."""

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
    """Type of the resource that an event is about."""

    COURSE = "course"
    MODULE = "module"
    ITEM = "item"
    ATTEMPT = "attempt"
    CREDENTIAL = "credential"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Subject and exact payload members of the facts of one type."""

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
    """A typed statement about one resource. Raises MalformedFact unless the payload has the shape of its type."""

    type: EventType
    entity_id: UUID
    payload: Payload

    def __post_init__(self) -> None:
        shape = SHAPES[self.type].payload
        # A tampered row may hold any JSON value, not only an object.
        members = self.payload.items() if isinstance(self.payload, Mapping) else [("", None)]
        if {name: type(value) for name, value in members} != shape:
            raise MalformedFact(self.type, sorted(shape), sorted(name for name, _ in members))

    @property
    def about(self) -> EntityType:
        return SHAPES[self.type].about


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamId:
    """Key of a stream: one learner on one course. `org_id`, the owner of the course, takes no part in comparisons."""

    user_id: UserId
    course_id: CourseId
    org_id: OrganizationId | None = field(default=None, compare=False)

    def __str__(self) -> str:
        return f"user {self.user_id} on course {self.course_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """The user and the idempotency key of the request that led to an event, as far as there are any."""

    user_id: UserId | None
    idempotency_key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressEvent:
    """An entry of a stream.

    `sequence` counts 1, 2, 3 within the stream. `hash` covers every other member and, through `previous_hash`, all
    earlier events of the stream.
    """

    id: EventId
    user_id: UserId
    course_id: CourseId
    org_id: OrganizationId | None
    sequence: int
    fact: Fact
    occurred_at: datetime
    recorded_by: UserId | None
    idempotency_key: str
    previous_hash: str
    hash: str = ""

    @property
    def stream(self) -> StreamId:
        return StreamId(user_id=self.user_id, course_id=self.course_id, org_id=self.org_id)

    def sealed(self) -> "ProgressEvent":
        """Return the event with its hash."""
        return replace(self, hash=self.computed_hash())

    def computed_hash(self) -> str:
        """Compute the hash; it differs from `hash` if the event was changed after it was sealed."""
        return checksum(
            {
                "id": self.id,
                "user_id": self.user_id,
                "course_id": self.course_id,
                "org_id": self.org_id,
                "sequence": self.sequence,
                "type": self.fact.type,
                "entity_type": self.fact.about,
                "entity_id": self.fact.entity_id,
                "payload": self.fact.payload,
                "occurred_at": self.occurred_at,
                "recorded_by": self.recorded_by,
                "idempotency_key": self.idempotency_key,
                "previous_hash": self.previous_hash,
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSelection:
    """Filter by learner, organization and time: after `since`, up to and including `until`. None matches everything."""

    user_id: UserId | None = None
    org_id: OrganizationId | None = None
    since: datetime | None = None
    until: datetime | None = None

    def covers(self, *, user_id: UserId, org_id: OrganizationId | None, at: datetime) -> bool:
        return (
            self.user_id in (None, user_id)
            and self.org_id in (None, org_id)
            and (self.since is None or at > self.since)
            and (self.until is None or at <= self.until)
        )
