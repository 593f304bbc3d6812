"""Password verification at log-in, and renewal of outdated hashes."""

from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import pytest

from accounts.adapters.passwords import NormalizingHasher
from accounts.domain.identity.entities.users import User
from accounts.domain.identity.errors import InvalidCredentials, WrongPassword
from tests.accounts.hashing import STRONG, WEAK, WatchedHasher, services_with
from tests.support.builders import a_principal
from tests.support.worlds import World

EMAIL = "anna@school.example"
PASSWORD = "a long walk home"


def has_anna(world: World, **parts: Any) -> User:
    return world.has_user(email=EMAIL, password_hash=WEAK.hash(PASSWORD), **parts)


def test_a_log_in_takes_one_verification_and_no_hash(memory: World) -> None:
    anna, hasher = has_anna(memory), WatchedHasher(WEAK)

    services_with(hasher, memory).sign_in.log_in(email=EMAIL, password=PASSWORD)

    assert hasher.verified == [anna.password_hash]
    assert hasher.hashed == []


@pytest.mark.parametrize(
    ("email", "password", "is_active"),
    [
        ("bo@school.example", PASSWORD, True),
        (EMAIL, "a wrong password", True),
        (EMAIL, PASSWORD, False),
        (EMAIL, "a wrong password", False),
    ],
)
def test_a_failed_log_in_takes_one_verification_too(
    memory: World, *, email: str, password: str, is_active: bool
) -> None:
    has_anna(memory, is_active=is_active)
    hasher = WatchedHasher(WEAK)

    with pytest.raises(InvalidCredentials):
        services_with(hasher, memory).sign_in.log_in(email=email, password=password)

    assert len(hasher.verified) == 1
    assert hasher.hashed == []


def test_a_password_does_not_expire(memory: World) -> None:
    anna = has_anna(memory)
    memory.clock.go_on(days=3650)

    signed_in = services_with(WEAK, memory).sign_in.log_in(email=EMAIL, password=PASSWORD)

    assert signed_in.user == anna


def test_an_outdated_hash_is_replaced_at_the_next_log_in(memory: World) -> None:
    anna = has_anna(memory)

    signed_in = services_with(STRONG, memory).sign_in.log_in(email=EMAIL, password=PASSWORD)

    stored = memory.repositories.users.get(anna.id)
    assert stored.password_hash != anna.password_hash
    assert not STRONG.is_outdated(stored.password_hash, password=PASSWORD)
    assert STRONG.verify(PASSWORD, password_hash=stored.password_hash)
    assert replace(stored, password_hash=anna.password_hash) == anna
    assert signed_in.user.id == anna.id


def test_an_up_to_date_hash_stays(memory: World) -> None:
    anna = has_anna(memory)

    services_with(WEAK, memory).sign_in.log_in(email=EMAIL, password=PASSWORD)

    assert memory.repositories.users.get(anna.id) == anna


def test_an_outdated_hash_is_replaced_at_a_sign_in_page(memory: World) -> None:
    anna = memory.has_user(email=EMAIL, password_hash=WEAK.hash(PASSWORD))
    sign_in = services_with(STRONG, memory).sign_in

    user = sign_in.authenticate_and_rehash(email=EMAIL, password=PASSWORD)

    stored = memory.repositories.users.get(anna.id)
    assert user == stored
    assert not STRONG.is_outdated(stored.password_hash, password=PASSWORD)
    assert STRONG.verify(PASSWORD, password_hash=stored.password_hash)


def test_an_up_to_date_hash_stays_at_a_sign_in_page(memory: World) -> None:
    anna = memory.has_user(email=EMAIL, password_hash=STRONG.hash(PASSWORD))

    services_with(STRONG, memory).sign_in.authenticate_and_rehash(email=EMAIL, password=PASSWORD)

    assert memory.repositories.users.get(anna.id) == anna


def test_a_wrong_password_does_not_replace_an_outdated_hash(memory: World) -> None:
    anna = has_anna(memory)

    with pytest.raises(InvalidCredentials):
        services_with(STRONG, memory).sign_in.log_in(email=EMAIL, password="a wrong password")

    assert memory.repositories.users.get(anna.id) == anna


@pytest.mark.parametrize(
    "changes", [{"is_active": False}, {"password_hash": WEAK.hash("another password")}]
)
def test_a_user_deactivated_while_signing_in_gets_no_session(
    memory: World, changes: dict[str, Any]
) -> None:
    anna = has_anna(memory)
    hasher = WatchedHasher(
        WEAK, meanwhile=lambda: memory.repositories.users.save(replace(anna, **changes))
    )

    with pytest.raises(InvalidCredentials):
        services_with(hasher, memory).sign_in.log_in(email=EMAIL, password=PASSWORD)


@pytest.mark.parametrize("changes", [{"name": "Annabel"}, {"password_hash": STRONG.hash(PASSWORD)}])
def test_a_user_changed_otherwise_while_signing_in_gets_a_session(
    memory: World, changes: dict[str, Any]
) -> None:
    changed = replace(has_anna(memory), **changes)
    hasher = WatchedHasher(WEAK, meanwhile=lambda: memory.repositories.users.save(changed))

    signed_in = services_with(hasher, memory).sign_in.log_in(email=EMAIL, password=PASSWORD)

    assert signed_in.user.name == changed.name


@pytest.mark.parametrize(
    ("password", "is_refused"), [(PASSWORD, False), ("another password", True)]
)
def test_a_password_changed_meanwhile_is_verified_again(
    memory: World, password: str, *, is_refused: bool
) -> None:
    anna = has_anna(memory)
    changed = replace(anna, password_hash=STRONG.hash(password))
    hasher = WatchedHasher(WEAK, meanwhile=lambda: memory.repositories.users.save(changed))
    accounts = services_with(hasher, memory).accounts

    with pytest.raises(WrongPassword) if is_refused else nullcontext():
        accounts.change_password(current=PASSWORD, new="a short way back", by=a_principal(anna))

    assert (memory.repositories.users.get(anna.id) == changed) is is_refused


@pytest.mark.parametrize("sign_in", ["log_in", "authenticate_and_rehash"])
def test_the_hash_of_a_password_as_typed_is_normalized_at_the_next_sign_in(
    memory: World, sign_in: str
) -> None:
    composed, decomposed = "en l\u00e5ng promenad", "en la\u030ang promenad"
    anna = memory.has_user(email=EMAIL, password_hash=WEAK.hash(decomposed))
    service = services_with(NormalizingHasher(hasher=WEAK), memory).sign_in

    with pytest.raises(InvalidCredentials):
        service.authenticate(email=EMAIL, password=composed)
    getattr(service, sign_in)(email=EMAIL, password=decomposed)

    stored = memory.repositories.users.get(anna.id).password_hash
    assert WEAK.verify(composed, password_hash=stored)
    assert service.authenticate(email=EMAIL, password=composed).id == anna.id


@pytest.mark.parametrize("password", ["short", "x" * 1024])
def test_a_password_that_the_policy_would_refuse_today_still_logs_in(
    memory: World, password: str
) -> None:
    memory.has_user(email=EMAIL, password_hash=WEAK.hash(password), is_staff=True)

    assert services_with(WEAK, memory).sign_in.log_in(email=EMAIL, password=password)
