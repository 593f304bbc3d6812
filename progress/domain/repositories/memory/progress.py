"""Progress and events in memory."""

from collections.abc import Collection, Iterable, Iterator, Mapping, MutableMapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from accounts.public import OrganizationId, UserId
from authsvc.kernel.ids import parse_uuid
from authsvc.kernel.paging import Key, Page, PageRequest, page_in_memory
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.verification import ALL_USERS, Stored, UserRange
from courses.public import CourseId
from progress.domain.entities.events import (
    EntityType,
    EventId,
    EventSelection,
    EventType,
    ProgressEvent,
    StreamId,
)
from progress.domain.entities.progress import CourseProgress, version_after
from progress.domain.errors import AlreadyEnrolled
from progress.domain.repositories.protocols.progress import (
    EVENTS,
    EVENTS_OF_STREAM,
    LATEST_EVENTS,
    LEARNERS,
    PROGRESS_IN_ORGANIZATION,
    PROGRESS_OF_USER,
    STREAMS,
)


@dataclass(frozen=True, slots=True)
class InMemoryProgressRepository:
    events: "InMemoryEventRepository"
    store: MutableMapping[StreamId, CourseProgress] = field(default_factory=dict)

    def add(self, progress: CourseProgress, *, scope: TenantScope) -> None:
        scope.require(progress.org_id)
        if progress.stream in self.store:
            raise AlreadyEnrolled(course_slug=progress.course_slug)
        self.store[progress.stream] = progress

    def find(
        self, user_id: UserId, slug_or_id: str, *, scope: TenantScope
    ) -> CourseProgress | None:
        course_id = parse_uuid(slug_or_id)
        mine = (progress for progress in self._in(scope) if progress.user_id == user_id)
        for progress in mine:
            if slug_or_id == progress.course_slug or course_id == progress.course_id:
                return progress
        return None

    def find_for_update(
        self, user_id: UserId, slug_or_id: str, *, scope: TenantScope
    ) -> CourseProgress | None:
        return self.find(user_id, slug_or_id, scope=scope)

    def on_courses(
        self, user_id: UserId, course_ids: Collection[CourseId], *, scope: TenantScope
    ) -> list[CourseProgress]:
        mine = (progress for progress in self._in(scope) if progress.user_id == user_id)
        return [progress for progress in mine if progress.course_id in course_ids]

    def on_courses_for_update(
        self, user_id: UserId, course_ids: Collection[CourseId], *, scope: TenantScope
    ) -> list[CourseProgress]:
        return self.on_courses(user_id, course_ids, scope=scope)

    def save(self, progress: CourseProgress, *, scope: TenantScope) -> None:
        scope.require(progress.org_id)
        self.store[progress.stream] = progress

    def page_for_user(
        self, user_id: UserId, request: PageRequest, *, scope: TenantScope
    ) -> Page[CourseProgress]:
        return page_in_memory(self.all_of(user_id, scope=scope), request, PROGRESS_OF_USER)

    def all_of(self, user_id: UserId, *, scope: TenantScope) -> list[CourseProgress]:
        mine = (progress for progress in self._in(scope) if progress.user_id == user_id)
        return sorted(mine, key=lambda progress: progress.sort_key)

    def all_of_for_update(self, user_id: UserId, *, scope: TenantScope) -> list[CourseProgress]:
        return self.all_of(user_id, scope=scope)

    def page_for_course(
        self,
        course_id: CourseId,
        request: PageRequest,
        *,
        changed_since: datetime | None = None,
        scope: TenantScope,
    ) -> Page[CourseProgress]:
        learners = (
            progress
            for progress in self._in(scope)
            if progress.course_id == course_id and _is_changed(progress, changed_since)
        )
        return page_in_memory(learners, request, LEARNERS)

    def page_for_organization(
        self,
        org_id: OrganizationId,
        request: PageRequest,
        *,
        changed_since: datetime | None = None,
        scope: TenantScope,
    ) -> Page[CourseProgress]:
        progress = (
            p for p in self._in(scope) if p.org_id == org_id and _is_changed(p, changed_since)
        )
        return page_in_memory(progress, request, PROGRESS_IN_ORGANIZATION)

    def in_streams(
        self, *, users: UserRange = ALL_USERS, scope: TenantScope
    ) -> Iterator[Stored[CourseProgress]]:
        for stream, progress in sorted(self.store.items(), key=lambda item: _key_of(item[0])):
            if scope.covers(stream.org_id) and users.covers(stream.user_id):
                yield Stored(key=stream, id=stream, item=progress)

    def user_boundaries(self, *, every: int, scope: TenantScope) -> list[UserId]:
        # Of the keys, because a stored value may not be readable.
        users = sorted(stream.user_id for stream in self.store if scope.covers(stream.org_id))
        return list(dict.fromkeys(users[every - 1 :: every]))

    def orphans(self, *, scope: TenantScope) -> list[StreamId]:
        # Read before the log: somebody may enrol in between.
        stored = [stream for stream in list(self.store) if scope.covers(stream.org_id)]
        begun = {event.stream for event in self.events.store.values() if event.sequence == 1}
        orphans = (stream for stream in stored if stream not in begun)
        return sorted(orphans, key=lambda stream: (stream.user_id, stream.course_id))

    def _in(self, scope: TenantScope) -> Iterable[CourseProgress]:
        return (p for p in self.store.values() if scope.covers(p.org_id))


@dataclass(frozen=True, slots=True)
class InMemoryEventRepository:
    store: MutableMapping[int, ProgressEvent] = field(default_factory=dict)

    def append(self, events: Sequence[ProgressEvent], *, scope: TenantScope) -> None:
        for event in events:
            scope.require(event.org_id)
        for position, event in enumerate(events, start=len(self.store) + 1):
            self.store[position] = event

    def page_of_stream(
        self, stream: StreamId, request: PageRequest, *, scope: TenantScope
    ) -> Page[ProgressEvent]:
        return page_in_memory(self.stream(stream, scope=scope), request, EVENTS_OF_STREAM)

    def stream(self, stream: StreamId, *, scope: TenantScope) -> list[ProgressEvent]:
        events = (event for event in self.store.values() if event.stream == stream)
        return [event for event in events if scope.covers(event.org_id)]

    def of_types(
        self, stream: StreamId, types: AbstractSet[EventType], *, scope: TenantScope
    ) -> list[ProgressEvent]:
        return [event for event in self.stream(stream, scope=scope) if event.fact.type in types]

    def page(
        self,
        selection: EventSelection,
        request: PageRequest,
        *,
        latest_first: bool = False,
        scope: TenantScope,
    ) -> Page[ProgressEvent]:
        selected = (
            (position, event)
            for position, event in self.store.items()
            if scope.covers(event.org_id) and selection.covers(event)
        )
        keyset = LATEST_EVENTS if latest_first else EVENTS
        page = page_in_memory(selected, request, keyset, key=_position)
        return Page(items=tuple(event for _, event in page.items), next_cursor=page.next_cursor)

    def find(
        self, event_id: EventId, selection: EventSelection, *, scope: TenantScope
    ) -> ProgressEvent | None:
        events = (event for event in self.store.values() if event.id == event_id)
        in_scope = (event for event in events if scope.covers(event.org_id))
        return next((event for event in in_scope if selection.covers(event)), None)

    def course_versions(
        self, events: Sequence[ProgressEvent], *, scope: TenantScope
    ) -> Mapping[EventId, int]:
        requested, versions = {event.id for event in events}, dict[EventId, int]()
        for stream in {event.stream for event in events}:
            version = 0
            for event in self.stream(stream, scope=scope):
                version = version_after(event, version)
                if event.id in requested and version:
                    versions[event.id] = version
        return versions

    def last_about(
        self, stream: StreamId, about: EntityType, entity_id: UUID, *, scope: TenantScope
    ) -> Stored[ProgressEvent] | None:
        rows = (
            row
            for row in self.in_streams(about=about, scope=scope)
            if row.key == stream and row.item and row.item.fact.entity_id == entity_id
        )
        return max(rows, key=lambda row: row.item.sequence if row.item else 0, default=None)

    def in_streams(
        self,
        *,
        about: EntityType | None = None,
        users: UserRange = ALL_USERS,
        scope: TenantScope,
    ) -> Iterator[Stored[ProgressEvent]]:
        for event in sorted(self.store.values(), key=_place_in_stream):
            is_selected = about in (None, event.fact.about) and users.covers(event.user_id)
            if is_selected and scope.covers(event.org_id):
                yield Stored(key=event.stream, id=event.id, item=event)

    def settled_position(self) -> int:
        return max(self.store, default=0)

    def hashes(self, *, after: int, up_to: int | None = None) -> Iterator[tuple[int, str]]:
        for position, event in sorted(self.store.items()):
            if after < position and (up_to is None or position <= up_to):
                yield position, event.hash

    def count(self) -> int:
        return len(self.store)

    def page_of_streams(
        self, request: PageRequest, *, users: UserRange = ALL_USERS, scope: TenantScope
    ) -> Page[StreamId]:
        first_events = (
            (position, event)
            for position, event in self.store.items()
            if event.sequence == 1 and scope.covers(event.org_id) and users.covers(event.user_id)
        )
        page = page_in_memory(first_events, request, STREAMS, key=_position)
        streams = tuple(event.stream for _, event in page.items)
        return Page(items=streams, next_cursor=page.next_cursor)


def _key_of(stream: StreamId) -> tuple[UUID, UUID]:
    return stream.user_id, stream.course_id


def _place_in_stream(event: ProgressEvent) -> tuple[UUID, UUID, int]:
    return event.user_id, event.course_id, event.sequence


def _position(place: tuple[int, ProgressEvent]) -> Key:
    return (place[0],)


def _is_changed(progress: CourseProgress, since: datetime | None) -> bool:
    return since is None or progress.changed_at >= since
