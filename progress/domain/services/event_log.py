"""Event log: recording facts, and exporting events."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
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
from progress.domain.errors import NotEnrolled
from progress.domain.events import AssessmentGraded, CourseCompleted
from progress.domain.repositories.protocols.progress import EventRepository, ProgressRepository
from progress.domain.services.outgoing_events import outgoing_event_of

EXPORTED_AT_ONCE: Final = 500
"""Number of events that an export holds in memory."""


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
    tenant_access: TenantAccess

    def page(
        self,
        request: PageRequest,
        *,
        by: Principal,
        org_id: OrganizationId | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Page[ProgressEvent]:
        """Return events recorded after *since*, up to and including *until*, in the order of the log.

        Following the cursors yields every event that was committed before the last page was requested, and none twice.
        Each page is an audited access: anybody can make up a cursor, so it is no evidence of an earlier access.

        Raises OrganizationNotFound, NotPermitted, PersonNeeded, InvalidCursor, LogBusy.
        """
        selection, scope = self._permitted(org_id, since, until, by)
        page = self.log.page(selection, request, scope=scope)
        self.tenant_access.record_access(org_id, at=SubjectType.LEARNERS, subject_id=org_id, by=by)
        return page

    def whole(
        self,
        *,
        by: Principal,
        org_id: OrganizationId | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Iterator[ProgressEvent]:
        """Yield the events of all pages, for one audited access.

        Raises OrganizationNotFound, NotPermitted, PersonNeeded, LogBusy.
        """
        selection, scope = self._permitted(org_id, since, until, by)
        request = PageRequest(limit=EXPORTED_AT_ONCE)
        page = self.log.page(selection, request, scope=scope)
        self.tenant_access.record_access(org_id, at=SubjectType.LEARNERS, subject_id=org_id, by=by)
        yield from page.items
        while page.next_cursor is not None:
            request = replace(request, cursor=page.next_cursor)
            page = self.log.page(selection, request, scope=scope)
            yield from page.items

    def _permitted(
        self,
        org_id: OrganizationId | None,
        since: datetime | None,
        until: datetime | None,
        by: Principal,
    ) -> tuple[EventSelection, TenantScope]:
        """Return the selection that the caller may read, and their tenant scope."""
        selection = EventSelection(since=since, until=until)
        if org_id is not None:
            self.tenant_access.organization(org_id, by=by)
            by.require(Right.SEE_PROGRESS, of=org_id)
            return replace(selection, org_id=org_id), by.tenant_scope
        if by.user_id is None and by.may(Right.MANAGE_ORGANIZATIONS):
            return selection, by.tenant_scope
        return replace(selection, user_id=by.person), by.member_scope
