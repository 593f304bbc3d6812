"""Security log of users: registration, sign-in, failures, passwords and log-out."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Final

import pytest

from accounts.domain.access import OPERATOR, Right
from accounts.domain.identity.entities.security_log import SecurityEvent, SignInFailure
from accounts.domain.identity.entities.sessions import SessionEnd
from accounts.domain.identity.entities.users import UserChanges
from accounts.domain.identity.errors import (
    EmailTaken,
    InvalidCredentials,
    RefreshTokenReused,
    WrongPassword,
)
from authsvc.kernel.rate_limits import TooManyAttempts
from tests.accounts.hashing import WEAK, WatchedHasher, services_with
from tests.accounts.limiting import limited
from tests.accounts.noting import of_end, of_session
from tests.accounts.signing_in import EMAIL, PASSWORD, logged_in, principal, registered, session_of
from tests.support.builders import a_principal
from tests.support.worlds import World

NEW: Final = "a longer walk home"


def is_refused(attempt: Callable[[], object]) -> None:
    with pytest.raises(InvalidCredentials):
        attempt()


def test_registering_is_recorded_with_the_sign_in(memory: World) -> None:
    anna = registered(memory)

    assert memory.trail.notes == [
        (SecurityEvent.REGISTERED, {"user_id": anna.user.id}),
        (SecurityEvent.SIGNED_IN, of_session(session_of(memory, anna))),
    ]


def test_an_account_created_at_a_page_is_recorded(memory: World) -> None:
    anna = memory.services.accounts.register(email=EMAIL, name="Anna", password=PASSWORD)

    assert memory.trail.notes == [(SecurityEvent.REGISTERED, {"user_id": anna.id})]


def test_an_account_created_by_a_manager_is_recorded_with_the_actor(memory: World) -> None:
    root = a_principal(None, Right.MANAGE_USERS, Right.APPOINT_STAFF)

    anna = memory.services.users.create(
        email=EMAIL, name="Anna", password=PASSWORD, roles=[], by=root
    )

    facts = {"by": str(root.user_id), "user_id": anna.id}
    assert memory.trail.notes == [(SecurityEvent.REGISTERED, facts)]


def test_an_action_of_the_operator_is_recorded_with_its_client_id(memory: World) -> None:
    memory.services.users.create(email=EMAIL, name="Anna", password=PASSWORD, roles=[], by=OPERATOR)

    (facts,) = memory.trail.facts_of(SecurityEvent.REGISTERED)
    assert facts["by"] == "command-line"


def test_a_refused_registration_is_not_recorded(memory: World) -> None:
    registered(memory)
    memory.trail.notes.clear()

    with pytest.raises(EmailTaken):
        registered(memory)

    assert memory.trail.notes == []


def test_each_sign_in_is_recorded_with_its_session(memory: World) -> None:
    registered(memory)
    memory.trail.notes.clear()

    again = logged_in(memory)

    assert memory.trail.notes == [(SecurityEvent.SIGNED_IN, of_session(session_of(memory, again)))]


def test_a_wrong_password_is_recorded_with_the_account(memory: World) -> None:
    anna = registered(memory).user
    memory.trail.notes.clear()

    is_refused(lambda: memory.services.sign_in.log_in(email=EMAIL, password="wrong"))

    assert memory.trail.notes == [
        (
            SecurityEvent.SIGN_IN_FAILED,
            {"user_id": anna.id, "reason": SignInFailure.WRONG_PASSWORD},
        )
    ]


@pytest.mark.parametrize(
    ("password", "reason"),
    [(PASSWORD, SignInFailure.INACTIVE), ("wrong", SignInFailure.WRONG_PASSWORD)],
)
def test_an_inactive_user_is_recorded_as_the_reason_if_the_password_is_right(
    memory: World, password: str, reason: SignInFailure
) -> None:
    anna = registered(memory).user
    memory.repositories.users.save(replace(anna, is_active=False))

    is_refused(
        lambda: memory.services.sign_in.authenticate_and_rehash(email=EMAIL, password=password)
    )

    assert memory.trail.facts_of(SecurityEvent.SIGN_IN_FAILED) == [
        {"user_id": anna.id, "reason": reason}
    ]


def test_unknown_emails_are_distinguishable_but_not_readable(memory: World) -> None:
    sign_in = memory.services.sign_in

    is_refused(lambda: sign_in.log_in(email="bo@school.example", password="wrong"))
    is_refused(lambda: sign_in.log_in(email="BO@school.example", password="wrong"))
    is_refused(lambda: sign_in.log_in(email="cleo@school.example", password="wrong"))

    bo, bo_again, cleo = memory.trail.facts_of(SecurityEvent.SIGN_IN_FAILED)
    assert bo == bo_again != cleo
    assert bo == {"account": bo["account"], "reason": SignInFailure.UNKNOWN_ACCOUNT}
    assert len(bo["account"]) == 16


def test_the_logged_account_is_not_part_of_a_stored_hash(memory: World) -> None:
    is_refused(lambda: memory.services.sign_in.log_in(email=EMAIL, password="wrong"))

    (facts,) = memory.trail.facts_of(SecurityEvent.SIGN_IN_FAILED)
    assert facts["account"] not in memory.services.ports.opaque_tokens.hash(EMAIL)


def test_an_attempt_that_comes_too_early_is_recorded(memory: World) -> None:
    registered(memory)
    sign_in = limited(memory).sign_in

    for _ in range(20):
        with suppress(InvalidCredentials, TooManyAttempts):
            sign_in.log_in(email=EMAIL, password="wrong")

    last = memory.trail.facts_of(SecurityEvent.SIGN_IN_FAILED)[-1]
    assert last == {"account": last["account"], "reason": SignInFailure.TOO_MANY_ATTEMPTS}


def test_a_user_deactivated_while_signing_in_is_recorded_as_a_failure(memory: World) -> None:
    anna = memory.has_user(email=EMAIL, password_hash=WEAK.hash(PASSWORD))
    hasher = WatchedHasher(
        WEAK, meanwhile=lambda: memory.repositories.users.save(replace(anna, is_active=False))
    )

    is_refused(lambda: services_with(hasher, memory).sign_in.log_in(email=EMAIL, password=PASSWORD))

    assert memory.trail.notes == [
        (
            SecurityEvent.SIGN_IN_FAILED,
            {"user_id": anna.id, "reason": SignInFailure.CHANGED_MEANWHILE},
        )
    ]


def test_authenticating_starts_no_session(memory: World) -> None:
    registered(memory)
    memory.trail.notes.clear()

    memory.services.sign_in.authenticate_and_rehash(email=EMAIL, password=PASSWORD)

    assert memory.trail.notes == []


def test_a_log_out_is_recorded_with_the_end_of_its_session(memory: World) -> None:
    anna = registered(memory)
    session, caller = session_of(memory, anna), principal(memory, anna)
    memory.trail.notes.clear()

    memory.services.sessions.log_out(by=caller)

    assert memory.trail.notes == [
        (SecurityEvent.LOGGED_OUT, of_session(session)),
        (SecurityEvent.SESSION_ENDED, of_end(session, SessionEnd.LOGGED_OUT)),
    ]


def test_the_end_of_a_session_is_recorded_once(memory: World) -> None:
    caller = principal(memory, registered(memory))

    memory.services.sessions.log_out(by=caller)
    memory.services.sessions.log_out(by=caller)

    assert len(memory.trail.facts_of(SecurityEvent.LOGGED_OUT)) == 1
    assert len(memory.trail.facts_of(SecurityEvent.SESSION_ENDED)) == 1


def test_a_refresh_is_recorded_with_its_session(memory: World) -> None:
    anna = registered(memory)
    memory.trail.notes.clear()

    memory.services.sessions.refresh(anna.refresh_token)

    session = session_of(memory, anna)
    assert memory.trail.notes == [(SecurityEvent.TOKENS_REFRESHED, of_session(session))]


def test_a_reused_refresh_token_is_recorded_although_it_is_refused(memory: World) -> None:
    anna = registered(memory)
    session = session_of(memory, anna)
    memory.services.sessions.refresh(anna.refresh_token)
    memory.clock.go_on(minutes=1)
    memory.trail.notes.clear()

    with pytest.raises(RefreshTokenReused):
        memory.services.sessions.refresh(anna.refresh_token)

    assert memory.trail.notes == [
        (SecurityEvent.REFRESH_TOKEN_REUSED, of_session(session)),
        (SecurityEvent.SESSION_ENDED, of_end(session, SessionEnd.TOKEN_REUSED)),
    ]


def test_a_changed_password_is_recorded_with_the_end_of_all_sessions(memory: World) -> None:
    anna = registered(memory)
    caller = principal(memory, anna)
    memory.trail.notes.clear()

    memory.services.accounts.change_password(current=PASSWORD, new=NEW, by=caller)

    ended = {"user_id": anna.user.id, "reason": SessionEnd.PASSWORD_CHANGED}
    assert memory.trail.notes == [
        (SecurityEvent.SESSIONS_ENDED, ended),
        (SecurityEvent.PASSWORD_CHANGED, {"user_id": anna.user.id}),
    ]


def test_a_refused_change_of_password_is_not_recorded(memory: World) -> None:
    caller = principal(memory, registered(memory))
    memory.trail.notes.clear()

    with pytest.raises(WrongPassword):
        memory.services.accounts.change_password(current="wrong", new=NEW, by=caller)

    assert memory.trail.notes == []


def test_a_password_reset_by_link_is_recorded(memory: World) -> None:
    anna = registered(memory).user

    memory.services.accounts.reset_password(anna.id, password=NEW)

    assert memory.trail.facts_of(SecurityEvent.PASSWORD_RESET) == [{"user_id": anna.id}]


def test_a_password_set_by_a_manager_is_recorded_with_the_actor(memory: World) -> None:
    anna, root = registered(memory).user, a_principal(None, Right.APPOINT_STAFF, Right.MANAGE_USERS)
    memory.trail.notes.clear()

    memory.services.users.set_password(anna.id, password=NEW, by=root)

    facts = {"by": str(root.user_id), "user_id": anna.id}
    assert memory.trail.notes == [
        (SecurityEvent.SESSIONS_ENDED, {**facts, "reason": SessionEnd.PASSWORD_CHANGED}),
        (SecurityEvent.PASSWORD_RESET, facts),
    ]


def test_a_deactivation_is_recorded_with_the_end_of_all_sessions(memory: World) -> None:
    anna, root = registered(memory).user, a_principal(None, Right.MANAGE_USERS)
    memory.trail.notes.clear()

    memory.services.users.edit(anna.id, UserChanges(is_active=False), by=root)

    ended = {"by": str(root.user_id), "user_id": anna.id, "reason": SessionEnd.DEACTIVATED}
    assert memory.trail.notes == [(SecurityEvent.SESSIONS_ENDED, ended)]
