"""Contract of the event repository: selections."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final

import pytest
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from accounts.domain.identity.entities.users import User
from authsvc.kernel.paging import PageRequest
from authsvc.kernel.tenancy import ALL_TENANTS, TenantScope
from authsvc.storage import settled
from courses.domain.entities.courses import Course
from progress.domain.entities.events import EventSelection, ProgressEvent
from progress.domain.errors import LogBusy
from tests.support.builders import NOON, a_progress, an_event
from tests.support.patience import PATIENCE
from tests.support.worlds import World, orm_world

WHOLE: Final = PageRequest(limit=100)


def recorded(world: World, user: User, course: Course, **parts: Any) -> ProgressEvent:
    event = an_event(a_progress(course, user), **parts)
    world.repositories.events.append([event], scope=ALL_TENANTS)
    return event


def selected(
    world: World, *, scope: TenantScope = ALL_TENANTS, **selection: Any
) -> tuple[ProgressEvent, ...]:
    wanted = EventSelection(**selection)
    return world.repositories.events.page(wanted, WHOLE, scope=scope).items


def test_a_page_holds_what_was_selected_in_the_order_of_the_log(world: World) -> None:
    anna, ben = world.has_user(), world.has_user()
    org = world.has_organization()
    first = recorded(world, anna, world.has_course(), occurred_at=NOON + timedelta(hours=1))
    second = recorded(world, anna, world.has_course(org_id=org.id))
    third = recorded(world, ben, world.has_course())

    assert selected(world) == (first, second, third)
    assert selected(world, user_id=anna.id) == (first, second)
    assert selected(world, org_id=org.id) == (second,)
    assert selected(world, user_id=ben.id, org_id=org.id) == ()


def test_since_is_exclusive_and_until_inclusive(world: World) -> None:
    at = [NOON + timedelta(minutes=minute) for minute in range(3)]
    user = world.has_user()
    events = [recorded(world, user, world.has_course(), occurred_at=moment) for moment in at]

    assert selected(world, since=at[0], until=at[1]) == (events[1],)
    assert selected(world, since=at[1]) == (events[2],)
    assert selected(world, until=at[1]) == tuple(events[:2])


def test_what_is_out_of_view_is_in_no_page(world: World) -> None:
    there = world.has_course(org_id=world.has_organization().id)
    event = recorded(world, world.has_user(), there)

    assert selected(world, scope=TenantScope()) == ()
    assert selected(world, scope=TenantScope.into(world.has_organization().id)) == ()
    assert selected(world, scope=TenantScope.into(there.org_id)) == (event,)


@contextmanager
def writing_elsewhere() -> Iterator[BaseDatabaseWrapper]:
    """Another connection, with the lock that a writer of the log holds until commit."""
    other = connection.copy()
    other.inc_thread_sharing()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("LOCK TABLE progress_progressevent IN ROW EXCLUSIVE MODE")
        yield other
    finally:
        other.rollback()
        other.close()


@pytest.mark.postgres
def test_a_page_waits_for_writers(monkeypatch: pytest.MonkeyPatch) -> None:
    world = orm_world()
    event = recorded(world, world.has_user(), world.has_course())
    pauses: list[float] = []

    with writing_elsewhere() as other:

        def end_writing(pause: float) -> None:
            pauses.append(pause)
            other.rollback()

        monkeypatch.setattr(settled, "sleep", end_writing)
        monkeypatch.setattr(settled, "_PATIENCE_SECONDS", PATIENCE)
        result = selected(world)

    assert len(pauses) == 1
    assert result == (event,)


@pytest.mark.postgres
def test_a_page_does_not_wait_for_a_long_writer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settled, "_PATIENCE_SECONDS", 0.05)
    world = orm_world()
    recorded(world, world.has_user(), world.has_course())

    with writing_elsewhere(), pytest.raises(LogBusy):
        selected(world)
