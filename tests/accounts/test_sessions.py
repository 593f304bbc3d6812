"""Signing in, staying signed in, signing out."""

from dataclasses import replace
from datetime import timedelta

import pytest

from accounts.domain.entities import (
    FIRST_PARTY_CLIENT,
    OPERATOR,
    Principal,
    RefreshToken,
    Role,
    Scope,
    Session,
    SessionEnd,
    SignedIn,
)
from accounts.domain.errors import (
    EmailTaken,
    InvalidCredentials,
    InvalidRefreshToken,
    InvalidToken,
    RefreshTokenReused,
    UnsuitablePassword,
)
from authsvc.kernel.pages import PageRequest
from tests.support.builders import NOON
from tests.support.worlds import World

EMAIL = "anna@school.example"
PASSWORD = "a long walk home"
SECOND = timedelta(seconds=1)


def registered(world: World, email: str = EMAIL) -> SignedIn:
    return world.services.sessions.register(email=email, name="Anna", password=PASSWORD)


def logged_in(world: World, email: str = EMAIL) -> SignedIn:
    return world.services.sessions.log_in(email=email, password=PASSWORD)


def principal(world: World, signed_in: SignedIn) -> Principal:
    return world.services.access.principal_of(signed_in.access_token)


def session_of(world: World, signed_in: SignedIn) -> Session:
    session_id = principal(world, signed_in).session_id
    assert session_id
    return world.repositories.sessions.get_for_update(session_id)


def trace_of(world: World, refresh_token: str) -> RefreshToken:
    token_hash = world.services.ports.opaque_tokens.hash(refresh_token)
    found = world.repositories.refresh_tokens.find_for_update(token_hash)
    assert found
    return found


def is_over(world: World, signed_in: SignedIn) -> bool:
    """Whether the access token is no longer honoured."""
    try:
        principal(world, signed_in)
    except InvalidToken:
        return True
    return False


def test_whoever_registers_is_a_learner_and_signed_in(memory: World) -> None:
    anna = registered(memory, "Anna@School.example")

    asking = principal(memory, anna)
    assert memory.repositories.users.get(anna.user.id) == anna.user
    assert (anna.user.email, anna.user.roles) == (EMAIL, (Role.LEARNER,))
    assert (asking.user_id, asking.scopes) == (anna.user.id, frozenset(Scope))


def test_an_address_cannot_be_registered_again_in_any_case(memory: World) -> None:
    registered(memory)

    with pytest.raises(EmailTaken):
        registered(memory, "ANNA@school.example")


def test_an_unsuitable_password_registers_nobody(memory: World) -> None:
    with pytest.raises(UnsuitablePassword):
        memory.services.sessions.register(email=EMAIL, name="Anna", password="password")

    assert memory.repositories.users.page_of(PageRequest()).items == ()


def test_a_session_is_of_our_own_client_with_every_scope_until_its_absolute_end(
    memory: World,
) -> None:
    anna = registered(memory)

    session = session_of(memory, anna)

    assert (session.user_id, session.client_id) == (anna.user.id, FIRST_PARTY_CLIENT)
    assert session.scopes == frozenset(Scope)
    assert session.started_at == NOON
    assert session.expires_at == NOON + memory.services.ports.session_policy.ends_after


def test_a_refresh_token_leaves_nothing_but_a_trace(memory: World) -> None:
    anna = registered(memory)

    trace = trace_of(memory, anna.refresh_token)

    assert anna.refresh_token not in repr(trace)
    assert trace.session_id == session_of(memory, anna).id
    assert trace.used_at is None
    assert trace.expires_at == NOON + memory.services.ports.session_policy.refresh_within


def test_an_answer_says_how_long_its_access_token_lives(memory: World) -> None:
    anna = registered(memory)

    memory.clock.go_on(seconds=anna.expires_in_seconds - 1)
    assert not is_over(memory, anna)
    memory.clock.go_on(seconds=1)
    assert is_over(memory, anna)


def test_each_log_in_starts_a_session_of_its_own(memory: World) -> None:
    first = registered(memory)

    second = logged_in(memory, "ANNA@School.Example")

    assert second.user == first.user
    assert session_of(memory, second).id != session_of(memory, first).id


@pytest.mark.parametrize(
    ("email", "password"),
    [
        (EMAIL, PASSWORD + " "),
        (EMAIL, PASSWORD.upper()),
        (EMAIL, ""),
        ("bo@school.example", PASSWORD),
        ("", PASSWORD),
    ],
)
def test_a_wrong_address_or_password_is_refused(memory: World, email: str, password: str) -> None:
    registered(memory)

    with pytest.raises(InvalidCredentials):
        memory.services.sessions.log_in(email=email, password=password)


def test_an_inactive_user_is_refused(memory: World) -> None:
    anna = registered(memory)
    memory.repositories.users.save(replace(anna.user, is_active=False))

    with pytest.raises(InvalidCredentials):
        logged_in(memory)


def test_a_refresh_token_is_taken_for_a_new_pair_of_the_same_session(memory: World) -> None:
    anna = registered(memory)
    memory.clock.go_on(hours=1)

    renewed = memory.services.sessions.refresh(anna.refresh_token)

    assert renewed.user == anna.user
    assert renewed.refresh_token != anna.refresh_token
    assert session_of(memory, renewed).started_at == NOON
    assert trace_of(memory, anna.refresh_token).used_at == NOON + timedelta(hours=1)
    assert trace_of(memory, renewed.refresh_token).used_at is None


def test_a_refresh_answers_with_the_user_as_he_is_now(memory: World) -> None:
    anna = registered(memory)
    promoted = replace(anna.user, roles=(Role.LEARNER, Role.INSTRUCTOR))
    memory.repositories.users.save(promoted)

    renewed = memory.services.sessions.refresh(anna.refresh_token)

    assert renewed.user == promoted


def test_an_unknown_refresh_token_is_refused(memory: World) -> None:
    registered(memory)

    with pytest.raises(InvalidRefreshToken):
        memory.services.sessions.refresh("a token of nobody")


def test_a_refresh_token_waits_no_longer_than_the_policy_says(memory: World) -> None:
    anna, bo = registered(memory), registered(memory, "bo@school.example")
    memory.clock.at += memory.services.ports.session_policy.refresh_within - SECOND

    memory.services.sessions.refresh(anna.refresh_token)

    memory.clock.at += SECOND
    with pytest.raises(InvalidRefreshToken):
        memory.services.sessions.refresh(bo.refresh_token)


def test_no_refresh_takes_a_session_past_its_absolute_end(memory: World) -> None:
    signed_in, policy = registered(memory), memory.services.ports.session_policy
    end = NOON + policy.ends_after

    while end - memory.clock.now() > policy.refresh_within:
        memory.clock.at += policy.refresh_within - SECOND
        signed_in = memory.services.sessions.refresh(signed_in.refresh_token)

    assert trace_of(memory, signed_in.refresh_token).expires_at == end
    memory.clock.at = end
    with pytest.raises(InvalidRefreshToken):
        memory.services.sessions.refresh(signed_in.refresh_token)


def test_a_session_that_is_over_gives_no_new_pair(memory: World) -> None:
    anna = registered(memory)
    memory.services.sessions.log_out(by=principal(memory, anna))

    with pytest.raises(InvalidRefreshToken):
        memory.services.sessions.refresh(anna.refresh_token)


def test_an_inactive_user_gets_no_new_pair(memory: World) -> None:
    anna = registered(memory)
    memory.repositories.users.save(replace(anna.user, is_active=False))

    with pytest.raises(InvalidRefreshToken):
        memory.services.sessions.refresh(anna.refresh_token)


def test_a_refused_refresh_does_not_use_up_the_token(memory: World) -> None:
    anna = registered(memory)
    memory.repositories.users.save(replace(anna.user, is_active=False))
    with pytest.raises(InvalidRefreshToken):
        memory.services.sessions.refresh(anna.refresh_token)
    memory.repositories.users.save(anna.user)

    assert memory.services.sessions.refresh(anna.refresh_token)


def test_a_refresh_token_that_is_used_again_ends_its_session_for_everybody(memory: World) -> None:
    stolen = registered(memory)
    renewed = memory.services.sessions.refresh(stolen.refresh_token)
    session = session_of(memory, renewed)

    with pytest.raises(RefreshTokenReused):
        memory.services.sessions.refresh(stolen.refresh_token)

    ended = memory.repositories.sessions.get_for_update(session.id)
    assert ended == session.ended(at=NOON, because=SessionEnd.TOKEN_REUSED)
    assert is_over(memory, renewed)
    with pytest.raises(InvalidRefreshToken):
        memory.services.sessions.refresh(renewed.refresh_token)


def test_a_reused_refresh_token_leaves_other_sessions_alone(memory: World) -> None:
    stolen, other = registered(memory), logged_in(memory)
    memory.services.sessions.refresh(stolen.refresh_token)
    with pytest.raises(RefreshTokenReused):
        memory.services.sessions.refresh(stolen.refresh_token)

    assert not is_over(memory, other)
    assert memory.services.sessions.refresh(other.refresh_token)


def test_logging_out_ends_the_session_of_that_token_alone(memory: World) -> None:
    first, second = registered(memory), logged_in(memory)
    session = session_of(memory, first)

    memory.services.sessions.log_out(by=principal(memory, first))

    ended = memory.repositories.sessions.get_for_update(session.id)
    assert ended == session.ended(at=NOON, because=SessionEnd.LOGGED_OUT)
    assert is_over(memory, first)
    assert not is_over(memory, second)


def test_whoever_has_no_session_cannot_log_out(memory: World) -> None:
    with pytest.raises(InvalidToken):
        memory.services.sessions.log_out(by=OPERATOR)


def test_sessions_past_their_absolute_end_are_forgotten(memory: World) -> None:
    registered(memory)
    memory.clock.at += memory.services.ports.session_policy.ends_after + SECOND
    young = logged_in(memory)

    assert memory.services.sessions.remove_expired() == 1
    assert memory.services.sessions.remove_expired() == 0
    assert not is_over(memory, young)
