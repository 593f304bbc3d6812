"""What signing in costs, and what it does to the kept hash."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from accounts.adapters.passwords import Argon2Hasher
from accounts.domain.entities import User
from accounts.domain.errors import InvalidCredentials
from accounts.domain.ports import PasswordHasher
from authsvc.container import Services
from tests.support.worlds import World

EMAIL = "anna@school.example"
PASSWORD = "a long walk home"
WEAK = Argon2Hasher(memory_kib=8, passes=1, lanes=1)
STRONG = Argon2Hasher(memory_kib=8, passes=2, lanes=1)


@dataclass(frozen=True)
class WatchedHasher:
    """The real one, which keeps count and lets something happen while it takes its time."""

    real: PasswordHasher
    meanwhile: Callable[[], object] = lambda: None
    verified: list[str | None] = field(default_factory=list)
    hashed: list[str] = field(default_factory=list)

    def hash(self, password: str) -> str:
        self.hashed.append(password)
        return self.real.hash(password)

    def verify(self, password: str, *, password_hash: str | None) -> bool:
        self.verified.append(password_hash)
        self.meanwhile()
        return self.real.verify(password, password_hash=password_hash)

    def is_outdated(self, password_hash: str) -> bool:
        return self.real.is_outdated(password_hash)


def services_with(hasher: PasswordHasher, world: World) -> Services:
    return Services(
        repositories=world.repositories,
        ports=replace(world.services.ports, password_hasher=hasher),
        unit_of_work=world.unit_of_work,
    )


def has_anna(world: World, **parts: Any) -> User:
    return world.has_user(email=EMAIL, password_hash=WEAK.hash(PASSWORD), **parts)


def test_a_right_password_costs_one_verification_and_no_hash(memory: World) -> None:
    anna, hasher = has_anna(memory), WatchedHasher(WEAK)

    services_with(hasher, memory).sessions.log_in(email=EMAIL, password=PASSWORD)

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
def test_every_refusal_costs_one_verification_too(
    memory: World, *, email: str, password: str, is_active: bool
) -> None:
    has_anna(memory, is_active=is_active)
    hasher = WatchedHasher(WEAK)

    with pytest.raises(InvalidCredentials):
        services_with(hasher, memory).sessions.log_in(email=email, password=password)

    assert len(hasher.verified) == 1
    assert hasher.hashed == []


def test_an_outdated_hash_is_made_anew_at_the_next_log_in(memory: World) -> None:
    anna = has_anna(memory)

    signed_in = services_with(STRONG, memory).sessions.log_in(email=EMAIL, password=PASSWORD)

    kept = memory.repositories.users.get(anna.id)
    assert kept.password_hash != anna.password_hash
    assert not STRONG.is_outdated(kept.password_hash)
    assert STRONG.verify(PASSWORD, password_hash=kept.password_hash)
    assert replace(kept, password_hash=anna.password_hash) == anna
    assert signed_in.user.id == anna.id


def test_a_hash_that_is_up_to_date_stays(memory: World) -> None:
    anna = has_anna(memory)

    services_with(WEAK, memory).sessions.log_in(email=EMAIL, password=PASSWORD)

    assert memory.repositories.users.get(anna.id) == anna


def test_a_wrong_password_leaves_an_outdated_hash_as_it_is(memory: World) -> None:
    anna = has_anna(memory)

    with pytest.raises(InvalidCredentials):
        services_with(STRONG, memory).sessions.log_in(email=EMAIL, password="a wrong password")

    assert memory.repositories.users.get(anna.id) == anna


@pytest.mark.parametrize(
    "changes", [{"is_active": False}, {"password_hash": WEAK.hash("another password")}]
)
def test_whoever_is_shut_out_while_he_signs_in_gets_no_session(
    memory: World, changes: dict[str, Any]
) -> None:
    anna = has_anna(memory)
    hasher = WatchedHasher(
        WEAK, meanwhile=lambda: memory.repositories.users.save(replace(anna, **changes))
    )

    with pytest.raises(InvalidCredentials):
        services_with(hasher, memory).sessions.log_in(email=EMAIL, password=PASSWORD)
