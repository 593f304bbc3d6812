"""ORM repository of outgoing events."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Min

from authsvc.events import models as rows
from authsvc.events.catalogue import OutgoingEventType
from authsvc.events.entities import FeedPage, FeedSelection, OutgoingEvent, RecordedEvent
from authsvc.events.errors import EventsBusy
from authsvc.kernel.tenancy import TenantScope
from authsvc.storage.inserts import insert_numbered
from authsvc.storage.settled import NotSettled, last_position, settled_up_to
from authsvc.storage.tenancy import owned_within


class OrmOutgoingEventRepository:
    def add(self, events: Sequence[OutgoingEvent], *, scope: TenantScope) -> int:
        for event in events:
            scope.require(event.org_id)
        return insert_numbered(rows.OutgoingEvent, [_values(event) for event in events])

    def page_of(self, selection: FeedSelection, *, scope: TenantScope) -> FeedPage:
        complete_up_to = self.settled_position()
        events = rows.OutgoingEvent.objects.filter(
            owned_within(scope), position__gt=selection.after, position__lte=complete_up_to
        )
        if selection.type is not None:
            events = events.filter(type=selection.type)
        if not selection.includes_platform:
            events = events.exclude(org_id=None)
        stored = events.order_by("position")[: selection.limit + 1]
        return FeedPage.of(
            [_recorded(row) for row in stored], selection, complete_up_to=complete_up_to
        )

    def at(self, positions: Collection[int], *, scope: TenantScope) -> list[RecordedEvent]:
        events = rows.OutgoingEvent.objects.filter(owned_within(scope), position__in=positions)
        return [_recorded(row) for row in events.order_by("position")]

    def position_before(self, moment: datetime, *, scope: TenantScope) -> int:
        later = rows.OutgoingEvent.objects.filter(owned_within(scope), occurred_at__gte=moment)
        first = later.aggregate(first=Min("position"))["first"]
        return self.last_position() if first is None else int(first) - 1

    def last_position(self) -> int:
        return last_position(rows.OutgoingEvent)

    def settled_position(self) -> int:
        try:
            settled = settled_up_to(rows.OutgoingEvent)
        except NotSettled:
            raise EventsBusy from None
        return min(settled, self.last_position())

    def is_reached(self, position: int) -> bool:
        return position <= self.last_position()


def _recorded(row: rows.OutgoingEvent) -> RecordedEvent:
    return RecordedEvent(
        position=row.position,
        event=OutgoingEvent(
            id=row.id,
            type=OutgoingEventType(row.type),
            occurred_at=row.occurred_at,
            org_id=row.org_id,
            user_id=row.user_id,
            data=row.data,
        ),
    )


def _values(event: OutgoingEvent) -> dict[str, Any]:
    return {
        "id": event.id,
        "type": event.type,
        "occurred_at": event.occurred_at,
        "org_id": event.org_id,
        "user_id": event.user_id,
        "data": dict(event.data),
    }
