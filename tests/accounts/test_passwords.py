"""Password hashing and policy."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import argon2
import pytest
from django.contrib.auth.hashers import check_password, make_password

from accounts.adapters.passwords import Argon2Hasher, DjangoPasswordPolicy, NormalizingHasher
from accounts.domain.identity.errors import UnsuitablePassword
from accounts.domain.identity.ports import PasswordHasher, PasswordOwner
from accounts.domain.identity.services.accounts import Passwords
from authsvc.composition.ports import ports
from authsvc.config.environment import read_environment
from authsvc.kernel.errors import FieldError

PASSWORD = "a long walk home"
WEAK = Argon2Hasher(memory_kib=8, passes=1, lanes=1)
NORMALIZING = NormalizingHasher(hasher=WEAK)
COMPOSED, DECOMPOSED = "en l\u00e5ng promenad", "en la\u030ang promenad"
TOO_LONG = "This password is too long. A password must have at most 200 characters."
ANNA = PasswordOwner(email="anna@school.example", name="Anna")


@dataclass(frozen=True)
class CountingHasher:
    """Notes which passwords it verifies."""

    compared: list[str] = field(default_factory=list)

    def hash(self, password: str) -> str:
        return WEAK.hash(password)

    def verify(self, password: str, *, password_hash: str | None) -> bool:
        self.compared.append(password)
        return WEAK.verify(password, password_hash=password_hash)

    def is_outdated(self, password_hash: str, *, password: str) -> bool:
        return WEAK.is_outdated(password_hash, password=password)


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
    assert stronger.is_outdated(stored, password=PASSWORD)
    assert not WEAK.is_outdated(stored, password=PASSWORD)


@pytest.mark.parametrize("parameter", ["memory_kib", "passes", "lanes"])
def test_each_parameter_makes_a_hash_outdated(parameter: str) -> None:
    parameters = {"memory_kib": 16, "passes": 1, "lanes": 1}
    stored = Argon2Hasher(**parameters).hash(PASSWORD)

    changed = Argon2Hasher(**parameters | {parameter: 2 * parameters[parameter]})

    assert changed.is_outdated(stored, password=PASSWORD)


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


def field_errors_of(password: str, **owner: Any) -> list[str]:
    anna = {"email": "anna.svensson@school.example", "name": "Anna Svensson"}
    return DjangoPasswordPolicy().field_errors(password, owner=PasswordOwner(**anna | owner))


@pytest.mark.parametrize(
    "password",
    ["a long walk home", "eighttt8", "        ~", "åäöåäöåä", "x y" * 66, "no-digits-nor-capitals"],
)
def test_eight_uncommon_characters_of_any_kind_are_allowed(password: str) -> None:
    assert field_errors_of(password) == []


@pytest.mark.parametrize("password", ["", "a", "seven77", "e\u0301ighty7"])
def test_fewer_than_eight_characters_are_refused(password: str) -> None:
    assert any("at least 8 characters" in error for error in field_errors_of(password))


@pytest.mark.parametrize("password", ["eleven char", "a\u0308leven char"])
def test_staff_need_twelve_characters(password: str) -> None:
    assert field_errors_of(password) == []
    assert field_errors_of(password, is_staff=True) == [
        "This password is too short. A password of staff must have at least 12 characters."
    ]
    assert field_errors_of("twelve chars", is_staff=True) == []


def test_more_than_two_hundred_characters_are_refused() -> None:
    assert field_errors_of("ab" * 100) == []
    assert field_errors_of("ab" * 100 + "c") == [TOO_LONG]
    assert field_errors_of("\ufdfa" * 12)[:1] == [TOO_LONG]


@pytest.mark.parametrize(
    "password", ["password", "PassWord", "1234567890", "iloveyou1", "pa\uff53\uff53word"]
)
def test_a_common_password_is_refused_in_any_case(password: str) -> None:
    assert field_errors_of(password) == ["This password is too common."]


@pytest.mark.parametrize("password", ["~~~~~~~~", "ZzZzZzZzZ", "åÅåÅåÅåÅ", "a\u0308" * 9])
def test_one_repeated_character_is_refused(password: str) -> None:
    assert "This password is one repeated character." in field_errors_of(password)


@pytest.mark.parametrize("password", [" " * 8, " \t" * 5, "\u200b\u200c" * 6, "\u3000 " * 4])
def test_a_password_of_blanks_alone_is_refused(password: str) -> None:
    assert "This password has no visible characters." in field_errors_of(password)


@pytest.mark.parametrize(
    "password",
    [
        "anna.svensson@school.example",
        "ANNA.SVENSSON@school.example",
        "anna.svensson",
        "AnnaSvensson",
        "svensson",
        "Anna Svensson 99",
        "anna2024",
        "annaanna!",
        "SvenssonAnna",
        "\uff41nna-svensson",
    ],
)
def test_a_password_of_words_of_the_account_is_refused(password: str) -> None:
    assert field_errors_of(password) == [
        "This password is the name or the e-mail address of the account, with little else."
    ]


@pytest.mark.parametrize("password", ["anna walks home", "my svensson is tall", "susannah!x"])
def test_words_of_the_account_are_allowed_beside_others(password: str) -> None:
    assert field_errors_of(password) == []


@pytest.mark.parametrize("owner", [{"email": "a@b.c", "name": ""}, {"email": "", "name": ""}])
def test_short_or_missing_words_of_the_account_refuse_nothing(owner: dict[str, str]) -> None:
    assert field_errors_of("banana split", **owner) == []


def test_every_broken_rule_is_reported() -> None:
    assert len(field_errors_of("dragon")) == 2


def test_an_unsuitable_password_is_refused_before_it_is_hashed() -> None:
    passwords = Passwords(policy=DjangoPasswordPolicy(), hasher=WEAK)

    with pytest.raises(UnsuitablePassword) as error:
        passwords.hash_of_new("password", owner=ANNA, member="new_password")

    assert error.value.field_errors == (
        FieldError(path="new_password", detail="This password is too common."),
    )


def test_a_suitable_password_is_hashed() -> None:
    passwords = Passwords(policy=DjangoPasswordPolicy(), hasher=WEAK)

    stored = passwords.hash_of_new(PASSWORD, owner=ANNA)

    assert WEAK.verify(PASSWORD, password_hash=stored)


@pytest.mark.parametrize("typed", [COMPOSED, DECOMPOSED])
def test_two_encodings_of_a_password_are_one_password(typed: str) -> None:
    assert NORMALIZING.verify(typed, password_hash=NORMALIZING.hash(COMPOSED))
    assert NORMALIZING.verify(typed, password_hash=NORMALIZING.hash(DECOMPOSED))
    assert check_password(typed, NORMALIZING.hash(DECOMPOSED))
    assert NORMALIZING.verify(COMPOSED, password_hash=make_password(typed))


def test_a_hash_of_a_password_as_typed_is_verified_but_outdated() -> None:
    as_typed = WEAK.hash(DECOMPOSED)

    assert NORMALIZING.verify(DECOMPOSED, password_hash=as_typed)
    assert check_password(DECOMPOSED, as_typed)
    assert NORMALIZING.is_outdated(as_typed, password=DECOMPOSED)


def test_a_normalized_hash_is_current_however_the_password_is_typed() -> None:
    stored = NORMALIZING.hash(COMPOSED)

    assert not NORMALIZING.is_outdated(stored, password=COMPOSED)
    assert not NORMALIZING.is_outdated(stored, password=DECOMPOSED)


@pytest.mark.parametrize("changed", [" {}", "{} ", "\t{}", "{}\u00a0"])
def test_blanks_around_a_password_are_part_of_it(changed: str) -> None:
    stored = NORMALIZING.hash(PASSWORD)

    assert not NORMALIZING.verify(changed.format(PASSWORD), password_hash=stored)


def test_a_wrong_password_takes_as_many_checks_with_a_hash_as_without() -> None:
    counting = CountingHasher()
    hasher = NormalizingHasher(hasher=counting)

    for stored in (None, WEAK.hash("another password")):
        assert not hasher.verify(DECOMPOSED, password_hash=stored)
        assert not hasher.verify(PASSWORD, password_hash=stored)

    assert counting.compared == [COMPOSED, DECOMPOSED, PASSWORD] * 2
