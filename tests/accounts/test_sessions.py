"""Session service: register, log in and log out."""

from dataclasses import replace
from datetime import timedelta

import pytest

from accounts.domain.access import OPERATOR, Role, Scope
from accounts.domain.identity.entities.sessions import FIRST_PARTY_CLIENT, SessionEnd
from accounts.domain.identity.errors import (
    EmailTaken,
    InvalidCredentials,
    InvalidToken,
    UnsuitablePassword,
)
from authsvc.kernel.paging import PageRequest
from tests.accounts.signing_in import (
    EMAIL,
    PASSWORD,
    is_over,
    logged_in,
    principal,
    registered,
    session_of,
    trace_of,
)
from tests.support.builders import NOON
from tests.support.worlds import World

SECOND = timedelta(seconds=1)


def test_registering_signs_a_learner_in(memory: World) -> None:
    anna = registered(memory, "Anna@School.example")

    caller = principal(memory, anna)
    assert memory.repositories.users.get(anna.user.id) == anna.user
    assert (anna.user.email, anna.user.roles) == (EMAIL, (Role.LEARNER,))
    assert (caller.user_id, caller.scopes) == (anna.user.id, frozenset(Scope))


def test_an_email_cannot_be_registered_again_in_any_case(memory: World) -> None:
    registered(memory)

    with pytest.raises(EmailTaken):
        registered(memory, "ANNA@school.example")


def test_an_unsuitable_password_creates_no_user(memory: World) -> None:
    with pytest.raises(UnsuitablePassword):
        memory.services.sign_in.register(email=EMAIL, name="Anna", password="password")

    assert memory.repositories.users.page_of(PageRequest()).items == ()


def test_a_session_has_the_first_party_client_every_scope_and_an_absolute_expiry(
    memory: World,
) -> None:
    anna = registered(memory)

    session = session_of(memory, anna)

    assert (session.user_id, session.client_id) == (anna.user.id, FIRST_PARTY_CLIENT)
    assert session.scopes == frozenset(Scope)
    assert session.started_at == NOON
    assert session.expires_at == NOON + memory.services.ports.session_policy.ends_after


def test_only_the_hash_of_a_refresh_token_is_stored(memory: World) -> None:
    anna = registered(memory)

    trace = trace_of(memory, anna.refresh_token)

    assert anna.refresh_token not in repr(trace)
    assert trace.session_id == session_of(memory, anna).id
    assert trace.used_at is None
    assert trace.expires_at == NOON + memory.services.ports.session_policy.refresh_within


def test_a_sign_in_states_the_lifetime_of_its_access_token(memory: World) -> None:
    anna = registered(memory)

    memory.clock.go_on(seconds=anna.expires_in_seconds - 1)
    assert not is_over(memory, anna)
    memory.clock.go_on(seconds=1)
    assert is_over(memory, anna)


def test_each_log_in_starts_a_new_session(memory: World) -> None:
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
def test_a_wrong_email_or_password_is_refused(memory: World, email: str, password: str) -> None:
    registered(memory)

    with pytest.raises(InvalidCredentials):
        memory.services.sign_in.log_in(email=email, password=password)


def test_an_inactive_user_is_refused(memory: World) -> None:
    anna = registered(memory)
    memory.repositories.users.save(replace(anna.user, is_active=False))

    with pytest.raises(InvalidCredentials):
        logged_in(memory)


def test_logging_out_ends_only_the_session_of_that_token(memory: World) -> None:
    first, second = registered(memory), logged_in(memory)
    session = session_of(memory, first)

    memory.services.sessions.log_out(by=principal(memory, first))

    ended = memory.repositories.sessions.get_for_update(session.id)
    assert ended == session.ended(at=NOON, because=SessionEnd.LOGGED_OUT)
    assert is_over(memory, first)
    assert not is_over(memory, second)


def test_a_principal_without_a_session_cannot_log_out(memory: World) -> None:
    with pytest.raises(InvalidToken):
        memory.services.sessions.log_out(by=OPERATOR)


def test_expired_sessions_are_removed(memory: World) -> None:
    registered(memory)
    memory.clock.at += memory.services.ports.session_policy.ends_after + SECOND
    young = logged_in(memory)

    assert memory.services.sessions.remove_expired() == 1
    assert memory.services.sessions.remove_expired() == 0
    assert not is_over(memory, young)
