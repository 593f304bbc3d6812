"""Repository contract of sign-in records."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from accounts import models as rows
from accounts.domain.access import UserId
from accounts.domain.identity.entities.security_log import SignInFailure
from accounts.domain.identity.entities.sign_in_records import (
    FailedAttempts,
    SignInRecord,
    SignInRecordId,
    SignInWay,
)
from tests.support.builders import NOON
from tests.support.worlds import World, orm_world

MINUTE = timedelta(minutes=1)


def a_sign_in(user_id: UserId, *, at: datetime = NOON) -> SignInRecord:
    return SignInRecord(
        id=SignInRecordId(uuid4()),
        user_id=user_id,
        client_ip="192.0.2.1",
        way=SignInWay.PASSKEY,
        at=at,
    )


def a_failure(user_id: UserId | None, *, at: datetime = NOON) -> SignInRecord:
    reason, way = SignInFailure.WRONG_PASSWORD, SignInWay.PASSWORD
    return SignInRecord.failed(reason, user_id=user_id, way=way, client_ip=None, at=at)


def test_the_latest_records_of_a_user_are_read(world: World) -> None:
    anna, sign_in_records = world.has_user().id, world.repositories.sign_in_records
    first, second = a_sign_in(anna), a_failure(anna, at=NOON + MINUTE)
    for record in (first, second, a_sign_in(world.has_user().id), a_failure(None)):
        sign_in_records.save(record)

    assert sign_in_records.latest_of(anna, limit=3) == [second, first]
    assert sign_in_records.latest_of(anna, limit=1) == [second]


def test_attempts_that_are_alike_are_added(world: World) -> None:
    anna, sign_in_records = world.has_user().id, world.repositories.sign_in_records
    for minutes in (0, 1, 59, 60):
        sign_in_records.save(a_failure(anna, at=NOON + minutes * MINUTE))

    next_hour, first_hour = sign_in_records.latest_of(anna, limit=3)

    assert (first_hour.attempts, first_hour.at) == (3, NOON + 59 * MINUTE)
    assert next_hour == a_failure(anna, at=NOON + 60 * MINUTE)


def test_failures_are_counted_by_address(world: World) -> None:
    sign_in_records = world.repositories.sign_in_records
    for number, attempts in enumerate((3, 2, 4)):
        record = replace(a_failure(None), client_ip=f"192.0.2.{number}", attempts=attempts)
        sign_in_records.save(replace(record, id=SignInRecordId(uuid4())))
    sign_in_records.save(replace(a_sign_in(world.has_user().id), attempts=9))
    sign_in_records.save(replace(a_failure(None), attempts=9))
    reasons = {SignInFailure.WRONG_PASSWORD, SignInFailure.WRONG_PASSKEY}

    counted = sign_in_records.failures_by_address(reasons, since=NOON, at_least=3)

    assert counted == {
        "192.0.2.0": FailedAttempts(attempts=3, last_at=NOON),
        "192.0.2.2": FailedAttempts(attempts=4, last_at=NOON),
    }
    for other, since in (({SignInFailure.INACTIVE}, NOON), (reasons, NOON + MINUTE)):
        assert sign_in_records.failures_by_address(other, since=since, at_least=3) == {}


def test_the_first_sign_in_from_each_address_is_read(world: World) -> None:
    anna, sign_in_records = world.has_user().id, world.repositories.sign_in_records
    first, later = a_sign_in(anna), a_sign_in(anna, at=NOON + MINUTE)
    elsewhere = replace(a_sign_in(anna, at=NOON + 2 * MINUTE), client_ip="198.51.100.7")
    failure = replace(a_failure(anna), client_ip="203.0.113.44")
    for record in (later, first, elsewhere, failure, a_sign_in(world.has_user().id)):
        sign_in_records.save(record)

    assert sign_in_records.first_sign_ins_of(anna) == {
        first.client_ip: NOON,
        elsewhere.client_ip: elsewhere.at,
    }


def test_old_records_are_removed(world: World) -> None:
    anna, sign_in_records = world.has_user().id, world.repositories.sign_in_records
    sign_in_records.save(a_sign_in(anna, at=NOON - MINUTE))
    sign_in_records.save(recent := a_sign_in(anna))

    assert sign_in_records.remove_expired(before=NOON) == 1
    assert sign_in_records.latest_of(anna, limit=3) == [recent]


@pytest.mark.every_database
def test_records_go_with_their_user_and_rows_are_consistent() -> None:
    world = orm_world()
    anna, sign_in_records = world.has_user().id, world.repositories.sign_in_records
    sign_in_records.save(a_sign_in(anna))
    sign_in_records.save(a_failure(anna))
    for broken in (replace(a_failure(None), failure=None), replace(a_failure(None), attempts=0)):
        with pytest.raises(IntegrityError), transaction.atomic():
            sign_in_records.save(broken)

    rows.User.objects.filter(pk=anna).delete()

    assert not rows.SignInRecord.objects.exists()
