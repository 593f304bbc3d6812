"""What a stream of events amounts to: a pure fold."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from accounts.public import OrganizationId, UserId
from courses.public import CourseId, CourseVersion, ItemId, ModuleId, Outline
from progress.domain.entities.facts import EventType, Fact
from progress.domain.entities.log import GENESIS, Cause, EventId, ProgressEvent, StreamId
from progress.domain.errors import (
    AlreadyCompleted,
    AlreadyEnrolled,
    AssessmentRequired,
    NotEnrolled,
)

COMPLETE: Final = 100
"""The `percent_complete` of a completed course."""


class ProgressStatus(StrEnum):
    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseProgress:
    """Where one learner stands on one course, and the head of his stream.

    `percent_complete` is the share of the required items of version `course_version`, rounded down; a completed
    course stays at 100. `sequence` and `hash` are those of the last event.
    """

    user_id: UserId
    course_id: CourseId
    course_slug: str
    org_id: OrganizationId | None
    enrolled_at: datetime
    last_activity_at: datetime
    status: ProgressStatus = ProgressStatus.NOT_STARTED
    course_version: int = 0
    percent_complete: int = 0
    completed_at: datetime | None = None
    completed_items: tuple[ItemId, ...] = ()
    started_modules: tuple[ModuleId, ...] = ()
    sequence: int = 0
    hash: str = GENESIS

    @classmethod
    def before(cls, version: CourseVersion, *, user_id: UserId, at: datetime) -> "CourseProgress":
        """Of somebody who was never on the course, just before he enrols."""
        return cls(
            user_id=user_id,
            course_id=version.course_id,
            course_slug=version.slug,
            org_id=version.org_id,
            enrolled_at=at,
            last_activity_at=at,
        )

    @property
    def stream(self) -> StreamId:
        return StreamId(user_id=self.user_id, course_id=self.course_id, org_id=self.org_id)

    @property
    def is_on_it(self) -> bool:
        """Whether the learner is on the course, be it that he has completed it."""
        return self.status in (ProgressStatus.IN_PROGRESS, ProgressStatus.COMPLETED)

    @property
    def place(self) -> tuple[datetime, CourseId]:
        """Where it stands among the learner's courses: by the moment of enrolment, then by the course's id."""
        return self.enrolled_at, self.course_id

    def enrolment(self, version: CourseVersion) -> Fact:
        """The fact that the learner takes up this version. Raises AlreadyEnrolled."""
        if self.status not in (ProgressStatus.NOT_STARTED, ProgressStatus.WITHDRAWN):
            raise AlreadyEnrolled(course_slug=self.course_slug)
        return Fact(
            type=EventType.ENROLLED,
            entity_id=self.course_id,
            payload={"course_version": version.number},
        )

    def withdrawal(self) -> Fact:
        """The fact that the learner gives up. Raises NotEnrolled, AlreadyCompleted."""
        self._require_enrolment()
        if self.status is ProgressStatus.COMPLETED:
            raise AlreadyCompleted
        return Fact(type=EventType.WITHDRAWN, entity_id=self.course_id, payload={})

    def start_of(self, item_id: ItemId, outline: Outline) -> Fact | None:
        """The fact that the item's module is started; None when it was. Raises NotEnrolled, ItemNotFound."""
        self._require_enrolment()
        module = outline.module_of(item_id)
        if module.id in self.started_modules:
            return None
        return Fact(
            type=EventType.MODULE_STARTED, entity_id=module.id, payload={"item_id": str(item_id)}
        )

    def completion_of(self, item_id: ItemId, outline: Outline) -> Fact | None:
        """The fact that the item is completed; None when it was.

        Raises NotEnrolled, ItemNotFound, AssessmentRequired when there is something to pass.
        """
        self._require_enrolment()
        assessment = outline.item(item_id).assessment
        if assessment is not None and item_id not in self.completed_items:
            raise AssessmentRequired(assessment_id=assessment.id)
        return self._completion_of(item_id, outline)

    def pass_of(self, item_id: ItemId, outline: Outline) -> Fact | None:
        """The fact that the item is completed by its assessment; None when it was, or nobody is on the course."""
        return self._completion_of(item_id, outline) if self.is_on_it else None

    def _completion_of(self, item_id: ItemId, outline: Outline) -> Fact | None:
        module = outline.module_of(item_id)
        if item_id in self.completed_items:
            return None
        return Fact(
            type=EventType.ITEM_COMPLETED, entity_id=item_id, payload={"module_id": str(module.id)}
        )

    def upgrade(self, version: CourseVersion) -> Fact | None:
        """The fact that the learner moves to a newer version; None when he is on it. Raises NotEnrolled."""
        self._require_enrolment()
        if version.number <= self.course_version:
            return None
        return Fact(
            type=EventType.VERSION_UPGRADED,
            entity_id=self.course_id,
            payload={"from_version": self.course_version, "course_version": version.number},
        )

    def completion(self) -> Fact | None:
        """The fact that the course is completed, once nothing required is left to do."""
        if self.percent_complete < COMPLETE or self.status is not ProgressStatus.IN_PROGRESS:
            return None
        return Fact(
            type=EventType.COURSE_COMPLETED,
            entity_id=self.course_id,
            payload={"course_version": self.course_version},
        )

    def next_event(
        self, fact: Fact, *, event_id: EventId, at: datetime, cause: Cause
    ) -> ProgressEvent:
        """The fact as the event that follows this head."""
        return ProgressEvent(
            id=event_id,
            user_id=self.user_id,
            course_id=self.course_id,
            org_id=self.org_id,
            sequence=self.sequence + 1,
            fact=fact,
            occurred_at=at,
            recorded_by=cause.user_id,
            idempotency_key=cause.idempotency_key,
            previous_hash=self.hash,
        ).sealed()

    def apply(self, event: ProgressEvent, outline: Outline) -> "CourseProgress":
        """What it amounts to after the event. *outline* is of the version that the learner is on after it."""
        changed = self._changed_by(event)
        return replace(
            changed,
            percent_complete=_percent_of(changed, outline),
            sequence=event.sequence,
            hash=event.hash,
        )

    def _changed_by(self, event: ProgressEvent) -> "CourseProgress":  # noqa: PLR0911  # one for each type
        now = event.occurred_at
        match event.fact.type:
            case EventType.ENROLLED:
                return replace(
                    self,
                    status=ProgressStatus.IN_PROGRESS,
                    course_version=_version_in(event.fact),
                    enrolled_at=now,
                    last_activity_at=now,
                )
            case EventType.MODULE_STARTED:
                started = (*self.started_modules, ModuleId(event.fact.entity_id))
                return replace(self, started_modules=started, last_activity_at=now)
            case EventType.ITEM_COMPLETED:
                completed = (*self.completed_items, ItemId(event.fact.entity_id))
                return replace(self, completed_items=completed, last_activity_at=now)
            case EventType.COURSE_COMPLETED:
                return replace(self, status=ProgressStatus.COMPLETED, completed_at=now)
            case EventType.VERSION_UPGRADED:
                return replace(self, course_version=_version_in(event.fact), last_activity_at=now)
            case EventType.WITHDRAWN:
                return replace(self, status=ProgressStatus.WITHDRAWN, last_activity_at=now)
            case _:
                return self

    def _require_enrolment(self) -> None:
        if not self.is_on_it:
            raise NotEnrolled


def _percent_of(progress: CourseProgress, outline: Outline) -> int:
    if progress.completed_at is not None:
        return COMPLETE
    required = outline.required_items
    return COMPLETE * len(required.intersection(progress.completed_items)) // len(required)


def version_after(event: ProgressEvent, progress: CourseProgress) -> int:
    """The number of the course version that the learner is on after the event."""
    return int(event.fact.payload.get("course_version", progress.course_version))


def _version_in(fact: Fact) -> int:
    return int(fact.payload["course_version"])
