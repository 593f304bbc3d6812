"""When users were last seen, on each database."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from accounts import models as rows
from accounts.domain.access import UserId
from accounts.domain.identity.entities.security_log import SignInFailure
from accounts.domain.identity.entities.sign_in_records import (
    SignInRecord,
    SignInRecordId,
    SignInWay,
)
from accounts.domain.identity.services.last_seen import LAST_SEEN
from tests.support.builders import NOON, a_refresh_token, a_session
from tests.support.jobs import work_off
from tests.support.worlds import World, orm_world

pytestmark = pytest.mark.every_database
HOUR = timedelta(hours=1)


def opens_a_page(user_id: UserId, *, at: datetime) -> None:
    rows.BrowserSession.objects.create(
        session_key=uuid4().hex,
        session_data="",
        expire_date=at + HOUR,
        user_id=user_id,
        seen_at=at,
    )


def signs_in(world: World, user_id: UserId, *, at: datetime) -> None:
    world.repositories.sign_in_records.save(
        SignInRecord(
            id=SignInRecordId(uuid4()),
            user_id=user_id,
            client_ip="192.0.2.1",
            way=SignInWay.API,
            at=at,
        )
    )


def renews_a_token(world: World, user_id: UserId, *, at: datetime) -> None:
    session = a_session(user_id=user_id)
    world.repositories.sessions.add(session)
    world.repositories.refresh_tokens.add(a_refresh_token(session_id=session.id, issued_at=at))


def updated(world: World) -> dict[UserId, datetime | None]:
    world.services.job_engine.ensure_periodic([LAST_SEEN])
    world.clock.go_on(minutes=5)
    work_off(world.services)
    times = rows.User.objects.values_list("id", "seen_at")
    return {UserId(user_id): seen_at for user_id, seen_at in times}


def test_a_user_was_last_seen_at_the_last_page_sign_in_or_renewal_of_a_token() -> None:
    world = orm_world()
    anna, bo, chidi, dora = (world.has_user().id for _ in range(4))
    opens_a_page(anna, at=NOON - 3 * HOUR)
    signs_in(world, anna, at=NOON - 4 * HOUR)
    signs_in(world, bo, at=NOON - HOUR)
    renews_a_token(world, bo, at=NOON - 2 * HOUR)
    renews_a_token(world, chidi, at=NOON)
    failure, way = SignInFailure.WRONG_PASSWORD, SignInWay.API
    world.repositories.sign_in_records.save(
        SignInRecord.failed(failure, user_id=dora, way=way, client_ip=None, at=NOON)
    )

    first = updated(world)
    opens_a_page(anna, at=NOON - HOUR / 2)
    rows.SignInRecord.objects.all().delete()
    second = updated(world)

    assert first == {anna: NOON - 3 * HOUR, bo: NOON - HOUR, chidi: NOON, dora: None}
    assert second == first | {anna: NOON - HOUR / 2}


def test_of_many_users_the_least_recent_are_updated_first_so_that_none_is_missed() -> None:
    world = orm_world()
    anna, bo, chidi = (world.has_user().id for _ in range(3))
    for user_id, hours in ((anna, 1), (bo, 9), (chidi, 5)):
        signs_in(world, user_id, at=NOON - hours * HOUR)
    last_seen = world.repositories.last_seen

    some = last_seen.latest(limit=2, at=NOON)
    signs_in(world, bo, at=NOON)
    with world.unit_of_work.atomic():
        last_seen.save(some)
    others = last_seen.latest(limit=2, at=NOON)

    assert list(some.items()) == [(bo, NOON - 9 * HOUR), (chidi, NOON - 5 * HOUR)]
    assert list(others.items()) == [(anna, NOON - HOUR), (bo, NOON)]
