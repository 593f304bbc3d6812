"""How often people may try."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from accounts.domain.identity.ports import OpaqueTokens
from accounts.domain.identity.repositories.protocols import (
    KnownAddressRepository,
    RateLimitRepository,
)
from authsvc.kernel.canonical import canonical_json
from authsvc.kernel.clock import Clock
from authsvc.kernel.errors import Busy
from authsvc.kernel.rate_limits import Limit, LimitState, doubling
from authsvc.kernel.unit_of_work import UnitOfWork

KNOWN_FOR: Final = timedelta(days=30)
"""How long an address stays familiar to an account that was signed in to from there."""
NOTED_EVERY: Final = timedelta(days=1)
"""How old what is kept of that may be."""


class LimitName(StrEnum):
    """What is limited."""

    LOG_IN = "log-in"
    REGISTER = "register"
    GUESS = "guess"
    CHANGE_PASSWORD = "change-password"  # noqa: S105  # a name, not a secret
    DEVICE = "device"
    TOKEN = "token"  # noqa: S105  # a name, not a secret


class Secret(StrEnum):
    """What is guessed, when somebody guesses."""

    PASSWORD = "password"  # noqa: S105  # a name, not a secret
    CODE = "code"


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitPolicy:
    """How often what may be tried: logging in and registering by one address, guessing in a row by anybody."""

    log_ins_per_minute: int
    registrations_per_hour: int
    failures_before_backoff: int
    token_failures_per_minute: int

    def limit(self, name: LimitName) -> Limit:
        most, period = {
            LimitName.LOG_IN: (self.log_ins_per_minute, timedelta(minutes=1)),
            LimitName.REGISTER: (self.registrations_per_hour, timedelta(hours=1)),
            LimitName.GUESS: (self.failures_before_backoff, timedelta(minutes=15)),
            LimitName.CHANGE_PASSWORD: (self.failures_before_backoff, timedelta(minutes=15)),
            LimitName.DEVICE: (self.failures_before_backoff, timedelta(minutes=1)),
            LimitName.TOKEN: (self.token_failures_per_minute, timedelta(minutes=1)),
        }[name]
        waits = doubling(until=period) if name is LimitName.GUESS else ()
        return Limit(name=name, most=most, period=period, waits=waits)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginAttempts:
    """Counts attempts, each in a unit of work that has ended when the attempt begins.

    So a failed attempt stays counted, and nobody waits for a row while a password is hashed. `count` and `guess` raise
    InsideUnitOfWork when the caller has a unit of work open.
    """

    limits: RateLimitRepository
    known_addresses: KnownAddressRepository
    opaque_tokens: OpaqueTokens
    policy: LimitPolicy
    unit_of_work: UnitOfWork
    clock: Clock

    def count(self, name: LimitName, *subject: str) -> LimitState:
        """Count an attempt of the subject: an address, or whoever was verified."""
        return self._count(name, self._key(name, *subject))

    @contextmanager
    def guess(
        self, account: str, *, address: str | None, secret: Secret = Secret.PASSWORD
    ) -> Iterator[None]:
        """Let somebody guess a secret of an account, whether or not there is one: the block raises if it is wrong.

        Raises TooManyAttempts when it is too early for another guess. Guesses are counted by account; but where the
        account is familiar with the address, by both of them: nobody elsewhere can shut its owner out. A right one
        ends the row of guesses, makes the address familiar, and gives the log-in from there back: a class that signs
        in at nine behind one address is no attack. One that we were too busy for counts for nothing.
        """
        seen_at = self._seen_at(secret, account, address)
        where = (address,) if address and seen_at else ()
        key = self._key("guess", secret, account, *where)
        self._count(LimitName.GUESS, key).require()
        try:
            yield
        except Busy:
            self._give_back(key)
            raise
        with self.unit_of_work.single():
            self.limits.forget(key)
        if address is not None and secret is Secret.PASSWORD:
            self._give_back(self._key(LimitName.LOG_IN, address))
        if seen_at is None or seen_at < self.clock.now() - NOTED_EVERY:
            self.save_known_address(account, address=address, secret=secret)

    def save_known_address(
        self, account: str, *, address: str | None, secret: Secret = Secret.PASSWORD
    ) -> None:
        """Make the address familiar to the account, as one from where its secret is known."""
        if address is not None:
            key = self._key("familiar", secret, account, address)
            with self.unit_of_work.single():
                self.known_addresses.save(key, seen_at=self.clock.now())

    def remove_expired(self) -> int:
        """Forget attempts and addresses that make no difference any more; answer how many."""
        now = self.clock.now()
        with self.unit_of_work.atomic():
            attempts = self.limits.remove_expired(before=now)
            return attempts + self.known_addresses.remove(before=now - KNOWN_FOR)

    def _seen_at(self, secret: Secret, account: str, address: str | None) -> datetime | None:
        """When the account was last signed in to from the address, if it is still familiar with it."""
        if address is None:
            return None
        seen_at = self.known_addresses.seen_at(self._key("familiar", secret, account, address))
        return seen_at if seen_at and seen_at >= self.clock.now() - KNOWN_FOR else None

    def _count(self, name: LimitName, key: str) -> LimitState:
        self.unit_of_work.require_outside()
        with self.unit_of_work.single():
            return self.limits.count(key, self.policy.limit(name), at=self.clock.now())

    def _give_back(self, key: str) -> None:
        with self.unit_of_work.single():
            self.limits.refund(key)

    def _key(self, *parts: str) -> str:
        """A keyed hash that no other parts have: what was tried is not to be seen where it is counted."""
        return self.opaque_tokens.hash(canonical_json(parts).decode())
