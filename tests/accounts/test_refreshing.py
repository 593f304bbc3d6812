"""Refresh token rotation."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from accounts.domain.access import Role
from accounts.domain.identity.entities.sessions import SessionEnd
from accounts.domain.identity.entities.tokens import SignedIn
from accounts.domain.identity.errors import InvalidRefreshToken, RefreshTokenReused
from tests.accounts.signing_in import (
    is_over,
    logged_in,
    principal,
    registered,
    session_of,
    trace_of,
)
from tests.support.builders import NOON, a_refresh_token, a_session
from tests.support.worlds import World

SECOND = timedelta(seconds=1)
GRACE_PERIOD = timedelta(seconds=10)


def test_a_refresh_token_is_redeemed_for_a_new_pair_of_the_same_session(memory: World) -> None:
    anna = registered(memory)
    memory.clock.go_on(hours=1)

    renewed = memory.services.sessions.refresh(anna.refresh_token)

    assert renewed.user == anna.user
    assert renewed.refresh_token != anna.refresh_token
    assert session_of(memory, renewed).started_at == NOON
    assert trace_of(memory, anna.refresh_token).used_at == NOON + timedelta(hours=1)
    assert trace_of(memory, renewed.refresh_token).used_at is None


def test_a_refresh_returns_the_current_user(memory: World) -> None:
    anna = registered(memory)
    promoted = replace(anna.user, roles=(Role.LEARNER, Role.INSTRUCTOR))
    memory.repositories.users.save(promoted)

    renewed = memory.services.sessions.refresh(anna.refresh_token)

    assert renewed.user == promoted


def test_an_unknown_refresh_token_is_refused(memory: World) -> None:
    registered(memory)

    with pytest.raises(InvalidRefreshToken):
        memory.services.sessions.refresh("an unknown token")


def test_a_refresh_token_expires_after_its_lifetime(memory: World) -> None:
    anna, bo = registered(memory), registered(memory, "bo@school.example")
    memory.clock.at += memory.services.ports.session_policy.refresh_within - SECOND

    memory.services.sessions.refresh(anna.refresh_token)

    memory.clock.at += SECOND
    with pytest.raises(InvalidRefreshToken):
        memory.services.sessions.refresh(bo.refresh_token)


def test_no_refresh_extends_a_session_past_its_absolute_expiry(memory: World) -> None:
    signed_in, policy = registered(memory), memory.services.ports.session_policy
    end = NOON + policy.ends_after

    while end - memory.clock.now() > policy.refresh_within:
        memory.clock.at += policy.refresh_within - SECOND
        signed_in = memory.services.sessions.refresh(signed_in.refresh_token)

    assert trace_of(memory, signed_in.refresh_token).expires_at == end
    memory.clock.at = end
    with pytest.raises(InvalidRefreshToken):
        memory.services.sessions.refresh(signed_in.refresh_token)


def test_an_ended_session_cannot_be_refreshed(memory: World) -> None:
    anna = registered(memory)
    memory.services.sessions.log_out(by=principal(memory, anna))

    with pytest.raises(InvalidRefreshToken):
        memory.services.sessions.refresh(anna.refresh_token)


def test_an_inactive_user_cannot_refresh(memory: World) -> None:
    anna = registered(memory)
    memory.repositories.users.save(replace(anna.user, is_active=False))

    with pytest.raises(InvalidRefreshToken):
        memory.services.sessions.refresh(anna.refresh_token)


def test_a_refused_refresh_does_not_redeem_the_token(memory: World) -> None:
    anna = registered(memory)
    memory.repositories.users.save(replace(anna.user, is_active=False))
    with pytest.raises(InvalidRefreshToken):
        memory.services.sessions.refresh(anna.refresh_token)
    memory.repositories.users.save(anna.user)

    assert memory.services.sessions.refresh(anna.refresh_token)


def test_a_refresh_token_redeemed_twice_in_the_grace_period_gives_the_same_pair(
    memory: World,
) -> None:
    anna = registered(memory)
    renewed = memory.services.sessions.refresh(anna.refresh_token)
    memory.clock.at += GRACE_PERIOD - SECOND

    again = memory.services.sessions.refresh(anna.refresh_token)

    assert (again.access_token, again.refresh_token) == (
        renewed.access_token,
        renewed.refresh_token,
    )
    assert again.expires_in_seconds == renewed.expires_in_seconds - 9
    assert memory.services.sessions.refresh(again.refresh_token)


def test_all_pairs_of_a_session_are_different(memory: World) -> None:
    pairs = [registered(memory)]
    for _ in range(3):
        pairs.append(memory.services.sessions.refresh(pairs[-1].refresh_token))

    assert len({pair.refresh_token for pair in pairs}) == 4
    assert len({pair.access_token for pair in pairs}) == 4
    assert [trace_of(memory, pair.refresh_token).number for pair in pairs] == [1, 2, 3, 4]


def too_late(world: World, stolen: SignedIn) -> SignedIn:
    """The token was redeemed, and the grace period has passed."""
    renewed = world.services.sessions.refresh(stolen.refresh_token)
    world.clock.at += GRACE_PERIOD
    return renewed


def overtaken(world: World, stolen: SignedIn) -> SignedIn:
    """The token was redeemed, and its successor too."""
    renewed = world.services.sessions.refresh(stolen.refresh_token)
    return world.services.sessions.refresh(renewed.refresh_token)


@pytest.mark.parametrize("meanwhile", [too_late, overtaken])
def test_a_reused_refresh_token_ends_its_session(
    memory: World, meanwhile: Callable[[World, SignedIn], SignedIn]
) -> None:
    stolen = registered(memory)
    renewed = meanwhile(memory, stolen)
    session = session_of(memory, renewed)

    with pytest.raises(RefreshTokenReused):
        memory.services.sessions.refresh(stolen.refresh_token)

    ended = memory.repositories.sessions.get_for_update(session.id)
    assert ended == session.ended(at=memory.clock.now(), because=SessionEnd.TOKEN_REUSED)
    assert is_over(memory, renewed)
    with pytest.raises(InvalidRefreshToken):
        memory.services.sessions.refresh(renewed.refresh_token)


def logged_out(world: World, anna: SignedIn) -> None:
    world.services.sessions.log_out(by=principal(world, anna))


def deactivated(world: World, anna: SignedIn) -> None:
    world.repositories.users.save(replace(anna.user, is_active=False))


@pytest.mark.parametrize("end_access", [logged_out, deactivated])
def test_a_signed_out_user_does_not_get_the_same_pair_again(
    memory: World, end_access: Callable[[World, SignedIn], None]
) -> None:
    anna = registered(memory)
    renewed = memory.services.sessions.refresh(anna.refresh_token)
    end_access(memory, renewed)

    with pytest.raises(RefreshTokenReused):
        memory.services.sessions.refresh(anna.refresh_token)


def test_a_reused_refresh_token_ends_no_other_session(memory: World) -> None:
    stolen, other = registered(memory), logged_in(memory)
    too_late(memory, stolen)
    with pytest.raises(RefreshTokenReused):
        memory.services.sessions.refresh(stolen.refresh_token)

    assert not is_over(memory, other)
    assert memory.services.sessions.refresh(other.refresh_token)


def test_a_refresh_token_of_a_session_without_a_user_is_refused(memory: World) -> None:
    session = a_session(user_id=None)
    memory.repositories.sessions.add(session)
    token = a_refresh_token(
        hash=memory.services.ports.opaque_tokens.hash("a token"), session_id=session.id
    )
    memory.repositories.refresh_tokens.add(token)

    with pytest.raises(InvalidRefreshToken):
        memory.services.sessions.refresh("a token")
