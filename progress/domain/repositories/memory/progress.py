"""Progress and events in memory."""

from collections.abc import Collection, Iterable, MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from accounts.public import OrganizationId, UserId
from authsvc.kernel.pages import (
    Page,
    PageRequest,
    ids_in,
    moment_and_id_in,
    number_in,
    page_of,
)
from authsvc.kernel.reach import Reach
from courses.public import CourseId
from progress.domain.entities import CourseProgress, EventSelection, ProgressEvent, StreamId
from progress.domain.errors import AlreadyEnrolled


@dataclass(frozen=True, slots=True)
class InMemoryProgressRepository:
    events: "InMemoryEventRepository"
    store: MutableMapping[StreamId, CourseProgress] = field(default_factory=dict)

    def add(self, progress: CourseProgress, *, within: Reach) -> None:
        within.require(progress.org_id)
        if progress.stream in self.store:
            raise AlreadyEnrolled(course_slug=progress.course_slug)
        self.store[progress.stream] = progress

    def find(self, user_id: UserId, address: str, *, within: Reach) -> CourseProgress | None:
        mine = (progress for progress in self._in(within) if progress.user_id == user_id)
        for progress in mine:
            if address in (progress.course_slug, str(progress.course_id)):
                return progress
        return None

    def find_for_update(
        self, user_id: UserId, address: str, *, within: Reach
    ) -> CourseProgress | None:
        return self.find(user_id, address, within=within)

    def on_courses(
        self, user_id: UserId, course_ids: Collection[CourseId], *, within: Reach
    ) -> list[CourseProgress]:
        mine = (progress for progress in self._in(within) if progress.user_id == user_id)
        return [progress for progress in mine if progress.course_id in course_ids]

    def on_courses_for_update(
        self, user_id: UserId, course_ids: Collection[CourseId], *, within: Reach
    ) -> list[CourseProgress]:
        return self.on_courses(user_id, course_ids, within=within)

    def save(self, progress: CourseProgress, *, within: Reach) -> None:
        within.require(progress.org_id)
        self.store[progress.stream] = progress

    def page_for_user(
        self, user_id: UserId, request: PageRequest, *, within: Reach
    ) -> Page[CourseProgress]:
        found = self.all_of(user_id, within=within)
        if request.cursor is not None:
            after = moment_and_id_in(request.cursor)
            found = [progress for progress in found if progress.sort_key > after]
        return page_of(found, request, key=lambda progress: progress.sort_key)

    def all_of(self, user_id: UserId, *, within: Reach) -> list[CourseProgress]:
        mine = (progress for progress in self._in(within) if progress.user_id == user_id)
        return sorted(mine, key=lambda progress: progress.sort_key)

    def all_of_for_update(self, user_id: UserId, *, within: Reach) -> list[CourseProgress]:
        return self.all_of(user_id, within=within)

    def page_for_course(
        self, course_id: CourseId, request: PageRequest, *, within: Reach
    ) -> Page[CourseProgress]:
        on_it = (progress for progress in self._in(within) if progress.course_id == course_id)
        found = sorted(on_it, key=_enrolment)
        if request.cursor is not None:
            after = moment_and_id_in(request.cursor)
            found = [progress for progress in found if _enrolment(progress) > after]
        return page_of(found, request, key=_enrolment)

    def page_for_organization(
        self, org_id: OrganizationId, request: PageRequest, *, within: Reach
    ) -> Page[CourseProgress]:
        there = (progress for progress in self._in(within) if progress.org_id == org_id)
        found = sorted(there, key=_learner_and_course)
        if request.cursor is not None:
            after = ids_in(request.cursor)
            found = [progress for progress in found if _learner_and_course(progress) > after]
        return page_of(found, request, key=_learner_and_course)

    def orphans(self, *, within: Reach) -> list[StreamId]:
        # Read before the log: somebody may enrol in between.
        stored = [stream for stream in list(self.store) if within.covers(stream.org_id)]
        begun = {event.stream for event in self.events.store.values() if event.sequence == 1}
        orphans = (stream for stream in stored if stream not in begun)
        return sorted(orphans, key=lambda stream: (stream.user_id, stream.course_id))

    def _in(self, within: Reach) -> Iterable[CourseProgress]:
        return (p for p in self.store.values() if within.covers(p.org_id))


@dataclass(frozen=True, slots=True)
class InMemoryEventRepository:
    store: MutableMapping[int, ProgressEvent] = field(default_factory=dict)

    def append(self, events: Sequence[ProgressEvent], *, within: Reach) -> None:
        for event in events:
            within.require(event.org_id)
        for position, event in enumerate(events, start=len(self.store) + 1):
            self.store[position] = event

    def page_of_stream(
        self, stream: StreamId, request: PageRequest, *, within: Reach
    ) -> Page[ProgressEvent]:
        after = number_in(request.cursor) if request.cursor is not None else 0
        found = [event for event in self.stream(stream, within=within) if event.sequence > after]
        return page_of(found, request, key=lambda event: (event.sequence,))

    def stream(self, stream: StreamId, *, within: Reach) -> list[ProgressEvent]:
        events = (event for event in self.store.values() if event.stream == stream)
        return [event for event in events if within.covers(event.org_id)]

    def page(
        self, selection: EventSelection, request: PageRequest, *, within: Reach
    ) -> Page[ProgressEvent]:
        after = number_in(request.cursor) if request.cursor is not None else 0
        found = [
            (position, event)
            for position, event in self.store.items()
            if position > after and within.covers(event.org_id) and _is_selected(event, selection)
        ]
        page = page_of(found, request, key=lambda place: (place[0],))
        return Page(items=tuple(event for _, event in page.items), next_cursor=page.next_cursor)

    def page_of_streams(self, request: PageRequest, *, within: Reach) -> Page[StreamId]:
        after = number_in(request.cursor) if request.cursor is not None else 0
        found = [
            (position, event.stream)
            for position, event in self.store.items()
            if event.sequence == 1 and position > after and within.covers(event.org_id)
        ]
        page = page_of(found, request, key=lambda place: (place[0],))
        streams = tuple(stream for _, stream in page.items)
        return Page(items=streams, next_cursor=page.next_cursor)


def _is_selected(event: ProgressEvent, selection: EventSelection) -> bool:
    return selection.covers(user_id=event.user_id, org_id=event.org_id, at=event.occurred_at)


def _enrolment(progress: CourseProgress) -> tuple[datetime, UUID]:
    return progress.enrolled_at, progress.user_id


def _learner_and_course(progress: CourseProgress) -> tuple[UUID, UUID]:
    return progress.user_id, progress.course_id
