"""Ports of the identity services."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Protocol, Unpack

from accounts.domain.identity.entities.security_log import SecurityEvent, SecurityFacts
from accounts.domain.identity.entities.tokens import AccessClaims, SignedClaims


class PasswordHasher(Protocol):
    """Raises PasswordsBusy rather than hash more at once than is good for everybody else."""

    def hash(self, password: str) -> str:
        """A salted hash that only `verify` can compare."""

    def verify(self, password: str, *, password_hash: str | None) -> bool:
        """Whether the hash is of *password*. Without a hash the answer is no, and takes as long."""

    def is_outdated(self, password_hash: str) -> bool:
        """Whether `hash` would now make a hash of another strength."""


class PasswordPolicy(Protocol):
    def field_errors(self, password: str) -> list[str]:
        """Why *password* will not do, a sentence each; nothing when it will."""


class EmailAddresses(Protocol):
    def is_valid(self, address: str) -> bool:
        """Whether mail can be addressed like this: the syntax of RFC 5321 and 6531, and a domain with a dot.

        Nothing is resolved.
        """


class OpaqueTokens(Protocol):
    def new(self) -> str:
        """A token of at least 256 random bits."""

    def successor(self, token: str, *, family: str, number: int) -> str:
        """The token that takes this one's place, as hard to guess; for the same arguments always the same."""

    def hash(self, token: str) -> str:
        """The keyed hash under which *token* is kept, as 64 hexadecimal digits."""


class AccessTokens(Protocol):
    @property
    def lifetime(self) -> timedelta:
        """How long a token lives."""

    def issue(
        self,
        claims: AccessClaims,
        *,
        roles: tuple[str, ...],
        at: datetime,
        lifetime: timedelta | None = None,
    ) -> str:
        """A signed token (RFC 9068) that says *claims* until its lifetime has passed; for the same, the same one."""

    def verify(self, token: str, *, at: datetime) -> AccessClaims:
        """What *token* says. Raises InvalidToken unless it is an access token of ours, for us, and alive."""

    def inspect(self, token: str, *, at: datetime) -> SignedClaims:
        """Like verify, also of a token for the API of others."""

    def public_keys(self, *, at: datetime) -> Mapping[str, object]:
        """The JSON Web Key Set (RFC 7517) that verifies these tokens."""


class SecurityLogWriter(Protocol):
    def note(self, event: SecurityEvent, **facts: Unpack[SecurityFacts]) -> None:
        """Keep that this has happened. What is None is not stated."""


class ClientNames(Protocol):
    """Names of OAuth clients, for the sessions that people have with them."""

    def names_of(self, client_ids: Collection[str]) -> Mapping[str, str]:
        """Return the name of each of these clients, active or not, by its public id."""
