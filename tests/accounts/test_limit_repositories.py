"""Repository contracts of rate limits and known addresses."""

from datetime import datetime, timedelta
from random import Random

import pytest

from authsvc.kernel.rate_limits import Limit, LimitState, doubling
from tests.support.builders import NOON
from tests.support.worlds import World

ANNA, BO = "a" * 64, "b" * 64
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
THREE_A_MINUTE = Limit(name="knots", most=3, period=MINUTE)
LIMITS = {
    "once": Limit(name="once", most=1, period=MINUTE),
    "thrice": THREE_A_MINUTE,
    "backing off": Limit(name="guess", most=2, period=MINUTE, waits=doubling(until=10 * SECOND)),
    "backing off at once": Limit(name="guess", most=1, period=MINUTE, waits=(SECOND,)),
}

SEEDS = (2, 3)
"""Seeds of sequences in which everything happens to each limit that can happen to it."""

every = pytest.mark.parametrize("limit", LIMITS.values(), ids=LIMITS)


def count(
    world: World, key: str = ANNA, limit: Limit = THREE_A_MINUTE, *, at: datetime = NOON
) -> LimitState:
    with world.unit_of_work.atomic():
        return world.repositories.limits.count(key, limit, at=at)


@every
def test_the_first_attempt_starts_a_count(world: World, limit: Limit) -> None:
    assert count(world, limit=limit) == LimitState.begun(limit, at=NOON)


@every
@pytest.mark.parametrize("seed", SEEDS)
def test_any_sequence_of_attempts_is_counted_like_the_entity(
    world: World, limit: Limit, seed: int
) -> None:
    random, at = Random(seed), NOON
    expected = LimitState.begun(limit, at=at)
    assert count(world, limit=limit, at=at) == expected

    for _ in range(40):
        at += random.choice([0, 0.000001, 0.3, 1, 3, 11, 59, 60, 75]) * SECOND
        expected = expected.attempted(at=at)
        assert count(world, limit=limit, at=at) == expected


def test_keys_are_counted_separately(world: World) -> None:
    for _ in range(4):
        count(world, ANNA)

    assert count(world, BO).is_allowed
    assert not count(world, ANNA).is_allowed


@every
def test_an_attempt_is_refunded(world: World, limit: Limit) -> None:
    before = count(world, limit=limit)

    world.repositories.limits.refund(ANNA)

    assert count(world, limit=limit) == before


def test_a_wait_is_refunded_with_the_attempt_that_caused_it(world: World) -> None:
    limit = LIMITS["backing off"]
    for _ in range(2):
        count(world, limit=limit)

    world.repositories.limits.refund(ANNA)

    assert count(world, limit=limit).count == 2


def test_no_more_attempts_are_refunded_than_were_counted(world: World) -> None:
    count(world)
    for _ in range(3):
        world.repositories.limits.refund(ANNA)

    world.repositories.limits.refund(BO)

    assert [count(world).is_allowed for _ in range(4)] == [True, True, True, False]


def test_resetting_a_key_affects_no_other_key(world: World) -> None:
    count(world, ANNA)
    count(world, BO)

    world.repositories.limits.reset(ANNA)

    assert count(world, ANNA).count == 1
    assert count(world, BO).count == 2


def test_resetting_an_unknown_key_does_nothing(world: World) -> None:
    world.repositories.limits.reset(ANNA)

    assert count(world).count == 1


def test_expired_attempts_are_removed_and_their_number_returned(world: World) -> None:
    count(world, ANNA, at=NOON)
    count(world, BO, at=NOON + SECOND)
    a_minute_later = NOON + MINUTE

    assert world.repositories.limits.remove_expired(before=a_minute_later) == 1
    assert world.repositories.limits.remove_expired(before=a_minute_later) == 0

    assert count(world, BO, at=a_minute_later).count == 2


def test_a_saved_address_is_known(world: World) -> None:
    before = world.repositories.known_addresses.last_seen(ANNA)

    world.repositories.known_addresses.save(ANNA, seen_at=NOON)

    assert before is None
    assert world.repositories.known_addresses.last_seen(ANNA) == NOON
    assert world.repositories.known_addresses.last_seen(BO) is None


def test_an_address_has_the_time_when_it_was_last_seen(world: World) -> None:
    world.repositories.known_addresses.save(ANNA, seen_at=NOON)

    world.repositories.known_addresses.save(ANNA, seen_at=NOON + MINUTE)

    assert world.repositories.known_addresses.last_seen(ANNA) == NOON + MINUTE


def test_expired_addresses_are_removed_and_their_number_returned(world: World) -> None:
    world.repositories.known_addresses.save(ANNA, seen_at=NOON - SECOND)
    world.repositories.known_addresses.save(BO, seen_at=NOON)

    assert world.repositories.known_addresses.remove_expired(before=NOON) == 1

    assert world.repositories.known_addresses.last_seen(ANNA) is None
    assert world.repositories.known_addresses.last_seen(BO) == NOON


@pytest.mark.parametrize("seed", SEEDS)
def test_any_sequence_of_amounts_is_counted_like_the_entity(world: World, seed: int) -> None:
    random, at, limit = Random(seed), NOON, Limit(name="mail", most=10, period=MINUTE)
    expected: LimitState | None = None

    for _ in range(40):
        at += random.choice([0, 1, 11, 59, 60]) * SECOND
        amount = random.choice([1, 2, 5, 10, 11])
        if expected is None:
            expected = LimitState.begun(limit, at=at, amount=amount)
        else:
            expected = expected.attempted(at=at, amount=amount)
        with world.unit_of_work.atomic():
            assert world.repositories.limits.count(ANNA, limit, at=at, amount=amount) == expected
        assert expected.count <= limit.most


def test_an_amount_is_allowed_completely_or_not_at_all() -> None:
    limit = Limit(name="mail", most=10, period=MINUTE)

    begun = LimitState.begun(limit, at=NOON, amount=8)
    too_much = begun.attempted(at=NOON, amount=3)

    assert (begun.is_allowed, begun.remaining) == (True, 2)
    assert (too_much.is_allowed, too_much.remaining) == (False, 2)
    assert too_much.attempted(at=NOON, amount=2).is_allowed
    assert not LimitState.begun(limit, at=NOON, amount=11).is_allowed


def test_several_keys_are_counted_like_each_alone(world: World) -> None:
    alone = [count(world, ANNA) for _ in range(2)]

    with world.unit_of_work.atomic():
        states = world.repositories.limits.count_each([BO, ANNA], THREE_A_MINUTE, at=NOON)

    assert states == {ANNA: alone[-1].attempted(at=NOON), BO: alone[0]}
    assert count(world, ANNA) == states[ANNA].attempted(at=NOON)
