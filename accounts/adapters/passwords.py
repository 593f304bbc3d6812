"""Password hashing and policy, implemented with argon2-cffi and Django's validators."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from threading import BoundedSemaphore

import argon2
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    MinimumLengthValidator,
)
from django.core.exceptions import ValidationError

from accounts.domain.identity.errors import PasswordsBusy
from accounts.domain.identity.ports import PasswordHasher

# Django's hashers write this before an Argon2 hash; with it both read each other's hashes.
_PREFIX = "argon2"


@dataclass(frozen=True, kw_only=True)
class Argon2Hasher:
    """Argon2id (RFC 9106). The memory is in KiB; `passes` is the RFC's t and `lanes` its p."""

    memory_kib: int
    passes: int
    lanes: int
    _hasher: argon2.PasswordHasher = field(init=False, repr=False)
    _dummy_hash: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        hasher = argon2.PasswordHasher(
            memory_cost=self.memory_kib, time_cost=self.passes, parallelism=self.lanes
        )
        object.__setattr__(self, "_hasher", hasher)
        object.__setattr__(self, "_dummy_hash", self.hash("the password of nobody"))

    def hash(self, password: str) -> str:
        return _PREFIX + self._hasher.hash(password)

    def verify(self, password: str, *, password_hash: str | None) -> bool:
        compared = password_hash or self._dummy_hash
        try:
            self._hasher.verify(compared.removeprefix(_PREFIX), password)
        except argon2.exceptions.VerificationError:
            return False
        except argon2.exceptions.InvalidHashError:
            return False
        return bool(password_hash)

    def is_outdated(self, password_hash: str) -> bool:
        return self._hasher.check_needs_rehash(password_hash.removeprefix(_PREFIX))


@dataclass(frozen=True, kw_only=True)
class BoundedHasher:
    """Limits another hasher to `at_once` concurrent threads; the others wait for up to `patience`.

    So a flood of log-ins can't occupy every thread or exhaust the memory of the process.
    """

    hasher: PasswordHasher
    at_once: int
    patience: timedelta = timedelta(milliseconds=250)
    _turns: BoundedSemaphore = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_turns", BoundedSemaphore(self.at_once))

    def hash(self, password: str) -> str:
        with self._turn():
            return self.hasher.hash(password)

    def verify(self, password: str, *, password_hash: str | None) -> bool:
        with self._turn():
            return self.hasher.verify(password, password_hash=password_hash)

    def is_outdated(self, password_hash: str) -> bool:
        return self.hasher.is_outdated(password_hash)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Raises PasswordsBusy."""
        if not self._turns.acquire(timeout=self.patience.total_seconds()):
            raise PasswordsBusy(retry_after=1)
        try:
            yield
        finally:
            self._turns.release()


class DjangoHasher(Argon2PasswordHasher):
    """The hasher for Django's own use, with the same parameters and format."""

    memory_cost = settings.ENVIRONMENT.argon2_memory_kib
    time_cost = settings.ENVIRONMENT.argon2_passes
    parallelism = settings.ENVIRONMENT.argon2_lanes


class DjangoPasswordPolicy:
    """At least eight characters and not a common password; no composition rules (ASVS 6.2)."""

    _validators = (MinimumLengthValidator(min_length=8), CommonPasswordValidator())

    def field_errors(self, password: str) -> list[str]:
        messages: list[str] = []
        for validator in self._validators:
            try:
                validator.validate(password)
            except ValidationError as error:
                messages.extend(error.messages)
        return messages
