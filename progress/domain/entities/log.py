"""The log: who did what, in an order and a chain that can be proved."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, NewType
from uuid import UUID

from accounts.public import OrganizationId, UserId
from authsvc.kernel.canonical import checksum
from courses.public import CourseId
from progress.domain.entities.facts import Fact

EventId = NewType("EventId", UUID)

GENESIS: Final = "0" * 64
"""What stands where the first event of a stream would name the hash of the one before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamId:
    """Whose log on which course. `org_id`, whose course that is, follows from it, and so tells no two apart."""

    user_id: UserId
    course_id: CourseId
    org_id: OrganizationId | None = field(default=None, compare=False)

    def __str__(self) -> str:
        return f"user {self.user_id} on course {self.course_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Which person had something recorded, if one did, and by which request, if that had an idempotency key."""

    user_id: UserId | None
    idempotency_key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressEvent:
    """One entry of a stream, which is the log of one learner on one course.

    `sequence` counts 1, 2, 3 in its stream. `hash` covers every other member and, through `previous_hash`, all that
    came before it.
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
        """With the hash that belongs to it."""
        return replace(self, hash=self.computed_hash())

    def computed_hash(self) -> str:
        """What `hash` is unless somebody has changed the event since it was sealed."""
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
