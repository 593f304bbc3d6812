"""Repository contract of sign-in challenges."""

from datetime import timedelta
from uuid import uuid4

from accounts.domain.identity.entities.second_factors import SignInChallenge
from accounts.domain.identity.entities.users import User
from tests.support.builders import NOON
from tests.support.worlds import World

SECOND = timedelta(seconds=1)
STATE = {"challenge": "ø" * 50, "user_verification": "preferred"}


def stored(world: World, user: User | None = None, **parts: object) -> SignInChallenge:
    user_id = (user or world.has_user()).id
    values = {"hash": uuid4().hex * 2, "user_id": user_id, "expires_at": NOON} | parts
    challenge = SignInChallenge(**values)  # type: ignore[arg-type]  # parts of a challenge
    world.repositories.sign_in_challenges.add(challenge)
    return challenge


def is_stored(world: World, challenge: SignInChallenge) -> bool:
    return world.repositories.sign_in_challenges.find(challenge.hash) == challenge


def test_a_stored_challenge_is_returned_unchanged(world: World) -> None:
    with_passkey, without = stored(world, passkey_state=STATE), stored(world)

    assert is_stored(world, with_passkey)
    assert is_stored(world, without)


def test_an_unknown_hash_finds_no_challenge(world: World) -> None:
    stored(world)

    assert world.repositories.sign_in_challenges.find("0" * 64) is None


def test_a_challenge_is_removed_once_and_no_other(world: World) -> None:
    removed, other = stored(world), stored(world)

    outcomes = [world.repositories.sign_in_challenges.remove(removed.hash) for _ in range(2)]

    assert outcomes == [True, False]
    assert (is_stored(world, removed), is_stored(world, other)) == (False, True)


def test_all_challenges_of_a_user_are_removed(world: World) -> None:
    anna = world.has_user()
    removed, other = [stored(world, anna), stored(world, anna)], stored(world)

    world.repositories.sign_in_challenges.remove_pending(anna.id)

    assert [is_stored(world, challenge) for challenge in (*removed, other)] == [False, False, True]


def test_the_challenges_of_all_users_are_removed(world: World) -> None:
    removed = [stored(world), stored(world)]

    world.repositories.sign_in_challenges.remove_all_pending()

    assert [is_stored(world, challenge) for challenge in removed] == [False, False]


def test_expired_challenges_are_deleted_and_counted(world: World) -> None:
    expired, live = stored(world, expires_at=NOON - SECOND), stored(world, expires_at=NOON)

    assert world.repositories.sign_in_challenges.remove_expired(before=NOON) == 1
    assert (is_stored(world, expired), is_stored(world, live)) == (False, True)
