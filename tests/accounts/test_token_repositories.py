"""Repository contracts of refresh tokens and idempotency records."""

from dataclasses import replace
from datetime import timedelta

import pytest

from accounts.domain.identity.entities.sessions import RefreshToken
from authsvc.http.idempotency.records import StoredResponse
from tests.support.builders import NOON, a_refresh_token, a_session, an_idempotency_record
from tests.support.worlds import World

LATER = NOON + timedelta(hours=1)
SECOND = timedelta(seconds=1)


def stored_token(world: World) -> RefreshToken:
    session = a_session(user_id=world.has_user().id)
    token = a_refresh_token(session_id=session.id)
    world.repositories.sessions.add(session)
    world.repositories.refresh_tokens.add(token)
    return token


def test_a_stored_token_is_read_back_equal(world: World) -> None:
    stored_token(world)
    token = stored_token(world)

    assert world.repositories.refresh_tokens.find(token.hash) == token
    assert world.repositories.refresh_tokens.find_for_update(token.hash) == token


def test_an_unknown_hash_finds_no_token(world: World) -> None:
    stored_token(world)

    assert world.repositories.refresh_tokens.find("0" * 64) is None
    assert world.repositories.refresh_tokens.find_for_update("0" * 64) is None


def test_a_saved_token_replaces_the_stored_one_only(world: World) -> None:
    token, other = stored_token(world), stored_token(world)
    used = replace(token, used_at=LATER)

    world.repositories.refresh_tokens.save(used)

    assert world.repositories.refresh_tokens.find_for_update(token.hash) == used
    assert world.repositories.refresh_tokens.find_for_update(other.hash) == other


# PostgreSQL derives lock numbers: the least, zero, a small one and the greatest possible.
@pytest.mark.parametrize("first", ["0000", "8000", "8000000000000001", "ffffffffffffffff"])
def test_any_request_key_can_be_claimed(world: World, first: str) -> None:
    request_key, records = first.ljust(64, "0"), world.idempotency.records

    with world.unit_of_work.atomic():
        stored = records.claim(request_key, since=NOON)

    assert stored is None


def test_claiming_a_key_returns_its_stored_record(world: World) -> None:
    record = an_idempotency_record(
        response=StoredResponse(
            status=409, body='{"å":1}', content_type="application/problem+json", etag='"a1b2"'
        )
    )
    world.idempotency.records.save(an_idempotency_record())
    world.idempotency.records.save(record)

    with world.unit_of_work.atomic():
        stored = world.idempotency.records.claim(record.request_key, since=NOON)

    assert stored == record


def test_an_expired_record_is_not_returned(world: World) -> None:
    record = an_idempotency_record(kept_at=NOON)
    world.idempotency.records.save(record)

    with world.unit_of_work.atomic():
        stored = world.idempotency.records.claim(record.request_key, since=NOON + SECOND)

    assert stored is None


def test_a_record_replaces_an_older_one(world: World) -> None:
    old = an_idempotency_record(kept_at=NOON)
    new = an_idempotency_record(
        request_key=old.request_key,
        fingerprint="e" * 64,
        response=StoredResponse(status=204, body="", content_type=""),
        kept_at=LATER,
    )
    world.idempotency.records.save(old)

    world.idempotency.records.save(new)

    with world.unit_of_work.atomic():
        stored = world.idempotency.records.claim(old.request_key, since=NOON)
    assert stored == new


def test_expired_records_are_purged(world: World) -> None:
    old = [an_idempotency_record(kept_at=NOON - SECOND) for _ in range(2)]
    young = an_idempotency_record(kept_at=NOON)
    for record in (*old, young):
        world.idempotency.records.save(record)

    count = world.idempotency.records.purge(before=NOON)

    assert count == 2
    with world.unit_of_work.atomic():
        assert (
            world.idempotency.records.claim(old[0].request_key, since=NOON - timedelta(days=1))
            is None
        )
        assert world.idempotency.records.claim(young.request_key, since=NOON) == young
