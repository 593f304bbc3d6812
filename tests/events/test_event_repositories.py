"""Repositories of outgoing events: one contract for all stores."""

from datetime import timedelta
from uuid import uuid4

import pytest

from authsvc.events.catalogue import OutgoingEventType
from authsvc.events.entities import FeedSelection, OutgoingEvent
from authsvc.kernel.tenancy import ALL_TENANTS, OutsideTenantScope, TenantScope
from tests.events.recording import an_event, events_in, page_of, recorded
from tests.support.blocks import failed_block
from tests.support.builders import NOON
from tests.support.worlds import World


def some_events(count: int) -> list[OutgoingEvent]:
    return [an_event(user_id=uuid4()) for _ in range(count)]


def test_a_recorded_event_comes_back_equal(world: World) -> None:
    event = an_event(
        type=OutgoingEventType.SESSION_ENDED,
        org_id=uuid4(),
        user_id=uuid4(),
        data={"session_id": None, "client_id": "tutor", "reason": "logged-out"},
    )

    position = recorded(world, event)

    (item,) = page_of(world).items
    assert (item.position, item.event) == (position, event)


def test_events_come_in_the_order_in_which_they_were_recorded(world: World) -> None:
    first, second, third = some_events(3)
    recorded(world, first, second)
    last = recorded(world, third)

    page = page_of(world)

    assert events_in(page) == [first, second, third]
    assert page.next_after == page.complete_up_to == last


def test_the_position_returned_is_that_of_the_last_event(world: World) -> None:
    repository = world.repositories.outgoing_events
    with world.unit_of_work.atomic():
        position = repository.add(some_events(3), scope=ALL_TENANTS)

    assert position == page_of(world).items[-1].position
    assert repository.last_position() == position


def test_following_the_pages_yields_each_event_once(world: World) -> None:
    events = some_events(5)
    recorded(world, *events)

    first = page_of(world, limit=2)
    second = page_of(world, limit=2, after=first.next_after)
    third = page_of(world, limit=2, after=second.next_after)

    assert events_in(first) + events_in(second) + events_in(third) == events
    assert first.next_after == first.items[-1].position
    assert page_of(world, after=third.next_after).items == ()


def test_a_full_last_page_leads_past_everything_that_is_complete(world: World) -> None:
    school = uuid4()
    recorded(world, an_event(org_id=school), an_event(org_id=school))
    last = recorded(world, an_event(org_id=uuid4()))

    page = page_of(world, limit=2, scope=TenantScope.into(school), includes_platform=False)

    assert len(page.items) == 2
    assert page.next_after == last


def test_a_position_beyond_the_end_leads_nowhere_else(world: World) -> None:
    last = recorded(world, an_event())

    page = page_of(world, after=last + 1000)

    assert (page.items, page.complete_up_to, page.next_after) == ((), last, last + 1000)


def test_a_page_has_events_of_the_organizations_in_scope_alone(world: World) -> None:
    school, other = uuid4(), uuid4()
    own, platform = an_event(org_id=school), an_event()
    recorded(world, own, an_event(org_id=other), platform)
    scope = TenantScope.into(school)

    assert events_in(page_of(world, scope=scope, includes_platform=False)) == [own]
    assert events_in(page_of(world, scope=scope)) == [own, platform]


def test_the_settled_position_is_that_of_the_last_event_while_nobody_writes(world: World) -> None:
    position = recorded(world, an_event(), an_event())

    assert world.repositories.outgoing_events.settled_position() == position


def test_without_events_a_page_is_empty_and_complete(world: World) -> None:
    selection = FeedSelection(limit=1, includes_platform=True)

    page = world.repositories.outgoing_events.page_of(selection, scope=ALL_TENANTS)

    assert (page.items, page.next_after) == ((), page.complete_up_to)


def test_a_page_can_be_of_one_type(world: World) -> None:
    reactivated = an_event(type=OutgoingEventType.USER_REACTIVATED)
    recorded(world, an_event(), reactivated, an_event())

    page = page_of(world, type=OutgoingEventType.USER_REACTIVATED)

    assert events_in(page) == [reactivated]
    assert page.next_after == page.complete_up_to


def test_an_event_outside_of_the_scope_is_not_recorded(world: World) -> None:
    with pytest.raises(OutsideTenantScope):
        world.repositories.outgoing_events.add([an_event(org_id=uuid4())], scope=TenantScope())

    assert page_of(world).items == ()


def test_events_of_a_failed_unit_of_work_are_not_recorded(world: World) -> None:
    before = recorded(world, an_event())
    with failed_block(world.unit_of_work):
        recorded(world, an_event())

    assert world.repositories.outgoing_events.last_position() == before
    assert len(page_of(world).items) == 1


def test_a_position_is_reached_once_an_event_at_or_after_it_is_visible(world: World) -> None:
    assert world.repositories.outgoing_events.is_reached(0)
    last = recorded(world, *some_events(2))

    assert world.repositories.outgoing_events.is_reached(last - 1)
    assert world.repositories.outgoing_events.is_reached(last)
    assert not world.repositories.outgoing_events.is_reached(last + 1)


def test_events_are_found_by_their_positions_in_scope(world: World) -> None:
    school, other = uuid4(), uuid4()
    own, foreign, platform = an_event(org_id=school), an_event(org_id=other), an_event()
    recorded(world, own, foreign, platform)
    positions = [item.position for item in page_of(world).items]

    items = world.repositories.outgoing_events.at(
        [*reversed(positions), 10**9], scope=TenantScope.into(school)
    )

    assert [(item.position, item.event) for item in items] == [
        (positions[0], own),
        (positions[2], platform),
    ]


def test_the_position_before_a_time_has_no_event_of_that_time_or_later(world: World) -> None:
    school, second = uuid4(), timedelta(seconds=1)
    early, late, older = (
        an_event(org_id=school, occurred_at=NOON),
        an_event(org_id=school, occurred_at=NOON + second),
        an_event(org_id=school, occurred_at=NOON - second),
    )
    recorded(world, early, an_event(org_id=uuid4(), occurred_at=NOON + second), late, older)
    positions = [item.position for item in page_of(world).items]
    scope, repository = TenantScope.into(school), world.repositories.outgoing_events

    assert repository.position_before(NOON + second, scope=scope) == positions[2] - 1
    assert repository.position_before(NOON, scope=scope) == positions[0] - 1
    assert (
        world.repositories.outgoing_events.position_before(NOON + 2 * second, scope=scope)
        == (positions[-1])
    )
