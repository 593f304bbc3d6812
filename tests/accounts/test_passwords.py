"""Password hashing and policy."""

from collections.abc import Mapping
from dataclasses import replace

import argon2
import pytest
from django.contrib.auth.hashers import check_password, make_password

from accounts.adapters.passwords import Argon2Hasher, DjangoPasswordPolicy
from accounts.domain.identity.errors import UnsuitablePassword
from accounts.domain.identity.ports import PasswordHasher
from accounts.domain.identity.services.accounts import Passwords
from authsvc.composition.ports import ports
from authsvc.config.environment import read_environment
from authsvc.kernel.errors import FieldError

PASSWORD = "a long walk home"
WEAK = Argon2Hasher(memory_kib=8, passes=1, lanes=1)


def hasher_of(variables: Mapping[str, str]) -> PasswordHasher:
    """The hasher that this environment configures."""
    return ports(read_environment(variables), secret_key="test").password_hasher


def test_a_hash_is_argon2id_with_the_parameters_of_the_hasher() -> None:
    password_hash = Argon2Hasher(memory_kib=32, passes=3, lanes=2).hash(PASSWORD)

    assert password_hash.startswith("argon2$argon2id$v=19$m=32,t=3,p=2$")


def test_by_default_hashes_take_19_mib_two_passes_and_one_lane() -> None:
    password_hash = hasher_of({}).hash(PASSWORD)

    assert password_hash.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")


def test_the_environment_sets_the_parameters() -> None:
    variables = {"ARGON2_MEMORY_KIB": "64", "ARGON2_PASSES": "4", "ARGON2_LANES": "2"}

    password_hash = hasher_of(variables).hash(PASSWORD)

    assert password_hash.startswith("argon2$argon2id$v=19$m=64,t=4,p=2$")


def test_a_hash_verifies_its_password_only() -> None:
    stored = WEAK.hash(PASSWORD)

    assert WEAK.verify(PASSWORD, password_hash=stored)
    assert not WEAK.verify(PASSWORD + " ", password_hash=stored)


def test_equal_passwords_have_different_hashes() -> None:
    assert WEAK.hash(PASSWORD) != WEAK.hash(PASSWORD)


def test_every_character_of_a_password_is_hashed() -> None:
    long = "å" * 1024

    stored = WEAK.hash(long)

    assert WEAK.verify(long, password_hash=stored)
    assert not WEAK.verify(long[:-1], password_hash=stored)


@pytest.mark.parametrize("password", [PASSWORD, "", "the password of nobody"])
@pytest.mark.parametrize("stored", [None, "", "!", "argon2", "md5$salt$hash", "plain text"])
def test_without_a_valid_hash_every_password_is_wrong(password: str, stored: str | None) -> None:
    assert not WEAK.verify(password, password_hash=stored)


@pytest.mark.parametrize("stored", [None, WEAK.hash("another password")], ids=["no hash", "a hash"])
def test_a_wrong_password_is_verified_once_whether_or_not_there_is_a_hash(
    monkeypatch: pytest.MonkeyPatch, stored: str | None
) -> None:
    verified: list[str] = []
    verify = argon2.PasswordHasher.verify

    def watched(hasher: argon2.PasswordHasher, password_hash: str, password: str) -> bool:
        verified.append(password_hash)
        return verify(hasher, password_hash, password)

    monkeypatch.setattr(argon2.PasswordHasher, "verify", watched)

    assert not WEAK.verify(PASSWORD, password_hash=stored)
    (compared,) = verified
    assert compared.startswith("$argon2id$v=19$m=8,t=1,p=1$")


def test_a_hash_with_other_parameters_is_verified_but_outdated() -> None:
    stored = WEAK.hash(PASSWORD)
    stronger = replace(WEAK, passes=2)

    assert stronger.verify(PASSWORD, password_hash=stored)
    assert stronger.is_outdated(stored)
    assert not WEAK.is_outdated(stored)


@pytest.mark.parametrize("parameter", ["memory_kib", "passes", "lanes"])
def test_each_parameter_makes_a_hash_outdated(parameter: str) -> None:
    parameters = {"memory_kib": 16, "passes": 1, "lanes": 1}
    stored = Argon2Hasher(**parameters).hash(PASSWORD)

    changed = Argon2Hasher(**parameters | {parameter: 2 * parameters[parameter]})

    assert changed.is_outdated(stored)


def test_a_hasher_does_not_print_its_dummy_hash() -> None:
    assert "$argon2id$" not in repr(WEAK)


def test_django_verifies_our_hashes() -> None:
    assert check_password(PASSWORD, WEAK.hash(PASSWORD))
    assert not check_password("another", WEAK.hash(PASSWORD))


def test_we_verify_hashes_of_django() -> None:
    written = make_password(PASSWORD)

    assert WEAK.verify(PASSWORD, password_hash=written)
    assert not WEAK.verify("another", password_hash=written)


def test_django_hashes_with_the_same_parameters() -> None:
    written = make_password(PASSWORD)

    assert written.startswith("argon2$argon2id$v=19$m=8,t=1,p=1$")


@pytest.mark.parametrize(
    "password",
    ["a long walk home", "eighttt8", "        ~", "åäöåäöåä", "x" * 1024, "no-digits-nor-capitals"],
)
def test_eight_uncommon_characters_of_any_kind_are_allowed(password: str) -> None:
    assert DjangoPasswordPolicy().field_errors(password) == []


@pytest.mark.parametrize("password", ["", "a", "seven77"])
def test_fewer_than_eight_characters_are_refused(password: str) -> None:
    field_errors = DjangoPasswordPolicy().field_errors(password)

    assert any("at least 8 characters" in field_error for field_error in field_errors)


@pytest.mark.parametrize("password", ["password", "PassWord", "1234567890", "iloveyou1"])
def test_a_common_password_is_refused_in_any_case(password: str) -> None:
    assert DjangoPasswordPolicy().field_errors(password) == ["This password is too common."]


def test_every_broken_rule_is_reported() -> None:
    assert len(DjangoPasswordPolicy().field_errors("dragon")) == 2


def test_an_unsuitable_password_is_refused_before_it_is_hashed() -> None:
    passwords = Passwords(policy=DjangoPasswordPolicy(), hasher=WEAK)

    with pytest.raises(UnsuitablePassword) as error:
        passwords.hash_of_new("password", member="new_password")

    assert error.value.field_errors == (
        FieldError(path="new_password", detail="This password is too common."),
    )


def test_a_suitable_password_is_hashed() -> None:
    passwords = Passwords(policy=DjangoPasswordPolicy(), hasher=WEAK)

    stored = passwords.hash_of_new(PASSWORD)

    assert WEAK.verify(PASSWORD, password_hash=stored)
