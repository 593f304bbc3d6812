"""Contract of the event repository."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from django.db import IntegrityError

from accounts.domain.identity.entities.users import User
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.tenancy import ALL_TENANTS
from courses.domain.entities.courses import Course
from progress import models as rows
from progress.domain.entities.events import EventId, EventType, Fact, ProgressEvent, StreamId
from tests.support.builders import NOON, a_progress, an_event
from tests.support.pages import pages_of
from tests.support.worlds import World, orm_world


def a_stream(course: Course, user: User, *, length: int) -> list[ProgressEvent]:
    """A chain of events."""
    head = a_progress(course, user)
    events = []
    for _ in range(length):
        event = an_event(head)
        head = replace(head, sequence=event.sequence, hash=event.hash)
        events.append(event)
    return events


def test_events_are_stored_as_they_were_appended(world: World) -> None:
    progress = a_progress(world.has_course(), world.has_user())
    named: dict[str, str | int] = {"credential_id": str(uuid4()), "credential_version": 2}
    issued = Fact(type=EventType.CREDENTIAL_ISSUED, entity_id=uuid4(), payload=named)
    event = an_event(
        progress,
        issued,
        org_id=world.has_organization().id,
        occurred_at=NOON + timedelta(microseconds=1),
        idempotency_key="f" * 64,
        agent="a" * 100,
    )

    world.repositories.events.append([event], scope=ALL_TENANTS)

    assert world.repositories.events.stream(progress.stream, scope=ALL_TENANTS) == [event]


def test_an_event_without_a_cause_is_stored_too(world: World) -> None:
    progress = a_progress(world.has_course(), world.has_user())
    event = an_event(progress, recorded_by=None, org_id=None)

    world.repositories.events.append([event], scope=ALL_TENANTS)

    assert world.repositories.events.stream(progress.stream, scope=ALL_TENANTS) == [event]


def test_what_is_appended_later_comes_after_what_was_there(world: World) -> None:
    first, second, third = a_stream(world.has_course(), world.has_user(), length=3)
    world.repositories.events.append([first], scope=ALL_TENANTS)

    world.repositories.events.append([second, third], scope=ALL_TENANTS)

    assert world.repositories.events.stream(first.stream, scope=ALL_TENANTS) == [
        first,
        second,
        third,
    ]


def test_a_stream_holds_nothing_of_another_learner_or_course(world: World) -> None:
    anna, ben = world.has_user(), world.has_user()
    knots, bends = world.has_course(), world.has_course()
    streams = [
        a_stream(course, user, length=2) for user in (anna, ben) for course in (knots, bends)
    ]

    for number in range(2):
        world.repositories.events.append([events[number] for events in streams], scope=ALL_TENANTS)

    assert [
        world.repositories.events.stream(events[0].stream, scope=ALL_TENANTS) for events in streams
    ] == streams


def test_a_stream_that_was_never_begun_is_empty(world: World) -> None:
    nobody = StreamId(user_id=world.has_user().id, course_id=world.has_course().id)

    page = world.repositories.events.page_of_stream(nobody, PageRequest(), scope=ALL_TENANTS)

    assert world.repositories.events.stream(nobody, scope=ALL_TENANTS) == []
    assert page == Page(items=(), next_cursor=None)


def test_page_after_page_shows_each_event_of_a_stream_once_the_first_one_first(
    world: World,
) -> None:
    course = world.has_course()
    events = a_stream(course, world.has_user(), length=5)
    world.repositories.events.append(events, scope=ALL_TENANTS)
    world.repositories.events.append(
        a_stream(course, world.has_user(), length=5), scope=ALL_TENANTS
    )

    pages = pages_of(
        lambda request: world.repositories.events.page_of_stream(
            events[0].stream, request, scope=ALL_TENANTS
        ),
        limit=2,
    )

    assert list(pages) == [events[:2], events[2:4], events[4:]]


def test_page_after_page_shows_each_stream_once_in_the_order_of_their_beginning(
    world: World,
) -> None:
    course = world.has_course()
    streams = [a_stream(course, world.has_user(), length=2) for _ in range(5)]
    for number in range(2):
        world.repositories.events.append([events[number] for events in streams], scope=ALL_TENANTS)

    pages = pages_of(partial(world.repositories.events.page_of_streams, scope=ALL_TENANTS), limit=2)

    begun = [events[0].stream for events in streams]
    assert list(pages) == [begun[:2], begun[2:4], begun[4:]]


def test_a_log_without_events_has_no_streams(world: World) -> None:
    page = world.repositories.events.page_of_streams(PageRequest(), scope=ALL_TENANTS)

    assert page == Page(items=(), next_cursor=None)


@pytest.mark.every_database
def test_positions_put_the_events_of_all_streams_in_one_order() -> None:
    world = orm_world()
    course = world.has_course()
    streams = [a_stream(course, world.has_user(), length=3) for _ in range(2)]
    appended = [event for pair in zip(*streams, strict=True) for event in pair]
    for event in appended:
        world.repositories.events.append([event], scope=ALL_TENANTS)

    stored = rows.ProgressEvent.objects.order_by("position").values_list("position", "id")

    assert [event_id for _, event_id in stored] == [event.id for event in appended]
    assert len({position for position, _ in stored}) == len(appended)


@pytest.mark.every_database
def test_the_database_refuses_a_second_event_in_one_place_of_a_stream() -> None:
    world = orm_world()
    progress = a_progress(world.has_course(), world.has_user())
    world.repositories.events.append([an_event(progress)], scope=ALL_TENANTS)

    with pytest.raises(
        IntegrityError, match=r"one_event_per_sequence|user_id.*course_id.*sequence"
    ):
        world.repositories.events.append([an_event(progress)], scope=ALL_TENANTS)


@pytest.mark.every_database
def test_the_database_refuses_a_second_event_with_an_id() -> None:
    world = orm_world()
    course, event_id = world.has_course(), EventId(uuid4())
    first, second = (an_event(a_progress(course, world.has_user()), id=event_id) for _ in range(2))
    world.repositories.events.append([first], scope=ALL_TENANTS)

    with pytest.raises(IntegrityError):
        world.repositories.events.append([second], scope=ALL_TENANTS)


def test_the_events_of_some_types_of_a_stream_come_in_their_order(world: World) -> None:
    anna, knots = world.has_user(), world.has_course()
    events = a_stream(knots, anna, length=3)
    world.repositories.events.append(events, scope=ALL_TENANTS)
    stream, types = events[0].stream, {event.fact.type for event in events}

    of_all = world.repositories.events.of_types(stream, types, scope=ALL_TENANTS)
    of_none = world.repositories.events.of_types(
        stream, {EventType.CREDENTIAL_REVOKED}, scope=ALL_TENANTS
    )

    assert (of_all, of_none) == (events, [])
