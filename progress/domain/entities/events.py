"""Events: facts about a learner's course, in hash-chained streams."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Final, NewType
from uuid import UUID, uuid5

from accounts.public import OrganizationId, UserId
from authsvc.kernel.canonical import canonical_text, canonical_time
from courses.public import CourseId
from progress.domain.errors import MalformedFact

EventId = NewType("EventId", UUID)
Payload = Mapping[str, str | int]

GENESIS: Final = "0" * 64
"""The `previous_hash` of the first event of a stream."""
BINDING: Final = "sha256"
"""The payload member that binds a row: the SHA-256 of its canonical content after the event."""


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
    ATTEMPT_BOUND = "attempt_bound"
    CREDENTIAL_BOUND = "credential_bound"
    ASSESSMENT_VOIDED = "assessment_voided"
    ASSESSMENT_REGRADED = "assessment_regraded"
    ASSESSMENT_REOPENED = "assessment_reopened"
    ASSESSMENT_EXTENDED = "assessment_extended"
    CREDENTIAL_SUSPENDED = "credential_suspended"
    CREDENTIAL_RESUMED = "credential_resumed"


class EntityType(StrEnum):
    """Type of the resource that an event is about."""

    COURSE = "course"
    MODULE = "module"
    ITEM = "item"
    ATTEMPT = "attempt"
    CREDENTIAL = "credential"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Subject and exact payload members of the facts of one type; `earlier` is the shape of events recorded before."""

    about: EntityType
    payload: Mapping[str, type]
    earlier: Mapping[str, type] | None = None


def _binding(about: EntityType, **payload: type) -> Shape:
    """The shape of facts that bind the row of their subject; earlier ones did not."""
    return Shape(about=about, payload={**payload, BINDING: str}, earlier=payload)


_IN_VERSION: Final = Shape(about=EntityType.COURSE, payload={"course_version": int})
_SUBMITTED: Final = _binding(EntityType.ATTEMPT, assessment_id=str, assessment_version=int)
_GRADED: Final = _binding(
    EntityType.ATTEMPT, assessment_id=str, assessment_version=int, score=int, max_score=int
)
_IN_PROGRESS: Final = Shape(
    about=EntityType.ATTEMPT,
    payload={"assessment_id": str, "assessment_version": int, "expires_at": str},
)
"""Facts after which an attempt takes answers until the time given, or without end if it is empty; they bind no row."""
_CREDENTIAL: Final = _binding(EntityType.CREDENTIAL, credential_id=str, credential_version=int)
_LOST_PASS: Final = {"item_id": str, "reopens_item": bool}
"""Members of facts that take a pass away: the item of the assessment, and whether it is open again."""

SHAPES: Final[Mapping[EventType, Shape]] = {
    EventType.ENROLLED: _IN_VERSION,
    EventType.MODULE_STARTED: Shape(about=EntityType.MODULE, payload={"item_id": str}),
    EventType.ITEM_COMPLETED: Shape(about=EntityType.ITEM, payload={"module_id": str}),
    EventType.ASSESSMENT_SUBMITTED: _SUBMITTED,
    EventType.ASSESSMENT_PASSED: _GRADED,
    EventType.ASSESSMENT_FAILED: _GRADED,
    EventType.COURSE_COMPLETED: _IN_VERSION,
    EventType.CREDENTIAL_ISSUED: _CREDENTIAL,
    EventType.CREDENTIAL_REVOKED: _CREDENTIAL,
    EventType.VERSION_UPGRADED: Shape(
        about=EntityType.COURSE, payload={"from_version": int, "course_version": int}
    ),
    EventType.WITHDRAWN: Shape(about=EntityType.COURSE, payload={}),
    EventType.ATTEMPT_BOUND: replace(_SUBMITTED, earlier=None),
    EventType.CREDENTIAL_BOUND: replace(_CREDENTIAL, earlier=None),
    EventType.CREDENTIAL_SUSPENDED: replace(_CREDENTIAL, earlier=None),
    EventType.CREDENTIAL_RESUMED: replace(_CREDENTIAL, earlier=None),
    EventType.ASSESSMENT_VOIDED: Shape(
        about=EntityType.ATTEMPT, payload={**_SUBMITTED.payload, **_LOST_PASS}
    ),
    EventType.ASSESSMENT_REGRADED: Shape(
        about=EntityType.ATTEMPT, payload={**_GRADED.payload, **_LOST_PASS}
    ),
    EventType.ASSESSMENT_REOPENED: _IN_PROGRESS,
    EventType.ASSESSMENT_EXTENDED: _IN_PROGRESS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A typed statement about one resource.

    Raises MalformedFact unless the payload has the shape of its type, or the earlier one.
    """

    type: EventType
    entity_id: UUID
    payload: Payload

    def __post_init__(self) -> None:
        shape = SHAPES[self.type]
        # A tampered row may hold any JSON value, not only an object.
        members = self.payload.items() if isinstance(self.payload, Mapping) else [("", None)]
        types = {name: type(value) for name, value in members}
        if types not in (shape.payload, shape.earlier):
            raise MalformedFact(self.type, sorted(shape.payload), sorted(types))

    @property
    def about(self) -> EntityType:
        return SHAPES[self.type].about

    @property
    def binding(self) -> str | None:
        """The hash of the row of its subject; None if this type, or this earlier fact, does not bind one."""
        return None if (binding := self.payload.get(BINDING)) is None else str(binding)

    def require_current_shape(self) -> None:
        """Raise MalformedFact for a fact in the earlier shape of its type: only stored ones may have it."""
        shape = SHAPES[self.type].payload
        if self.payload.keys() != shape.keys():
            raise MalformedFact(self.type, sorted(shape), sorted(self.payload))


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class StreamId:
    """Key of a stream: one learner on one course. `org_id`, the owner of the course, takes no part in comparisons."""

    user_id: UserId
    course_id: CourseId
    org_id: OrganizationId | None = field(default=None, compare=False)

    @property
    def registration(self) -> UUID:
        """Id of the learner on the course as one UUID: the same for all their events there, also across withdrawals."""
        return uuid5(self.course_id, str(self.user_id))

    def __str__(self) -> str:
        return f"user {self.user_id} on course {self.course_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """The user, the agent and the idempotency key of the request that led to an event, as far as there are any."""

    user_id: UserId | None
    idempotency_key: str = ""
    agent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressEvent:
    """An entry of a stream.

    `sequence` counts 1, 2, 3 within the stream. `hash` covers every other member and, through `previous_hash`, all
    earlier events of the stream. `agent` is the id of the OAuth client if an agent acted for the user.
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
    agent: str | None = None
    hash: str = ""

    @property
    def stream(self) -> StreamId:
        return StreamId(user_id=self.user_id, course_id=self.course_id, org_id=self.org_id)

    def sealed(self) -> "ProgressEvent":
        """Return the event with its hash."""
        return replace(self, hash=self.computed_hash())

    def computed_hash(self) -> str:
        """Compute the hash; it differs from `hash` if the event was changed after it was sealed."""
        return sha256(self._text().encode()).hexdigest()

    @property
    def content(self) -> Mapping[str, object]:
        """All members but the hash as JSON values, whose canonical JSON has it."""
        members: Mapping[str, object] = json.loads(self._text())
        return members

    def _text(self) -> str:
        # The canonical JSON of all members but the hash, written out: verification computes millions of hashes.
        # Events without an agent have the hash that they had before there were any.
        fact, agent = self.fact, f'"agent":{canonical_text(self.agent)},' if self.agent else ""
        return (
            f'{{{agent}"course_id":"{self.course_id}","entity_id":"{fact.entity_id}",'
            f'"entity_type":"{SHAPES[fact.type].about}","id":"{self.id}",'
            f'"idempotency_key":{canonical_text(self.idempotency_key)},'
            f'"occurred_at":"{canonical_time(self.occurred_at)}",'
            f'"org_id":{_quoted(self.org_id)},"payload":{canonical_text(fact.payload)},'
            f'"previous_hash":{canonical_text(self.previous_hash)},'
            f'"recorded_by":{_quoted(self.recorded_by)},'
            f'"sequence":{self.sequence},"type":"{fact.type}","user_id":"{self.user_id}"}}'
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Filter by what events are about: a course, module, item, assessment or issued credential.

    Events about an attempt are selected by their assessment. `course_id` is that of a course, module or item. With
    `is_broad`, all events on a course are about it, and the completion of an item is about its module, too.
    """

    about: EntityType
    id: UUID
    course_id: CourseId | None = None
    is_broad: bool = False

    def covers(self, event: ProgressEvent) -> bool:
        if self.course_id not in (None, event.course_id):
            return False
        if self.is_broad and self.about is EntityType.COURSE:
            return True
        if self.is_broad and self._is_module_of(event):
            return True
        if self.about is EntityType.ATTEMPT:
            return event.fact.payload.get("assessment_id") == str(self.id)
        return (event.fact.about, event.fact.entity_id) == (self.about, self.id)

    def _is_module_of(self, event: ProgressEvent) -> bool:
        is_completion = event.fact.type is EventType.ITEM_COMPLETED
        return is_completion and event.fact.payload["module_id"] == str(self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSelection:
    """Filter by learner, organization, type, subject, registration and time; None matches everything.

    Times are after `since`, up to and including `until`. `registration` is that of a StreamId.
    """

    user_id: UserId | None = None
    org_id: OrganizationId | None = None
    types: frozenset[EventType] | None = None
    subject: Subject | None = None
    registration: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None

    def covers(self, event: ProgressEvent) -> bool:
        return (
            self.user_id in (None, event.user_id)
            and self.org_id in (None, event.org_id)
            and (self.types is None or event.fact.type in self.types)
            and (self.subject is None or self.subject.covers(event))
            and self.registration in (None, event.stream.registration)
            and (self.since is None or event.occurred_at > self.since)
            and (self.until is None or event.occurred_at <= self.until)
        )

    def matching_nothing(self) -> "EventSelection":
        """Return the selection without any event."""
        return replace(self, types=frozenset())


def _quoted(identifier: UUID | None) -> str:
    return "null" if identifier is None else f'"{identifier}"'
