"""Password hashing and policy, implemented with argon2-cffi and Django's validators."""

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from threading import BoundedSemaphore
from time import perf_counter
from typing import Final

import argon2
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.password_validation import CommonPasswordValidator

from accounts.domain.identity.errors import PasswordsBusy
from accounts.domain.identity.ports import PasswordHasher, PasswordOwner
from authsvc.kernel.metrics import PASSWORD_HASH_SECONDS, PASSWORDS_BUSY, Metrics, NoMetrics

# Django's hashers write this before an Argon2 hash; with it both read each other's hashes.
_PREFIX = "argon2"

SHORTEST: Final = 8
SHORTEST_OF_STAFF: Final = 12
LONGEST: Final = 200
# What a password must have beside words of the account: in letters and digits, and shorter words are no words.
_LEAST_OWN = 5
_SHORTEST_WORD = 3


def normalized(password: str) -> str:
    """NFKC, as NIST SP 800-63B-4 §3.1.1.2 asks: keyboards encode the same characters in different ways."""
    return unicodedata.normalize("NFKC", password)


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

    def is_outdated(self, password_hash: str, *, password: str) -> bool:
        return self._hasher.check_needs_rehash(password_hash.removeprefix(_PREFIX))


@dataclass(frozen=True, kw_only=True)
class TimedHasher:
    """Measures how long another hasher takes."""

    hasher: PasswordHasher
    metrics: Metrics

    def hash(self, password: str) -> str:
        with self._timed("hash"):
            return self.hasher.hash(password)

    def verify(self, password: str, *, password_hash: str | None) -> bool:
        with self._timed("verify"):
            return self.hasher.verify(password, password_hash=password_hash)

    def is_outdated(self, password_hash: str, *, password: str) -> bool:
        return self.hasher.is_outdated(password_hash, password=password)

    @contextmanager
    def _timed(self, work: str) -> Iterator[None]:
        began_at = perf_counter()
        yield
        self.metrics.observe(PASSWORD_HASH_SECONDS, perf_counter() - began_at, work)


@dataclass(frozen=True, kw_only=True)
class BoundedHasher:
    """Limits another hasher to `at_once` concurrent threads; the others wait for up to `patience`.

    So a flood of log-ins can't occupy every thread or exhaust the memory of the process.
    """

    hasher: PasswordHasher
    at_once: int
    patience: timedelta = timedelta(milliseconds=250)
    metrics: Metrics = field(default_factory=NoMetrics)
    _turns: BoundedSemaphore = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_turns", BoundedSemaphore(self.at_once))

    def hash(self, password: str) -> str:
        with self._turn():
            return self.hasher.hash(password)

    def verify(self, password: str, *, password_hash: str | None) -> bool:
        with self._turn():
            return self.hasher.verify(password, password_hash=password_hash)

    def is_outdated(self, password_hash: str, *, password: str) -> bool:
        return self.hasher.is_outdated(password_hash, password=password)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Raises PasswordsBusy."""
        if not self._turns.acquire(timeout=self.patience.total_seconds()):
            self.metrics.count(PASSWORDS_BUSY)
            raise PasswordsBusy(retry_after=1)
        try:
            yield
        finally:
            self._turns.release()


@dataclass(frozen=True, kw_only=True)
class NormalizingHasher:
    """Hashes normalized passwords with another hasher. Hashes of passwords as they were typed stay valid."""

    hasher: PasswordHasher

    def hash(self, password: str) -> str:
        return self.hasher.hash(normalized(password))

    def verify(self, password: str, *, password_hash: str | None) -> bool:
        spellings = dict.fromkeys((normalized(password), password))
        return any(self.hasher.verify(text, password_hash=password_hash) for text in spellings)

    def is_outdated(self, password_hash: str, *, password: str) -> bool:
        if self.hasher.is_outdated(password_hash, password=password):
            return True
        text = normalized(password)
        return text != password and not self.hasher.verify(text, password_hash=password_hash)


class DjangoHasher(Argon2PasswordHasher):
    """The hasher for Django's own use, with the same normalization, parameters and format."""

    memory_cost = settings.ENVIRONMENT.argon2_memory_kib
    time_cost = settings.ENVIRONMENT.argon2_passes
    parallelism = settings.ENVIRONMENT.argon2_lanes

    def encode(self, password: str, salt: str) -> str:
        return super().encode(normalized(password), salt)

    def verify(self, password: str, encoded: str) -> bool:
        spellings = dict.fromkeys((normalized(password), password))
        return any(super(DjangoHasher, self).verify(text, encoded) for text in spellings)


class DjangoPasswordPolicy:
    """Length, common passwords and words of the account; no composition rules (ASVS 6.2, NIST SP 800-63B-4).

    Characters are counted as Unicode code points of the normalized password.
    """

    _common = CommonPasswordValidator().passwords

    def field_errors(self, password: str, *, owner: PasswordOwner) -> list[str]:
        text = normalized(password)
        folded = text.casefold()
        shortest = SHORTEST_OF_STAFF if owner.is_staff else SHORTEST
        holder = "of staff " if owner.is_staff else ""
        rules = {
            f"This password is too short. A password {holder}must have at least {shortest} characters.": (
                len(text) >= shortest
            ),
            f"This password is too long. A password must have at most {LONGEST} characters.": (
                len(text) <= LONGEST
            ),
            "This password is too common.": folded.strip() not in self._common,
            "This password is one repeated character.": len(set(folded)) != 1,
            "This password has no visible characters.": not text or not _is_invisible(text),
            "This password is the name or the e-mail address of the account, with little else.": (
                not _consists_of_words(folded, owner)
            ),
        }
        return [message for message, is_met in rules.items() if not is_met]


def _is_invisible(text: str) -> bool:
    return all(unicodedata.category(character)[0] in "CZ" for character in text)


def _consists_of_words(folded: str, owner: PasswordOwner) -> bool:
    """Whether little is left of the password without the words of its owner, such as in `anna2024`."""
    name, email = (normalized(text).casefold() for text in (owner.name, owner.email))
    texts = (email, email.rpartition("@")[0], name, *name.split())
    words = {_letters_and_digits(text) for text in texts}
    rest = squeezed = _letters_and_digits(folded)
    for word in sorted(words, key=len, reverse=True):
        if len(word) >= _SHORTEST_WORD:
            rest = rest.replace(word, "")
    return rest != squeezed and len(rest) < _LEAST_OWN


def _letters_and_digits(text: str) -> str:
    return "".join(character for character in text if character.isalnum())
