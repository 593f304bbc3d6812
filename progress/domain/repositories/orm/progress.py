"""Progress and events in the database."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from itertools import islice
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from accounts.public import OrganizationId, UserId
from authsvc.kernel.ids import parse_uuid
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.verification import ALL_USERS, Stored, UserRange
from authsvc.storage.changes import since
from authsvc.storage.inserts import insert
from authsvc.storage.locks import wait_for_lock
from authsvc.storage.paging import page_of_rows
from authsvc.storage.prepared import PreparedQuery
from authsvc.storage.settled import (
    NotSettled,
    last_position,
    positions_and_hashes,
    settled_up_to,
)
from authsvc.storage.tenancy import organizations_in, owned_by, owned_within
from authsvc.storage.verification import about_users, stored_row, stored_rows
from courses.public import CourseId, ItemId, ModuleId
from progress import models as rows
from progress.domain.entities.events import (
    EntityType,
    EventId,
    EventSelection,
    EventType,
    Fact,
    ProgressEvent,
    StreamId,
)
from progress.domain.entities.progress import CourseProgress, ProgressStatus
from progress.domain.errors import AlreadyEnrolled, LogBusy
from progress.domain.repositories.orm.selections import course_versions_at, selected_events
from progress.domain.repositories.protocols.progress import (
    EVENTS,
    EVENTS_OF_STREAM,
    LATEST_EVENTS,
    LEARNERS,
    PROGRESS_IN_ORGANIZATION,
    PROGRESS_OF_USER,
    STREAMS,
)

Values = dict[str, Any]


class OrmProgressRepository:
    def add(self, progress: CourseProgress, *, scope: TenantScope) -> None:
        scope.require(progress.org_id)
        values = _progress_values(progress)
        if not insert(rows.CourseProgress, [values], unless_taken=("user_id", "course_id")):
            raise AlreadyEnrolled(course_slug=progress.course_slug)

    def find(
        self, user_id: UserId, slug_or_id: str, *, scope: TenantScope
    ) -> CourseProgress | None:
        course_id = parse_uuid(slug_or_id)
        row = _PROGRESS.first(organizations_in(scope), user_id, course_id or slug_or_id)
        return _progress(row) if row else None

    def find_for_update(
        self, user_id: UserId, slug_or_id: str, *, scope: TenantScope
    ) -> CourseProgress | None:
        course = parse_uuid(slug_or_id) or slug_or_id
        stored = _progress_rows(organizations_in(scope), user_id, course)
        row = stored.select_for_update().first()
        return _progress(row) if row else None

    def on_courses(
        self, user_id: UserId, course_ids: Collection[CourseId], *, scope: TenantScope
    ) -> list[CourseProgress]:
        stored = _rows_in(scope).filter(user_id=user_id, course_id__in=course_ids)
        return [_progress(row) for row in stored]

    def on_courses_for_update(
        self, user_id: UserId, course_ids: Collection[CourseId], *, scope: TenantScope
    ) -> list[CourseProgress]:
        _lock_learner(user_id)
        return self.on_courses(user_id, course_ids, scope=scope)

    def save(self, progress: CourseProgress, *, scope: TenantScope) -> None:
        scope.require(progress.org_id)
        stored = rows.CourseProgress.objects.filter(
            user_id=progress.user_id, course_id=progress.course_id
        )
        stored.update(**_progress_values(progress))

    def page_for_user(
        self, user_id: UserId, request: PageRequest, *, scope: TenantScope
    ) -> Page[CourseProgress]:
        progress = _rows_in(scope).filter(user_id=user_id)
        return page_of_rows(progress, request, PROGRESS_OF_USER, _progress)

    def all_of(self, user_id: UserId, *, scope: TenantScope) -> list[CourseProgress]:
        stored = _rows_in(scope).filter(user_id=user_id).order_by("enrolled_at", "course_id")
        return [_progress(row) for row in stored]

    def all_of_for_update(self, user_id: UserId, *, scope: TenantScope) -> list[CourseProgress]:
        _lock_learner(user_id)
        return self.all_of(user_id, scope=scope)

    def page_for_course(
        self,
        course_id: CourseId,
        request: PageRequest,
        *,
        changed_since: datetime | None = None,
        scope: TenantScope,
    ) -> Page[CourseProgress]:
        progress = _rows_in(scope).filter(since(changed_since, *_CHANGES), course_id=course_id)
        return page_of_rows(progress, request, LEARNERS, _progress)

    def page_for_organization(
        self,
        org_id: OrganizationId,
        request: PageRequest,
        *,
        changed_since: datetime | None = None,
        scope: TenantScope,
    ) -> Page[CourseProgress]:
        progress = _rows_in(scope).filter(since(changed_since, *_CHANGES), org_id=org_id)
        return page_of_rows(progress, request, PROGRESS_IN_ORGANIZATION, _progress)

    def in_streams(
        self, *, users: UserRange = ALL_USERS, scope: TenantScope
    ) -> Iterator[Stored[CourseProgress]]:
        progress = _rows_in(scope).filter(about_users(users)).order_by("user_id", "course_id")
        return stored_rows(progress, _consistent_progress, key=_stream)

    def user_boundaries(self, *, every: int, scope: TenantScope) -> list[UserId]:
        users = _rows_in(scope).order_by("user_id").values_list("user_id", flat=True)
        selected = islice(users.iterator(), every - 1, None, every)
        return [UserId(user_id) for user_id in dict.fromkeys(selected)]

    def orphans(self, *, scope: TenantScope) -> list[StreamId]:
        begun = rows.ProgressEvent.objects.filter(
            user_id=OuterRef("user_id"), course_id=OuterRef("course_id"), sequence=1
        )
        orphans = _rows_in(scope).exclude(Exists(begun)).order_by("user_id", "course_id")
        return [_stream(row) for row in orphans.only("user_id", "course_id", "org_id")]


class OrmEventRepository:
    def append(self, events: Sequence[ProgressEvent], *, scope: TenantScope) -> None:
        for event in events:
            scope.require(event.org_id)
        insert(rows.ProgressEvent, [_event_values(event) for event in events])

    def page_of_stream(
        self, stream: StreamId, request: PageRequest, *, scope: TenantScope
    ) -> Page[ProgressEvent]:
        return page_of_rows(_rows_of(stream, scope), request, EVENTS_OF_STREAM, _event)

    def stream(self, stream: StreamId, *, scope: TenantScope) -> list[ProgressEvent]:
        return [_event(row) for row in _rows_of(stream, scope)]

    def of_types(
        self, stream: StreamId, types: AbstractSet[EventType], *, scope: TenantScope
    ) -> list[ProgressEvent]:
        return [_event(row) for row in _rows_of(stream, scope).filter(type__in=sorted(types))]

    def page(
        self,
        selection: EventSelection,
        request: PageRequest,
        *,
        latest_first: bool = False,
        scope: TenantScope,
    ) -> Page[ProgressEvent]:
        try:
            last = settled_up_to(rows.ProgressEvent)
        except NotSettled:
            raise LogBusy from None
        settled = selected_events(selection, scope).filter(position__lte=last)
        return page_of_rows(settled, request, LATEST_EVENTS if latest_first else EVENTS, _event)

    def find(
        self, event_id: EventId, selection: EventSelection, *, scope: TenantScope
    ) -> ProgressEvent | None:
        row = selected_events(selection, scope).filter(id=event_id).first()
        return _event(row) if row else None

    def course_versions(
        self, events: Sequence[ProgressEvent], *, scope: TenantScope
    ) -> Mapping[EventId, int]:
        versions = course_versions_at([event.id for event in events], scope)
        return {EventId(event_id): version for event_id, version in versions.items()}

    def last_about(
        self, stream: StreamId, about: EntityType, entity_id: UUID, *, scope: TenantScope
    ) -> Stored[ProgressEvent] | None:
        row = _LAST_ABOUT.first(
            organizations_in(scope), stream.user_id, stream.course_id, about.value, entity_id
        )
        return None if row is None else stored_row(row, _event, key=_stream)

    def in_streams(
        self,
        *,
        about: EntityType | None = None,
        users: UserRange = ALL_USERS,
        scope: TenantScope,
    ) -> Iterator[Stored[ProgressEvent]]:
        events = rows.ProgressEvent.objects.filter(owned_within(scope), about_users(users))
        if about is not None:
            events = events.filter(entity_type=about)
        ordered = events.order_by("user_id", "course_id", "sequence")
        return stored_rows(ordered.values_list(*_EVENT_COLUMNS, named=True), _event, key=_stream)

    def settled_position(self) -> int:
        try:
            last = settled_up_to(rows.ProgressEvent)
        except NotSettled:
            raise LogBusy from None
        return min(last, last_position(rows.ProgressEvent))

    def hashes(self, *, after: int, up_to: int | None = None) -> Iterator[tuple[int, str]]:
        return positions_and_hashes(rows.ProgressEvent, after=after, up_to=up_to)

    def count(self) -> int:
        return rows.ProgressEvent.objects.count()

    def page_of_streams(
        self, request: PageRequest, *, users: UserRange = ALL_USERS, scope: TenantScope
    ) -> Page[StreamId]:
        first_events = rows.ProgressEvent.objects.filter(
            owned_within(scope), about_users(users), sequence=1
        )
        return page_of_rows(first_events, request, STREAMS, _stream)


_CHANGES: Final = ("changed_at", "last_activity_at")


def _lock_learner(user_id: UserId) -> None:
    """Take an advisory lock on the learner, because locking several of their rows could cause a deadlock."""
    wait_for_lock(user_id.int % 2**64)


def _rows_in(scope: TenantScope) -> QuerySet[rows.CourseProgress]:
    return rows.CourseProgress.objects.filter(owned_within(scope))


def _progress_rows(
    organizations: tuple[UUID, ...] | None, user_id: UUID, course: UUID | str
) -> QuerySet[rows.CourseProgress]:
    """A learner's progress on the course with this id or slug."""
    column = "course_slug" if isinstance(course, str) else "course_id"
    stored = rows.CourseProgress.objects.filter(owned_by(organizations), user_id=user_id)
    return stored.filter(**{column: course})


_PROGRESS: Final = PreparedQuery(_progress_rows)


def _events_about(
    organizations: tuple[UUID, ...] | None,
    user_id: UUID,
    course_id: UUID,
    about: str,
    entity_id: UUID,
) -> QuerySet[rows.ProgressEvent]:
    """The events of a stream about a resource, last first."""
    events = rows.ProgressEvent.objects.filter(
        owned_by(organizations), user_id=user_id, course_id=course_id
    )
    return events.filter(entity_type=about, entity_id=entity_id).order_by("-sequence")


_LAST_ABOUT: Final = PreparedQuery(_events_about)
_EVENT_COLUMNS: Final = (
    "id",
    "user_id",
    "course_id",
    "org_id",
    "sequence",
    "type",
    "entity_type",
    "entity_id",
    "payload",
    "occurred_at",
    "recorded_by",
    "agent",
    "idempotency_key",
    "previous_hash",
    "hash",
)


def _rows_of(stream: StreamId, scope: TenantScope) -> QuerySet[rows.ProgressEvent]:
    events = rows.ProgressEvent.objects.filter(user_id=stream.user_id, course_id=stream.course_id)
    return events.filter(owned_within(scope)).order_by("sequence")


def _stream(row: rows.ProgressEvent | rows.CourseProgress) -> StreamId:
    return StreamId(
        user_id=UserId(row.user_id),
        course_id=CourseId(row.course_id),
        org_id=OrganizationId(row.org_id) if row.org_id else None,
    )


def _progress(row: rows.CourseProgress) -> CourseProgress:
    return CourseProgress(
        user_id=UserId(row.user_id),
        course_id=CourseId(row.course_id),
        course_slug=row.course_slug,
        org_id=OrganizationId(row.org_id) if row.org_id else None,
        status=ProgressStatus(row.status),
        course_version=row.course_version,
        percent_complete=row.percent_complete,
        enrolled_at=row.enrolled_at,
        last_activity_at=row.last_activity_at,
        changed_at=row.changed_at or row.last_activity_at,
        completed_at=row.completed_at,
        completed_items=tuple(ItemId(UUID(item_id)) for item_id in row.completed_items),
        started_modules=tuple(ModuleId(UUID(module_id)) for module_id in row.started_modules),
        sequence=row.sequence,
        hash=row.hash,
    )


def _consistent_progress(row: rows.CourseProgress) -> CourseProgress:
    """Raises ValueError if the registration is that of another stream."""
    progress = _progress(row)
    if row.registration not in (None, progress.stream.registration):
        msg = "the registration is that of another stream"
        raise ValueError(msg)
    return progress


def _progress_values(progress: CourseProgress) -> Values:
    return {
        "user_id": progress.user_id,
        "course_id": progress.course_id,
        "course_slug": progress.course_slug,
        "org_id": progress.org_id,
        "status": progress.status,
        "course_version": progress.course_version,
        "percent_complete": progress.percent_complete,
        "enrolled_at": progress.enrolled_at,
        "last_activity_at": progress.last_activity_at,
        "changed_at": progress.changed_at,
        "completed_at": progress.completed_at,
        "completed_items": [str(item_id) for item_id in progress.completed_items],
        "started_modules": [str(module_id) for module_id in progress.started_modules],
        "sequence": progress.sequence,
        "hash": progress.hash,
        "registration": progress.stream.registration,
    }


def _event(row: rows.ProgressEvent) -> ProgressEvent:
    return ProgressEvent(
        id=EventId(row.id),
        user_id=UserId(row.user_id),
        course_id=CourseId(row.course_id),
        org_id=OrganizationId(row.org_id) if row.org_id else None,
        sequence=row.sequence,
        fact=Fact(type=EventType(row.type), entity_id=row.entity_id, payload=row.payload),
        occurred_at=row.occurred_at,
        recorded_by=UserId(row.recorded_by) if row.recorded_by else None,
        agent=row.agent,
        idempotency_key=row.idempotency_key,
        previous_hash=row.previous_hash,
        hash=row.hash,
    )


def _event_values(event: ProgressEvent) -> Values:
    return {
        "id": event.id,
        "user_id": event.user_id,
        "course_id": event.course_id,
        "org_id": event.org_id,
        "sequence": event.sequence,
        "type": event.fact.type,
        "entity_type": event.fact.about,
        "entity_id": event.fact.entity_id,
        "payload": dict(event.fact.payload),
        "occurred_at": event.occurred_at,
        "recorded_by": event.recorded_by,
        "agent": event.agent,
        "idempotency_key": event.idempotency_key,
        "previous_hash": event.previous_hash,
        "hash": event.hash,
    }
