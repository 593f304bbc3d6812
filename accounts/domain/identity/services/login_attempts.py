"""Login attempts: rate limits, back-off and known client IP addresses."""

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
from authsvc.kernel.rate_limits import Limit, LimitState, TooManyAttempts, doubling
from authsvc.kernel.unit_of_work import UnitOfWork

KNOWN_FOR: Final = timedelta(days=30)
"""How long a client IP address stays known to an account after a sign-in from it."""
LAST_SEEN_PRECISION: Final = timedelta(days=1)
"""The stored time of the last sign-in from an address may be this old."""


class LimitName(StrEnum):
    """Names of the limits. They are stored and documented, so a value never changes."""

    LOG_IN = "log-in"
    REGISTER = "register"
    LOGIN_ATTEMPT = "guess"
    CHANGE_PASSWORD = "change-password"  # noqa: S105  # a name, not a secret
    DEVICE = "device"
    MAIL_BY_PERSON = "mail-by-person"
    MAIL_BY_ORGANIZATION = "mail-by-organization"
    MAIL_TO_ADDRESS = "mail-to-address"
    WEBHOOK_TO_HOST = "webhook-to-host"
    TOKEN = "token"  # noqa: S105  # a name, not a secret
    CLIENT_DOCUMENT = "client-document"


class Secret(StrEnum):
    """The secret that a login attempt presents."""

    PASSWORD = "password"  # noqa: S105  # a name, not a secret
    CODE = "code"


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitPolicy:
    """The configured limits: of attempts by client IP and account, of mail by sender and recipient, and of webhooks."""

    log_ins_per_minute: int
    registrations_per_hour: int
    failures_before_backoff: int
    token_failures_per_minute: int
    client_documents_per_minute: int
    mails_per_person: int
    mails_per_organization: int
    mails_per_address: int
    webhooks_per_host: int

    def limit(self, name: LimitName) -> Limit:
        most, period = {
            LimitName.LOG_IN: (self.log_ins_per_minute, timedelta(minutes=1)),
            LimitName.REGISTER: (self.registrations_per_hour, timedelta(hours=1)),
            LimitName.LOGIN_ATTEMPT: (self.failures_before_backoff, timedelta(minutes=15)),
            LimitName.CHANGE_PASSWORD: (self.failures_before_backoff, timedelta(minutes=15)),
            LimitName.DEVICE: (self.failures_before_backoff, timedelta(minutes=1)),
            LimitName.MAIL_BY_PERSON: (self.mails_per_person, timedelta(days=1)),
            LimitName.MAIL_BY_ORGANIZATION: (self.mails_per_organization, timedelta(days=1)),
            LimitName.MAIL_TO_ADDRESS: (self.mails_per_address, timedelta(days=1)),
            LimitName.WEBHOOK_TO_HOST: (self.webhooks_per_host, timedelta(days=1)),
            LimitName.TOKEN: (self.token_failures_per_minute, timedelta(minutes=1)),
            LimitName.CLIENT_DOCUMENT: (self.client_documents_per_minute, timedelta(minutes=1)),
        }[name]
        waits = doubling(until=period) if name is LimitName.LOGIN_ATTEMPT else ()
        return Limit(name=name, most=most, period=period, waits=waits)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginAttempts:
    """Counts attempts, each in a unit of work that ends before the attempt begins.

    So a failed attempt stays counted, and no row is locked while a password is hashed. `count` and `attempt` raise
    InsideUnitOfWork when the caller has a unit of work open.
    """

    limits: RateLimitRepository
    known_addresses: KnownAddressRepository
    opaque_tokens: OpaqueTokens
    policy: LimitPolicy
    unit_of_work: UnitOfWork
    clock: Clock

    def count(self, name: LimitName, *subject: str) -> LimitState:
        """Count an attempt of the subject: a client IP address, or a verified user or client."""
        return self._count(name, self._key(name, *subject))

    @contextmanager
    def attempt(
        self,
        account: str,
        *,
        client_ip: str | None,
        secret: Secret = Secret.PASSWORD,
        address_limit: LimitState | None = None,
    ) -> Iterator[None]:
        """Count a login attempt of an account, existing or not; the block raises if the secret is wrong.

        Raises TooManyAttempts when it comes too early. Attempts are counted by account; from a known client IP address
        by account and address, so that attempts from elsewhere can't lock the owner out. `address_limit` is the count
        of log-ins from the address, this one included. It applies to unknown addresses alone, and only attempts whose
        secret was checked and wrong stay counted in it: many accounts behind one address share it. A successful
        attempt ends the streak and makes the address known. An attempt that was not checked because the service was
        busy is refunded.
        """
        last_seen = self._last_seen(secret, account, client_ip)
        if address_limit is not None and last_seen is None:
            address_limit.require()
        known_address = (client_ip,) if client_ip and last_seen else ()
        key = self._key("guess", secret, account, *known_address)
        with self._refunding(address_limit, client_ip, checked=not known_address):
            self._count(LimitName.LOGIN_ATTEMPT, key).require()
            try:
                yield
            except Busy:
                self._refund(key)
                raise
            with self.unit_of_work.single():
                self.limits.reset(key)
        if last_seen is None or last_seen < self.clock.now() - LAST_SEEN_PRECISION:
            self.save_known_address(account, client_ip=client_ip, secret=secret)

    @contextmanager
    def _refunding(
        self, address_limit: LimitState | None, client_ip: str | None, *, checked: bool
    ) -> Iterator[None]:
        """Refund the log-in of the address, unless the block was left by a secret that was checked and wrong.

        Without `checked` a wrong secret is refunded, too: the streak of the account at this address counts it.
        """
        is_charged = checked
        try:
            yield
        except (TooManyAttempts, Busy):
            is_charged = False
            raise
        else:
            is_charged = False
        finally:
            if address_limit is not None and address_limit.is_allowed and not is_charged:
                self._refund(self._key(LimitName.LOG_IN, client_ip or ""))

    def save_known_address(
        self, account: str, *, client_ip: str | None, secret: Secret = Secret.PASSWORD
    ) -> None:
        """Record that the account's secret was presented from this client IP address."""
        if client_ip is not None:
            key = self._key("familiar", secret, account, client_ip)
            with self.unit_of_work.single():
                self.known_addresses.save(key, seen_at=self.clock.now())

    def remove_expired(self) -> int:
        """Delete attempts and known addresses that no longer count; return how many."""
        now = self.clock.now()
        with self.unit_of_work.atomic():
            attempts = self.limits.remove_expired(before=now)
            return attempts + self.known_addresses.remove_expired(before=now - KNOWN_FOR)

    def _last_seen(self, secret: Secret, account: str, client_ip: str | None) -> datetime | None:
        """The time of the account's last sign-in from the address, while the address is known."""
        if client_ip is None:
            return None
        last_seen = self.known_addresses.last_seen(
            self._key("familiar", secret, account, client_ip)
        )
        return last_seen if last_seen and last_seen >= self.clock.now() - KNOWN_FOR else None

    def _count(self, name: LimitName, key: str) -> LimitState:
        self.unit_of_work.require_outside()
        with self.unit_of_work.single():
            return self.limits.count(key, self.policy.limit(name), at=self.clock.now())

    def _refund(self, key: str) -> None:
        with self.unit_of_work.single():
            self.limits.refund(key)

    def _key(self, *parts: str) -> str:
        """The keyed hash of these parts, so that stored keys reveal neither accounts nor addresses."""
        return self.opaque_tokens.hash(canonical_json(parts).decode())
