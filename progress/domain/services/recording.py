"""Adding facts to the log, the one way in which progress comes about."""

from dataclasses import dataclass
from uuid import uuid4

from accounts.public import UserId
from authsvc.kernel.clock import Clock
from authsvc.kernel.events import EventBus
from authsvc.kernel.reach import Reach
from authsvc.kernel.unit_of_work import UnitOfWork
from courses.public import CatalogService
from progress.domain.entities import (
    Cause,
    CourseProgress,
    EventId,
    EventType,
    Fact,
    ProgressEvent,
    StreamId,
    version_after,
)
from progress.domain.errors import NotEnrolled
from progress.domain.events import CourseCompleted
from progress.domain.repositories.protocols import EventRepository, ProgressRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorder:
    """Turns facts into the next events of a stream. Works inside the unit of work of the service that uses it."""

    progress: ProgressRepository
    log: EventRepository
    catalog: CatalogService
    events: EventBus
    clock: Clock

    def begin(self, progress: CourseProgress, fact: Fact, cause: Cause) -> CourseProgress:
        """Record the first fact of a stream. Raises AlreadyEnrolled when the stream has one."""
        events, after = self._events(progress, fact, cause)
        self.progress.add(after, within=Reach.into(after.org_id))
        self._tell(events, within=Reach.into(after.org_id))
        return after

    def record(self, progress: CourseProgress, fact: Fact, cause: Cause) -> CourseProgress:
        """Record a fact in the stream of *progress*, which was found for update."""
        events, after = self._events(progress, fact, cause)
        self.progress.save(after, within=Reach.into(after.org_id))
        self._tell(events, within=Reach.into(after.org_id))
        return after

    def _events(
        self, progress: CourseProgress, fact: Fact, cause: Cause
    ) -> tuple[list[ProgressEvent], CourseProgress]:
        """The fact as an event, the completion of the course if that follows, and what they amount to."""
        events: list[ProgressEvent] = []
        within = Reach.into(progress.org_id)
        due: Fact | None = fact
        while due is not None:
            event = progress.next_event(
                due, event_id=EventId(uuid4()), at=self.clock.now(), cause=cause
            )
            number = version_after(event, progress)
            version = self.catalog.version(event.course_id, number, within=within)
            progress = progress.apply(event, version.outline)
            events.append(event)
            due = progress.completion()
        return events, progress

    def _tell(self, events: list[ProgressEvent], *, within: Reach) -> None:
        self.log.append(events, within=within)
        for event in events:
            if event.fact.type is EventType.COURSE_COMPLETED:
                self.events.publish(_course_completed(event))


def _course_completed(event: ProgressEvent) -> CourseCompleted:
    return CourseCompleted(
        user_id=event.user_id,
        course_id=event.course_id,
        org_id=event.org_id,
        course_version=int(event.fact.payload["course_version"]),
        completed_at=event.occurred_at,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingService:
    """Records what other apps own: the app that decides a fact is the one that has it recorded."""

    progress: ProgressRepository
    recorder: Recorder
    unit_of_work: UnitOfWork

    def record(self, fact: Fact, *, stream: StreamId, by: UserId | None) -> None:
        """Add the fact to the stream. Raises NotEnrolled when there is no such stream."""
        with self.unit_of_work.atomic():
            self.recorder.record(self.lock(stream), fact, Cause(user_id=by))

    def lock(self, stream: StreamId) -> CourseProgress:
        """Keep others from adding to the stream until the unit of work ends.

        Whoever keeps a row before he records it does this first, as learners do; or each could wait for the other.
        Raises NotEnrolled when there is no such stream.
        """
        progress = self.progress.find_for_update(
            stream.user_id, str(stream.course_id), within=Reach.into(stream.org_id)
        )
        if progress is None:
            raise NotEnrolled
        return progress
