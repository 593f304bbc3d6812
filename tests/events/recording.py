"""Outgoing events in tests: builders, and what a world has recorded."""

from typing import Any

from authsvc.events.catalogue import OutgoingEventType
from authsvc.events.entities import FeedPage, FeedSelection, OutgoingEvent
from authsvc.kernel.tenancy import ALL_TENANTS, TenantScope
from tests.support.builders import NOON
from tests.support.worlds import World


def an_event(**parts: Any) -> OutgoingEvent:
    """By default that a user of the platform was deactivated."""
    default: dict[str, Any] = {"type": OutgoingEventType.USER_DEACTIVATED, "occurred_at": NOON}
    return OutgoingEvent(**default | parts)


def recorded(world: World, *events: OutgoingEvent) -> int:
    """Record the events and return the position of the last."""
    with world.unit_of_work.atomic():
        return world.repositories.outgoing_events.add(events, scope=ALL_TENANTS)


def page_of(
    world: World,
    *,
    after: int = 0,
    limit: int = 100,
    scope: TenantScope = ALL_TENANTS,
    includes_platform: bool = True,
    **parts: Any,
) -> FeedPage:
    selection = FeedSelection(
        after=after, limit=limit, includes_platform=includes_platform, **parts
    )
    return world.repositories.outgoing_events.page_of(selection, scope=scope)


def events_in(page: FeedPage) -> list[OutgoingEvent]:
    return [item.event for item in page.items]


def outgoing(world: World, *, after: int = 0) -> list[OutgoingEvent]:
    """All events that the world has recorded after a position."""
    events: list[OutgoingEvent] = []
    page = page_of(world, after=after)
    while page.items:
        events += events_in(page)
        page = page_of(world, after=page.next_after)
    return events


def types_in(world: World, *, after: int = 0) -> list[OutgoingEventType]:
    return [event.type for event in outgoing(world, after=after)]
