"""Course progress: the state of a learner on a course, folded from a stream of events."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from accounts.public import OrganizationId, UserId
from courses.public import (
    AssessmentId,
    CourseId,
    CourseVersion,
    ItemId,
    ModuleId,
    Outline,
    PathwayId,
)
from progress.domain.entities.events import (
    GENESIS,
    Cause,
    EventId,
    EventType,
    Fact,
    ProgressEvent,
    StreamId,
)
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
    """Progress of one learner on one course: the projection of a stream, and its head.

    `percent_complete` is the share of the required items of version `course_version`, rounded down; a completed
    course stays completed and at 100, even if an item of it is reopened. `sequence`, `hash` and `changed_at` are those
    of the last event.
    """

    user_id: UserId
    course_id: CourseId
    course_slug: str
    org_id: OrganizationId | None
    enrolled_at: datetime
    last_activity_at: datetime
    changed_at: datetime
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
        """Return the progress of a learner before their first enrolment: an empty stream."""
        return cls(
            user_id=user_id,
            course_id=version.course_id,
            course_slug=version.slug,
            org_id=version.org_id,
            enrolled_at=at,
            last_activity_at=at,
            changed_at=at,
        )

    @property
    def stream(self) -> StreamId:
        return StreamId(user_id=self.user_id, course_id=self.course_id, org_id=self.org_id)

    @property
    def is_enrolled(self) -> bool:
        """Whether the learner is enrolled; also true after completion."""
        return self.status in (ProgressStatus.IN_PROGRESS, ProgressStatus.COMPLETED)

    @property
    def sort_key(self) -> tuple[datetime, CourseId]:
        """Sort key among the learner's courses: time of enrolment, then course id."""
        return self.enrolled_at, self.course_id

    def enrolment(self, version: CourseVersion) -> Fact:
        """Return the fact that the learner enrols on this version. Raises AlreadyEnrolled."""
        if self.status not in (ProgressStatus.NOT_STARTED, ProgressStatus.WITHDRAWN):
            raise AlreadyEnrolled(course_slug=self.course_slug)
        return Fact(
            type=EventType.ENROLLED,
            entity_id=self.course_id,
            payload={"course_version": version.number},
        )

    def withdrawal(self) -> Fact:
        """Return the fact that the learner withdraws. Raises NotEnrolled, AlreadyCompleted."""
        self._require_enrolment()
        if self.status is ProgressStatus.COMPLETED:
            raise AlreadyCompleted
        return Fact(type=EventType.WITHDRAWN, entity_id=self.course_id, payload={})

    def start_of(self, item_id: ItemId, outline: Outline) -> Fact | None:
        """Return the fact that the item's module is started, or None if it was before.

        Raises NotEnrolled, ItemNotFound.
        """
        self._require_enrolment()
        module = outline.module_of(item_id)
        if module.id in self.started_modules:
            return None
        return Fact(
            type=EventType.MODULE_STARTED, entity_id=module.id, payload={"item_id": str(item_id)}
        )

    def completion_of(self, item_id: ItemId, outline: Outline) -> Fact | None:
        """Return the fact that the item is completed, or None if it was before.

        Raises NotEnrolled, ItemNotFound, AssessmentRequired if the item has an assessment.
        """
        self._require_enrolment()
        assessment = outline.item(item_id).assessment
        if assessment is not None and item_id not in self.completed_items:
            raise AssessmentRequired(assessment_id=assessment.id)
        return self._completion_of(item_id, outline)

    def pass_of(self, item_id: ItemId, outline: Outline) -> Fact | None:
        """Return the fact that a passed assessment completes the item, or None if nothing changes.

        Nothing changes while the learner is withdrawn; the item is completed when they enrol again.
        """
        return self._completion_of(item_id, outline) if self.is_enrolled else None

    def has_open_assessments(self, outline: Outline) -> bool:
        """Whether an item of the outline has an assessment and is not completed."""
        return any(
            item.assessment is not None and item.id not in self.completed_items
            for item in outline.items
        )

    def completions_by(self, passed: AbstractSet[AssessmentId], outline: Outline) -> Iterator[Fact]:
        """Yield the facts that assessments passed so far complete their items: those items that are still open."""
        for item in outline.items:
            if item.assessment is not None and item.assessment.id in passed:
                completion = self._completion_of(item.id, outline)
                if completion is not None:
                    yield completion

    def _completion_of(self, item_id: ItemId, outline: Outline) -> Fact | None:
        module = outline.module_of(item_id)
        if item_id in self.completed_items:
            return None
        return Fact(
            type=EventType.ITEM_COMPLETED, entity_id=item_id, payload={"module_id": str(module.id)}
        )

    def upgrade(self, version: CourseVersion) -> Fact | None:
        """Return the fact that the learner moves to a newer version, or None if it is not newer. Raises NotEnrolled."""
        self._require_enrolment()
        if version.number <= self.course_version:
            return None
        return Fact(
            type=EventType.VERSION_UPGRADED,
            entity_id=self.course_id,
            payload={"from_version": self.course_version, "course_version": version.number},
        )

    def completion(self) -> Fact | None:
        """Return the fact that the course is completed, once all required items are."""
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
        """Return the event that records the fact after this head."""
        return ProgressEvent(
            id=event_id,
            user_id=self.user_id,
            course_id=self.course_id,
            org_id=self.org_id,
            sequence=self.sequence + 1,
            fact=fact,
            occurred_at=at,
            recorded_by=cause.user_id,
            agent=cause.agent,
            idempotency_key=cause.idempotency_key,
            previous_hash=self.hash,
        ).sealed()

    def apply(self, event: ProgressEvent, outline: Outline) -> "CourseProgress":
        """Return the progress after the event. *outline* is that of the version the learner is on by then."""
        return self.apply_all((event,), outline)

    def apply_all(self, events: Sequence[ProgressEvent], outline: Outline) -> "CourseProgress":
        """Return the progress after the events, in one go. *outline* is that of the version after the last one."""
        # Collected, because verification folds millions of events, and each copy of the progress takes a while.
        changes: dict[str, Any] = {}
        items, modules = list(self.completed_items), list(self.started_modules)
        for event in events:
            _collect(event, changes, items, modules)
        changed = replace(
            self,
            **changes,
            completed_items=tuple(items),
            started_modules=tuple(modules),
            sequence=events[-1].sequence,
            hash=events[-1].hash,
            changed_at=events[-1].occurred_at,
        )
        return replace(changed, percent_complete=_percent_of(changed, outline))

    def _require_enrolment(self) -> None:
        if not self.is_enrolled:
            raise NotEnrolled


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseRecord:
    """Summary of a course that the learner is or was enrolled on."""

    course_version: int
    last_activity_at: datetime
    completed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerRecord:
    """Everything a learner has reached: courses, best scores in percent, and completed pathways."""

    courses: Mapping[CourseId, CourseRecord] = field(default_factory=dict)
    best_percents: Mapping[AssessmentId, int] = field(default_factory=dict)
    completed_pathways: AbstractSet[PathwayId] = frozenset()

    @property
    def completed(self) -> AbstractSet[CourseId]:
        """Ids of the completed courses."""
        return {id_ for id_, course in self.courses.items() if course.completed_at is not None}


def _collect(
    event: ProgressEvent, changes: dict[str, Any], items: list[ItemId], modules: list[ModuleId]
) -> None:
    """Add what an event changes in the progress, and the item or the module that it adds."""
    now = event.occurred_at
    match event.fact.type:
        case EventType.ITEM_COMPLETED:
            items.append(ItemId(event.fact.entity_id))
            changes["last_activity_at"] = now
        case EventType.MODULE_STARTED:
            modules.append(ModuleId(event.fact.entity_id))
            changes["last_activity_at"] = now
        case EventType.ENROLLED:
            changes["status"] = ProgressStatus.IN_PROGRESS
            changes["course_version"] = _version_in(event.fact)
            changes["enrolled_at"] = changes["last_activity_at"] = now
        case EventType.COURSE_COMPLETED:
            changes["status"] = ProgressStatus.COMPLETED
            changes["completed_at"] = now
        case EventType.VERSION_UPGRADED:
            changes["course_version"] = _version_in(event.fact)
            changes["last_activity_at"] = now
        case EventType.WITHDRAWN:
            changes["status"] = ProgressStatus.WITHDRAWN
            changes["last_activity_at"] = now
        case EventType.ASSESSMENT_VOIDED | EventType.ASSESSMENT_REGRADED:
            if event.fact.payload["reopens_item"]:
                items[:] = [item for item in items if str(item) != event.fact.payload["item_id"]]
        case _:
            """Other facts about attempts and credentials change no progress."""


def _percent_of(progress: CourseProgress, outline: Outline) -> int:
    if progress.completed_at is not None:
        return COMPLETE
    required = outline.required_items
    return COMPLETE * len(required.intersection(progress.completed_items)) // len(required)


def version_after(event: ProgressEvent, before: int) -> int:
    """Return the number of the course version that the learner is on after the event."""
    return int(event.fact.payload.get("course_version", before))


def _version_in(fact: Fact) -> int:
    return int(fact.payload["course_version"])
