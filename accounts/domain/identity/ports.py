"""Ports of the identity services."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Protocol, Unpack

from accounts.domain.identity.entities.security_log import SecurityEvent, SecurityFacts
from accounts.domain.identity.entities.tokens import AccessClaims, SignedClaims


class PasswordHasher(Protocol):
    """Hashes passwords. Raises PasswordsBusy when too many hashes are computed already."""

    def hash(self, password: str) -> str:
        """A salted hash for `verify`."""

    def verify(self, password: str, *, password_hash: str | None) -> bool:
        """Whether the hash is of *password*. Without a hash it returns False after the same time."""

    def is_outdated(self, password_hash: str) -> bool:
        """Whether `hash` now uses other parameters."""


class PasswordPolicy(Protocol):
    def field_errors(self, password: str) -> list[str]:
        """What is wrong with *password*, one sentence for each rule; empty if it is allowed."""


class EmailAddresses(Protocol):
    def is_valid(self, address: str) -> bool:
        """Whether the e-mail address has the syntax of RFC 5321 and 6531 and a domain with a dot.

        Nothing is resolved.
        """


class OpaqueTokens(Protocol):
    def new(self) -> str:
        """A token of at least 256 random bits."""

    def successor(self, token: str, *, family: str, number: int) -> str:
        """The token that replaces this one: as hard to guess, and always the same for the same arguments."""

    def hash(self, token: str) -> str:
        """The keyed hash under which *token* is stored, as 64 hexadecimal digits."""


class AccessTokens(Protocol):
    @property
    def lifetime(self) -> timedelta:
        """The lifetime of a token."""

    def issue(
        self,
        claims: AccessClaims,
        *,
        roles: tuple[str, ...],
        at: datetime,
        lifetime: timedelta | None = None,
    ) -> str:
        """A signed token (RFC 9068) with *claims*; always the same for the same arguments."""

    def verify(self, token: str, *, at: datetime) -> AccessClaims:
        """The claims of *token*. Raises InvalidToken unless it is an unexpired access token of ours for this API."""

    def inspect(self, token: str, *, at: datetime) -> SignedClaims:
        """Like verify, but also accept a token for another API."""

    def public_keys(self, *, at: datetime) -> Mapping[str, object]:
        """The JSON Web Key Set (RFC 7517) that verifies these tokens."""


class SecurityLogWriter(Protocol):
    def write(self, event: SecurityEvent, **facts: Unpack[SecurityFacts]) -> None:
        """Write a line for the event. Facts that are None are left out."""


class ClientNames(Protocol):
    """Names of OAuth clients, for lists of sessions."""

    def names_of(self, client_ids: Collection[str]) -> Mapping[str, str]:
        """Return the name of each of these clients, active or not, by its public id."""
