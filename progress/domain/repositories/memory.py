"""Progress in dicts."""

from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass, field

from accounts.public import UserId
from authsvc.kernel.pages import Page, PageRequest, moment_and_id_in, number_in, page_of
from progress.domain.entities import CourseProgress, ProgressEvent, StreamId
from progress.domain.errors import AlreadyEnrolled


@dataclass(frozen=True, slots=True)
class InMemoryProgressRepository:
    events: "InMemoryEventRepository"
    store: MutableMapping[StreamId, CourseProgress] = field(default_factory=dict)

    def add(self, progress: CourseProgress) -> None:
        if progress.stream in self.store:
            raise AlreadyEnrolled(course_slug=progress.course_slug)
        self.store[progress.stream] = progress

    def find(self, user_id: UserId, address: str) -> CourseProgress | None:
        mine = (progress for progress in self.store.values() if progress.user_id == user_id)
        for progress in mine:
            if address in (progress.course_slug, str(progress.course_id)):
                return progress
        return None

    def find_for_update(self, user_id: UserId, address: str) -> CourseProgress | None:
        return self.find(user_id, address)

    def save(self, progress: CourseProgress) -> None:
        self.store[progress.stream] = progress

    def page_for_user(self, user_id: UserId, request: PageRequest) -> Page[CourseProgress]:
        mine = (progress for progress in self.store.values() if progress.user_id == user_id)
        found = sorted(mine, key=lambda progress: progress.place)
        if request.cursor is not None:
            after = moment_and_id_in(request.cursor)
            found = [progress for progress in found if progress.place > after]
        return page_of(found, request, key=lambda progress: progress.place)

    def orphans(self) -> list[StreamId]:
        kept = list(self.store)  # before the log is looked at, for whoever enrols meanwhile
        begun = {event.stream for event in self.events.store.values() if event.sequence == 1}
        found = [stream for stream in kept if stream not in begun]
        return sorted(found, key=lambda stream: (stream.user_id, stream.course_id))


@dataclass(frozen=True, slots=True)
class InMemoryEventRepository:
    store: MutableMapping[int, ProgressEvent] = field(default_factory=dict)

    def append(self, events: Sequence[ProgressEvent]) -> None:
        for position, event in enumerate(events, start=len(self.store) + 1):
            self.store[position] = event

    def page_of_stream(self, stream: StreamId, request: PageRequest) -> Page[ProgressEvent]:
        after = number_in(request.cursor) if request.cursor is not None else 0
        found = [event for event in self.stream(stream) if event.sequence > after]
        return page_of(found, request, key=lambda event: (event.sequence,))

    def stream(self, stream: StreamId) -> list[ProgressEvent]:
        return [event for event in self.store.values() if event.stream == stream]

    def page_of_streams(self, request: PageRequest) -> Page[StreamId]:
        after = number_in(request.cursor) if request.cursor is not None else 0
        found = [
            (position, event.stream)
            for position, event in self.store.items()
            if event.sequence == 1 and position > after
        ]
        page = page_of(found, request, key=lambda place: (place[0],))
        streams = tuple(stream for _, stream in page.items)
        return Page(items=streams, next_cursor=page.next_cursor)
