"""What verification reads of events, progress and attempts: one contract for all stores."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import uuid4

from accounts.domain.access import UserId
from authsvc.kernel.tenancy import ALL_TENANTS, TenantScope
from authsvc.kernel.verification import Stored, ranges_between
from progress.domain.entities.attempts import AttemptStatus
from progress.domain.entities.events import EntityType, EventType, Fact, ProgressEvent
from progress.domain.entities.grades import Grade
from tests.support.attempts import has_attempt, has_place
from tests.support.builders import NOON, a_progress, an_event
from tests.support.worlds import World


def a_stream(world: World, *, length: int = 2) -> list[ProgressEvent]:
    """A stream of its own, with its projection."""
    head = a_progress(
        world.has_course(org_id=world.has_organization(slug=f"s-{uuid4().hex[:8]}").id),
        world.has_user(),
    )
    events = list[ProgressEvent]()
    for _ in range(length):
        event = an_event(head)
        events.append(event)
        head = replace(head, sequence=event.sequence, hash=event.hash)
    world.repositories.events.append(events, scope=ALL_TENANTS)
    world.repositories.progress.add(head, scope=ALL_TENANTS)
    return events


def test_events_are_read_stream_by_stream(world: World) -> None:
    streams = sorted((a_stream(world) for _ in range(3)), key=lambda events: events[0].stream)

    rows = list(world.repositories.events.in_streams(scope=ALL_TENANTS))

    assert [row.item for row in rows] == [event for events in streams for event in events]
    assert [row.key for row in rows] == [event.stream for events in streams for event in events]
    assert [row.id for row in rows] == [event.id for events in streams for event in events]
    assert {row.fault for row in rows} == {""}


def test_events_out_of_scope_are_not_read(world: World) -> None:
    first, _ = a_stream(world), a_stream(world)

    rows = world.repositories.events.in_streams(scope=TenantScope.into(first[0].org_id))

    assert [row.item for row in rows] == first


def test_events_about_one_type_of_resource_are_read(world: World) -> None:
    progress = a_progress(world.has_course(), world.has_user())
    payload: dict[str, str | int] = {"assessment_id": "a", "assessment_version": 1, "sha256": "f"}
    fact = Fact(type=EventType.ASSESSMENT_SUBMITTED, entity_id=uuid4(), payload=payload)
    first = an_event(progress, fact)
    second = an_event(replace(progress, sequence=1, hash=first.hash))
    third = an_event(replace(progress, sequence=2, hash=second.hash), fact)
    world.repositories.events.append([first, second, third], scope=ALL_TENANTS)
    events, attempt = world.repositories.events, EntityType.ATTEMPT

    rows = events.in_streams(about=attempt, scope=ALL_TENANTS)
    last = events.last_about(progress.stream, attempt, fact.entity_id, scope=ALL_TENANTS)

    assert [row.item for row in rows] == [first, third]
    assert last is not None
    assert last.item == third
    assert events.last_about(progress.stream, attempt, uuid4(), scope=ALL_TENANTS) is None
    other = EntityType.CREDENTIAL
    assert events.last_about(progress.stream, other, fact.entity_id, scope=ALL_TENANTS) is None


def test_the_log_is_read_by_position(world: World) -> None:
    events, appended = world.repositories.events, [*a_stream(world), *a_stream(world)]

    positions, hashes = zip(*events.hashes(after=0), strict=True)

    assert list(hashes) == [event.hash for event in appended]
    assert events.count() == 4
    assert events.settled_position() == positions[-1]
    middle = list(events.hashes(after=positions[0], up_to=positions[2]))
    assert middle == list(zip(positions, hashes, strict=True))[1:3]


def test_an_empty_log_is_settled_at_zero(world: World) -> None:
    assert world.repositories.events.settled_position() == 0
    assert list(world.repositories.events.hashes(after=0)) == []


def test_progress_is_read_stream_by_stream(world: World) -> None:
    streams = sorted(a_stream(world)[0].stream for _ in range(3))

    rows = list(world.repositories.progress.in_streams(scope=ALL_TENANTS))
    own = world.repositories.progress.in_streams(scope=TenantScope.into(streams[0].org_id))

    assert [row.key for row in rows] == streams
    assert [row.item.stream for row in rows if row.item] == streams
    assert [row.key for row in own] == streams[:1]


def test_parts_are_read_by_user(world: World) -> None:
    users = sorted(a_stream(world)[0].user_id for _ in range(5))
    events, progress = world.repositories.events, world.repositories.progress

    boundaries = progress.user_boundaries(every=2, scope=ALL_TENANTS)
    parts = ranges_between(boundaries)

    assert boundaries == [users[1], users[3]]
    for part, expected in zip(parts, (users[:2], users[2:4], users[4:]), strict=True):
        assert _users_of(progress.in_streams(users=part, scope=ALL_TENANTS)) == expected
        assert _users_of(events.in_streams(users=part, scope=ALL_TENANTS)) == expected
    assert progress.user_boundaries(every=6, scope=ALL_TENANTS) == []


def test_a_user_with_several_streams_is_in_one_part(world: World) -> None:
    user = world.has_user()
    for slug in ("knots", "ropes", "sails"):
        world.repositories.progress.add(
            a_progress(world.has_course(slug=slug), user), scope=ALL_TENANTS
        )

    assert world.repositories.progress.user_boundaries(every=1, scope=ALL_TENANTS) == [user.id]


def test_attempts_of_some_users_are_read(world: World) -> None:
    first, second = sorted(
        (has_attempt(world, has_place(world)) for _ in range(2)), key=lambda a: a.user_id
    )
    attempts, parts = world.repositories.attempts, ranges_between([first.user_id])

    items = [
        [row.item for row in attempts.in_streams(users=part, scope=ALL_TENANTS)] for part in parts
    ]

    assert items == [[first], [second]]


def _users_of(rows: Iterable[Stored[Any]]) -> list[UserId]:
    return list(dict.fromkeys(row.item.user_id for row in rows if row.item))


def test_attempts_are_read_stream_by_stream_with_their_grades(world: World) -> None:
    grade = Grade(marks=(), graded_at=NOON, graded_by=None)
    attempts = []
    for _ in range(3):
        attempt = has_attempt(world, has_place(world))
        graded = replace(attempt, status=AttemptStatus.GRADED, grades=(grade,))
        world.repositories.attempts.save(graded, scope=ALL_TENANTS)
        attempts.append(graded)
    attempts.sort(key=lambda attempt: (attempt.stream, attempt.id))

    rows = list(world.repositories.attempts.in_streams(scope=ALL_TENANTS))

    assert [row.item for row in rows] == attempts
    assert [row.key for row in rows] == [attempt.stream for attempt in attempts]
    assert {row.fault for row in rows} == {""}
    assert world.repositories.attempts.count() == 3
    assert world.repositories.attempts.count_grades() == 3
