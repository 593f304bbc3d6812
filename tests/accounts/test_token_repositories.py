"""What every store of refresh tokens and of the request ledger promises."""

from dataclasses import replace
from datetime import timedelta

import pytest

from accounts.domain.identity.entities.sessions import RefreshToken
from authsvc.http.idempotency.records import StoredResponse
from tests.support.builders import NOON, a_refresh_token, a_session, an_idempotency_record
from tests.support.worlds import World

LATER = NOON + timedelta(hours=1)
SECOND = timedelta(seconds=1)


def kept_token(world: World) -> RefreshToken:
    session = a_session(user_id=world.has_user().id)
    token = a_refresh_token(session_id=session.id)
    world.repositories.sessions.add(session)
    world.repositories.refresh_tokens.add(token)
    return token


def test_a_kept_token_comes_back_equal(world: World) -> None:
    kept_token(world)
    token = kept_token(world)

    assert world.repositories.refresh_tokens.find(token.hash) == token
    assert world.repositories.refresh_tokens.find_for_update(token.hash) == token


def test_a_hash_of_no_token_finds_none(world: World) -> None:
    kept_token(world)

    assert world.repositories.refresh_tokens.find("0" * 64) is None
    assert world.repositories.refresh_tokens.find_for_update("0" * 64) is None


def test_a_saved_token_replaces_the_kept_one_and_no_other(world: World) -> None:
    token, other = kept_token(world), kept_token(world)
    used = replace(token, used_at=LATER)

    world.repositories.refresh_tokens.save(used)

    assert world.repositories.refresh_tokens.find_for_update(token.hash) == used
    assert world.repositories.refresh_tokens.find_for_update(other.hash) == other


# Their numbers on PostgreSQL are the least, zero, a small one and the greatest that it takes.
@pytest.mark.parametrize("first", ["0000", "8000", "8000000000000001", "ffffffffffffffff"])
def test_any_id_can_be_claimed(world: World, first: str) -> None:
    entry_id = first.ljust(64, "0")

    with world.unit_of_work.atomic():
        kept = world.idempotency.records.claim(entry_id, since=NOON)

    assert kept is None


def test_the_entry_of_a_claimed_id_comes_back_equal(world: World) -> None:
    entry = an_idempotency_record(
        response=StoredResponse(status=409, body='{"å":1}', content_type="application/problem+json")
    )
    world.idempotency.records.save(an_idempotency_record())
    world.idempotency.records.save(entry)

    with world.unit_of_work.atomic():
        kept = world.idempotency.records.claim(entry.request_key, since=NOON)

    assert kept == entry


def test_an_entry_kept_before_then_is_not_claimed(world: World) -> None:
    entry = an_idempotency_record(kept_at=NOON)
    world.idempotency.records.save(entry)

    with world.unit_of_work.atomic():
        kept = world.idempotency.records.claim(entry.request_key, since=NOON + SECOND)

    assert kept is None


def test_an_entry_takes_the_place_of_an_older_one(world: World) -> None:
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
        kept = world.idempotency.records.claim(old.request_key, since=NOON)
    assert kept == new


def test_entries_kept_before_then_are_forgotten_and_counted(world: World) -> None:
    old = [an_idempotency_record(kept_at=NOON - SECOND) for _ in range(2)]
    young = an_idempotency_record(kept_at=NOON)
    for entry in (*old, young):
        world.idempotency.records.save(entry)

    count = world.idempotency.records.purge(before=NOON)

    assert count == 2
    with world.unit_of_work.atomic():
        assert (
            world.idempotency.records.claim(old[0].request_key, since=NOON - timedelta(days=1))
            is None
        )
        assert world.idempotency.records.claim(young.request_key, since=NOON) == young
