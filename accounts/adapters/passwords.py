"""Passwords, played by argon2-cffi and Django's validators."""

from dataclasses import dataclass, field

import argon2
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    MinimumLengthValidator,
)
from django.core.exceptions import ValidationError

# Django's own hashers write this before an Argon2 hash, so both can read what either has written.
_PREFIX = "argon2"


@dataclass(frozen=True, kw_only=True)
class Argon2Hasher:
    """Argon2id (RFC 9106). The memory is in KiB; `passes` is the RFC's t and `lanes` its p."""

    memory_kib: int
    passes: int
    lanes: int
    _hasher: argon2.PasswordHasher = field(init=False, repr=False)
    _hash_of_nobody: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        hasher = argon2.PasswordHasher(
            memory_cost=self.memory_kib, time_cost=self.passes, parallelism=self.lanes
        )
        object.__setattr__(self, "_hasher", hasher)
        object.__setattr__(self, "_hash_of_nobody", self.hash("the password of nobody"))

    def hash(self, password: str) -> str:
        return _PREFIX + self._hasher.hash(password)

    def verify(self, password: str, *, password_hash: str | None) -> bool:
        kept = password_hash or self._hash_of_nobody
        try:
            self._hasher.verify(kept.removeprefix(_PREFIX), password)
        except argon2.exceptions.VerificationError:
            return False
        except argon2.exceptions.InvalidHashError:
            return False
        return bool(password_hash)

    def is_outdated(self, password_hash: str) -> bool:
        return self._hasher.check_needs_rehash(password_hash.removeprefix(_PREFIX))


class DjangoHasher(Argon2PasswordHasher):
    """For what Django hashes on its own account, with the same strength and in the same form."""

    memory_cost = settings.ENVIRONMENT.argon2_memory_kib
    time_cost = settings.ENVIRONMENT.argon2_passes
    parallelism = settings.ENVIRONMENT.argon2_lanes


class DjangoPasswordPolicy:
    """At least eight characters and not among the common ones; no rules about their kind (ASVS 6.2)."""

    _validators = (MinimumLengthValidator(min_length=8), CommonPasswordValidator())

    def complaints(self, password: str) -> list[str]:
        found: list[str] = []
        for validator in self._validators:
            try:
                validator.validate(password)
            except ValidationError as error:
                found.extend(error.messages)
        return found
