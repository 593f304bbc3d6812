"""Repositories of progress and events."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from accounts.public import OrganizationId, UserId
from authsvc.kernel.paging import Keyset, Page, PageRequest
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
from progress.domain.entities.progress import CourseProgress

PROGRESS_OF_USER: Final = Keyset("progress", {"enrolled_at": datetime, "course_id": UUID})
LEARNERS: Final = Keyset("learners", {"enrolled_at": datetime, "user_id": UUID})
PROGRESS_IN_ORGANIZATION: Final = Keyset(
    "organization-progress", {"user_id": UUID, "course_id": UUID}
)
EVENTS_OF_STREAM: Final = Keyset("stream", {"sequence": int})
EVENTS: Final = Keyset("events", {"position": int})
LATEST_EVENTS: Final = Keyset("latest-events", {"position": int}, descends=True)
STREAMS: Final = Keyset("streams", {"position": int})


class ProgressRepository(Protocol):
    def add(self, progress: CourseProgress, *, scope: TenantScope) -> None:
        """Raise AlreadyEnrolled if there is progress of the learner on the course."""

    def find(
        self, user_id: UserId, slug_or_id: str, *, scope: TenantScope
    ) -> CourseProgress | None:
        """Return the learner's progress on the course in scope with this slug or id, if any."""

    def find_for_update(
        self, user_id: UserId, slug_or_id: str, *, scope: TenantScope
    ) -> CourseProgress | None:
        """Like find, with the progress locked until the unit of work ends."""

    def on_courses(
        self, user_id: UserId, course_ids: Collection[CourseId], *, scope: TenantScope
    ) -> list[CourseProgress]:
        """Return the learner's progress on these courses, as far as there is any in scope, in any order."""

    def on_courses_for_update(
        self, user_id: UserId, course_ids: Collection[CourseId], *, scope: TenantScope
    ) -> list[CourseProgress]:
        """Like on_courses, with the learner locked until the unit of work ends.

        Of two simultaneous callers the second sees the changes of the first.
        """

    def save(self, progress: CourseProgress, *, scope: TenantScope) -> None:
        """Replace the stored progress of the learner on the course."""

    def page_for_user(
        self, user_id: UserId, request: PageRequest, *, scope: TenantScope
    ) -> Page[CourseProgress]:
        """Return the learner's progress in scope, by time of enrolment, then course id."""

    def all_of(self, user_id: UserId, *, scope: TenantScope) -> list[CourseProgress]:
        """Return all of the learner's progress in scope, by time of enrolment, then course id."""

    def all_of_for_update(self, user_id: UserId, *, scope: TenantScope) -> list[CourseProgress]:
        """Like all_of, with the learner locked until the unit of work ends.

        Of two simultaneous callers the second sees the changes of the first.
        """

    def page_for_course(
        self,
        course_id: CourseId,
        request: PageRequest,
        *,
        changed_since: datetime | None = None,
        scope: TenantScope,
    ) -> Page[CourseProgress]:
        """Return the progress on the course in scope, by time of enrolment, then learner id.

        With *changed_since*, that with an event since then.
        """

    def page_for_organization(
        self,
        org_id: OrganizationId,
        request: PageRequest,
        *,
        changed_since: datetime | None = None,
        scope: TenantScope,
    ) -> Page[CourseProgress]:
        """Return the progress on the courses of an organization in scope, by learner id, then course id.

        With *changed_since*, that with an event since then.
        """

    def in_streams(
        self, *, users: UserRange = ALL_USERS, scope: TenantScope
    ) -> Iterator[Stored[CourseProgress]]:
        """Yield all progress of users in scope, by user, then course. The key of a row is its StreamId."""

    def user_boundaries(self, *, every: int, scope: TenantScope) -> list[UserId]:
        """Return the user of the *every*-th row of progress in scope, of the next such row, and so on, by id."""

    def orphans(self, *, scope: TenantScope) -> list[StreamId]:
        """Return the streams in scope with progress but without a first event, by user, then course."""


class EventRepository(Protocol):
    def append(self, events: Sequence[ProgressEvent], *, scope: TenantScope) -> None:
        """Append events to the log; they can never be changed or deleted."""

    def page_of_stream(
        self, stream: StreamId, request: PageRequest, *, scope: TenantScope
    ) -> Page[ProgressEvent]:
        """Return the events of a stream in scope, by sequence."""

    def stream(self, stream: StreamId, *, scope: TenantScope) -> list[ProgressEvent]:
        """Return all events of a stream in scope, by sequence."""

    def of_types(
        self, stream: StreamId, types: AbstractSet[EventType], *, scope: TenantScope
    ) -> list[ProgressEvent]:
        """Return the events of these types of a stream in scope, by sequence."""

    def page(
        self,
        selection: EventSelection,
        request: PageRequest,
        *,
        latest_first: bool = False,
        scope: TenantScope,
    ) -> Page[ProgressEvent]:
        """Return the selected events in scope, in the order of the log, or in the reverse order.

        No event ever appears before one that a page has returned in the order of the log, or among those that pages
        in the reverse order have returned. Raises LogBusy if that cannot be guaranteed now.
        """

    def find(
        self, event_id: EventId, selection: EventSelection, *, scope: TenantScope
    ) -> ProgressEvent | None:
        """Return the event with this id, if it is in scope and selected."""

    def course_versions(
        self, events: Sequence[ProgressEvent], *, scope: TenantScope
    ) -> Mapping[EventId, int]:
        """Return the number of the course version that the learner was on after each of these events in scope.

        Events of a stream without a first event have none.
        """

    def last_about(
        self, stream: StreamId, about: EntityType, entity_id: UUID, *, scope: TenantScope
    ) -> Stored[ProgressEvent] | None:
        """Return the last event of a stream in scope about this resource, if there is one."""

    def in_streams(
        self,
        *,
        about: EntityType | None = None,
        users: UserRange = ALL_USERS,
        scope: TenantScope,
    ) -> Iterator[Stored[ProgressEvent]]:
        """Yield all events of users in scope, or those about resources of one type, by user, course and sequence.

        The key of a row is its StreamId.
        """

    def settled_position(self) -> int:
        """Return the position up to which the log will never change. Raise LogBusy if that cannot be known now."""

    def hashes(self, *, after: int, up_to: int | None = None) -> Iterator[tuple[int, str]]:
        """Yield the position and the hash of each event of all tenants after a position, in the order of the log."""

    def count(self) -> int:
        """Return the number of events of all tenants."""

    def page_of_streams(
        self, request: PageRequest, *, users: UserRange = ALL_USERS, scope: TenantScope
    ) -> Page[StreamId]:
        """Return the streams of users in scope, in the order in which they were started."""
