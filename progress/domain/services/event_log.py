"""Event log: recording facts, and exporting events."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final
from uuid import UUID, uuid4

from accounts.public import OrganizationId, Principal, Right, SubjectType, TenantAccess
from authsvc.events.services.outbox import EventOutbox
from authsvc.kernel.clock import Clock
from authsvc.kernel.events import EventBus
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.tenancy import TenantScope
from courses.public import AssessmentId, CatalogService
from progress.domain.entities.events import (
    Cause,
    EventId,
    EventSelection,
    EventType,
    Fact,
    ProgressEvent,
    StreamId,
)
from progress.domain.entities.progress import CourseProgress, version_after
from progress.domain.errors import NotEnrolled, StatementNotFound
from progress.domain.events import AssessmentGraded, CourseCompleted
from progress.domain.repositories.protocols.progress import EventRepository, ProgressRepository
from progress.domain.services.outgoing_events import outgoing_event_of

EXPORTED_AT_ONCE: Final = 500
"""Number of events that an export holds in memory."""
EVERYTHING: Final = EventSelection()

Titles = Mapping[UUID, str]
"""Titles of a course, its modules, items and assessments, by id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRecorder:
    """Appends facts to streams; progress changes in no other way.

    Works inside the unit of work of the calling service, which has locked the stream: by finding the progress for
    update, or by `lock`.
    """

    progress: ProgressRepository
    log: EventRepository
    catalog: CatalogService
    events: EventBus
    outbox: EventOutbox
    clock: Clock

    def lock(self, stream: StreamId) -> CourseProgress:
        """Return the head of the stream, locked until the unit of work ends.

        Lock the stream before any other row, as all services do, or two requests could wait for each other. Raises
        NotEnrolled if the stream does not exist.
        """
        progress = self.progress.find_for_update(
            stream.user_id, str(stream.course_id), scope=TenantScope.into(stream.org_id)
        )
        if progress is None:
            raise NotEnrolled
        return progress

    def begin(self, stream: StreamId, *, cause: Cause) -> CourseProgress:
        """Enrol somebody on the published version of a course without their act, to record an award there.

        Prerequisites and membership do not matter. Raises CourseNotFound, CourseVersionNotFound if it was never
        published, and AlreadyEnrolled if the stream exists.
        """
        scope = TenantScope.into(stream.org_id)
        course = self.catalog.course(stream.course_id, scope=scope)
        version = self.catalog.version(course.id, course.version, scope=scope)
        new = CourseProgress.before(version, user_id=stream.user_id, at=self.clock.now())
        return self.record(new, new.enrolment(version), cause=cause)

    def record(self, progress: CourseProgress, *facts: Fact, cause: Cause) -> CourseProgress:
        """Append the facts to the stream of *progress*, and the completion of the course if that follows from them.

        Subscribers are called last and may append to the stream, too. Returns the head after that. Raises
        AlreadyEnrolled if *progress* is a new stream that has been started in the meantime, and MalformedFact for a
        fact without the hash that facts of its type have by now.
        """
        for fact in facts:
            fact.require_current_shape()
        scope = TenantScope.into(progress.org_id)
        events, head = self._fold(progress, facts, cause)
        if progress.sequence == 0:
            self.progress.add(head, scope=scope)
        else:
            self.progress.save(head, scope=scope)
        self.log.append(events, scope=scope)
        self.outbox.record(*filter(None, map(outgoing_event_of, events)))
        return self.lock(head.stream) if self._publish(events) else head

    def stream(self, progress: CourseProgress) -> list[ProgressEvent]:
        """Return all events of the stream of *progress*, by sequence."""
        return self.log.stream(progress.stream, scope=TenantScope.into(progress.org_id))

    def _fold(
        self, progress: CourseProgress, facts: tuple[Fact, ...], cause: Cause
    ) -> tuple[list[ProgressEvent], CourseProgress]:
        """Return the facts as events, followed by the completion of the course if it is due, and the new head."""
        events: list[ProgressEvent] = []
        scope, pending = TenantScope.into(progress.org_id), list(facts)
        while pending:
            event = progress.next_event(
                pending.pop(0), event_id=EventId(uuid4()), at=self.clock.now(), cause=cause
            )
            number = version_after(event, progress.course_version)
            version = self.catalog.version(event.course_id, number, scope=scope)
            progress = progress.apply(event, version.outline)
            events.append(event)
            completion = progress.completion()
            if completion is not None and not pending:
                pending.append(completion)
        return events, progress

    def _publish(self, events: list[ProgressEvent]) -> bool:
        """Publish what subscribers need to know, the completion of the course first; return whether there was any."""
        messages = [
            message for event in reversed(events) if (message := _message_of(event)) is not None
        ]
        for message in messages:
            self.events.publish(message)
        return bool(messages)


def _message_of(event: ProgressEvent) -> CourseCompleted | AssessmentGraded | None:
    payload = event.fact.payload
    match event.fact.type:
        case EventType.COURSE_COMPLETED:
            return CourseCompleted(
                user_id=event.user_id,
                course_id=event.course_id,
                org_id=event.org_id,
                course_version=int(payload["course_version"]),
                completed_at=event.occurred_at,
            )
        case (
            EventType.ASSESSMENT_PASSED
            | EventType.ASSESSMENT_FAILED
            | EventType.ASSESSMENT_REGRADED
        ):
            return AssessmentGraded(
                user_id=event.user_id,
                course_id=event.course_id,
                org_id=event.org_id,
                course_version=int(payload["assessment_version"]),
                assessment_id=AssessmentId(UUID(str(payload["assessment_id"]))),
                is_passed=event.fact.type is EventType.ASSESSMENT_PASSED,
                graded_at=event.occurred_at,
            )
        case _:
            return None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventExport:
    """Exports the caller's own events, or those of an organization to its instructors.

    Without an organization, a client that may manage all organizations gets all events.
    """

    log: EventRepository
    catalog: CatalogService
    tenant_access: TenantAccess

    def page(
        self,
        request: PageRequest,
        *,
        by: Principal,
        org_id: OrganizationId | None = None,
        selection: EventSelection = EVERYTHING,
        latest_first: bool = False,
    ) -> Page[ProgressEvent]:
        """Return the selected events that the caller may see, in the order of the log or in the reverse order.

        In the order of the log, following the cursors yields every event that was committed before the last page was
        requested, and none twice; in the reverse order, every event that was committed before the first.
        Each page is an audited access: anybody can make up a cursor, so it is no evidence of an earlier access.

        Raises OrganizationNotFound, NotPermitted, PersonNeeded, InvalidCursor, LogBusy.
        """
        permitted, scope = self._permitted(selection, org_id, by)
        page = self.log.page(permitted, request, latest_first=latest_first, scope=scope)
        self._record_access(org_id, by)
        return page

    def event(
        self, event_id: EventId, *, by: Principal, org_id: OrganizationId | None = None
    ) -> ProgressEvent:
        """Return one event, for an audited access.

        Raises StatementNotFound, OrganizationNotFound, NotPermitted, PersonNeeded.
        """
        permitted, scope = self._permitted(EVERYTHING, org_id, by)
        event = self.log.find(event_id, permitted, scope=scope)
        self._record_access(org_id, by)
        if event is None:
            raise StatementNotFound
        return event

    def whole(
        self,
        *,
        by: Principal,
        org_id: OrganizationId | None = None,
        selection: EventSelection = EVERYTHING,
    ) -> Iterator[ProgressEvent]:
        """Yield the events of all pages, for one audited access.

        Raises OrganizationNotFound, NotPermitted, PersonNeeded, LogBusy.
        """
        permitted, scope = self._permitted(selection, org_id, by)
        request = PageRequest(limit=EXPORTED_AT_ONCE)
        page = self.log.page(permitted, request, scope=scope)
        self._record_access(org_id, by)
        yield from page.items
        while page.next_cursor is not None:
            request = replace(request, cursor=page.next_cursor)
            page = self.log.page(permitted, request, scope=scope)
            yield from page.items

    def require_access(self, org_id: OrganizationId | None, *, by: Principal) -> None:
        """Raises OrganizationNotFound, NotPermitted, PersonNeeded."""
        self._permitted(EVERYTHING, org_id, by)

    def with_titles(
        self, events: Iterable[ProgressEvent], *, by: Principal
    ) -> Iterator[tuple[ProgressEvent, Titles]]:
        """Yield each event with the titles of the course version that it happened in, read for many events at once.

        There are none if the version is not within the tenant scope of the caller.
        """
        remaining = iter(events)
        while batch := list(islice(remaining, EXPORTED_AT_ONCE)):
            numbers = self._versions_of(batch, scope=by.tenant_scope)
            keys = {(event.course_id, numbers[event.id]) for event in batch if event.id in numbers}
            titles = {
                (version.course_id, version.number): version.titles
                for version in self.catalog.versions_of(keys, scope=by.tenant_scope)
            }
            for event in batch:
                yield event, titles.get((event.course_id, numbers.get(event.id, 0)), {})

    def _versions_of(
        self, events: Sequence[ProgressEvent], *, scope: TenantScope
    ) -> Mapping[EventId, int]:
        """The number of the course version that each event states or, if it states none, that the learner was on."""
        stated = {event.id: number for event in events if (number := _stated_version(event))}
        others = [event for event in events if event.id not in stated]
        return {**stated, **self.log.course_versions(others, scope=scope)} if others else stated

    def _record_access(self, org_id: OrganizationId | None, by: Principal) -> None:
        self.tenant_access.record_access(org_id, at=SubjectType.LEARNERS, subject_id=org_id, by=by)

    def _permitted(
        self, selection: EventSelection, org_id: OrganizationId | None, by: Principal
    ) -> tuple[EventSelection, TenantScope]:
        """Return the part of the selection that the caller may read, and their tenant scope."""
        if org_id is not None:
            self.tenant_access.organization(org_id, by=by)
            by.require(Right.SEE_PROGRESS, of=org_id)
            return replace(selection, org_id=org_id), by.tenant_scope
        if by.user_id is None and by.may(Right.MANAGE_ORGANIZATIONS):
            return selection, by.tenant_scope
        if selection.user_id not in (None, by.person):
            selection = selection.matching_nothing()
        return replace(selection, user_id=by.person), by.member_scope


def _stated_version(event: ProgressEvent) -> int | None:
    """The number of a course version in the payload: that of the attempt, or that which the learner was on."""
    payload = event.fact.payload
    number = payload.get("assessment_version", payload.get("course_version"))
    return None if number is None else int(number)
