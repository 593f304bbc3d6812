"""Ports of the identity services."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, Unpack

from accounts.domain.access import Right, SessionId, UserId
from accounts.domain.identity.entities.browsers import BrowserSession
from accounts.domain.identity.entities.second_factors import FactorMethod, PasskeyRequest
from accounts.domain.identity.entities.security_log import SecurityEvent, SecurityFacts
from accounts.domain.identity.entities.signing_keys import SigningKey
from accounts.domain.identity.entities.tokens import AccessClaims, SignedClaims


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordOwner:
    """What a password policy knows of the user who will have the password."""

    email: str
    name: str
    is_staff: bool = False


class SigningKeys(Protocol):
    def described(self, *, at: datetime) -> Sequence[SigningKey]:
        """The keys that are published at that time, by state, and by algorithm within each."""


class PasswordHasher(Protocol):
    """Hashes passwords, all their characters. Raises PasswordsBusy when too many hashes are computed already."""

    def hash(self, password: str) -> str:
        """A salted hash for `verify`."""

    def verify(self, password: str, *, password_hash: str | None) -> bool:
        """Whether the hash is of *password*. Without a hash it returns False after the same time."""

    def is_outdated(self, password_hash: str, *, password: str) -> bool:
        """Whether `hash` now uses other parameters or another normalization for this *password* of the hash."""


class PasswordPolicy(Protocol):
    def field_errors(self, password: str, *, owner: PasswordOwner) -> list[str]:
        """What is wrong with *password* for this user, one sentence for each rule; empty if it is allowed."""


class EmailAddresses(Protocol):
    def is_valid(self, address: str) -> bool:
        """Whether the e-mail address has the syntax of RFC 5321 and 6531 and a domain with a dot.

        An address that looks like another is not valid. Nothing is resolved.
        """

    def normalized(self, address: str) -> str:
        """The form in which the address is stored and compared: the same for all spellings of a mailbox.

        Of an address that is not valid it is the lower case, so that accounts from before the check can sign in.
        """

    def stored_form(self, address: str) -> str | None:
        """The normalized form of a valid address, otherwise None: both answers for the work of one."""


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

    def verify(self, token: str, *, resource: str = "", at: datetime) -> AccessClaims:
        """The claims of *token*.

        Raises InvalidToken unless it is an unexpired access token of ours for *resource*: empty for this API.
        """

    def inspect(self, token: str, *, at: datetime) -> SignedClaims:
        """Like verify, but also accept a token for another API."""

    def public_keys(self, *, at: datetime) -> Mapping[str, object]:
        """The JSON Web Key Set (RFC 7517) that verifies these tokens."""


class SecurityLogWriter(Protocol):
    def write(self, event: SecurityEvent, **facts: Unpack[SecurityFacts]) -> None:
        """Write a line for the event. Facts that are None are left out."""


class SecondFactors(Protocol):
    """The second factors that users have set up."""

    def methods_of(self, user_id: UserId) -> tuple[FactorMethod, ...]:
        """Every method that can answer a challenge of the user; empty without a second factor."""

    def redeem_code(self, user_id: UserId, code: str) -> str | None:
        """The method (RFC 8176) of a code of the user's app or of a recovery code; None if it is wrong.

        A code works once, even in concurrent calls.
        """

    def begin_passkey(self, user_id: UserId) -> PasskeyRequest:
        """A request for an assertion by one of the user's passkeys (WebAuthn Level 3 §7.2)."""

    def verify_assertion(
        self, user_id: UserId, assertion: Mapping[str, Any], *, state: Mapping[str, Any]
    ) -> str | None:
        """The method (RFC 8176) of an assertion by a passkey of the user; None if it is wrong."""

    def remove_all_of(self, user_id: UserId) -> tuple[FactorMethod, ...]:
        """Remove every second factor of the user, and return which methods they had."""


class StaffRights(Protocol):
    def of(self, user_id: UserId) -> frozenset[Right]:
        """The rights that the user has on the admin site now; none if they are no longer staff."""


class EmailLinks(Protocol):
    def path_for(self, user_id: UserId, *, email: str) -> str:
        """The path of a page that makes *email* the address of the user, within LINK_LIFETIME.

        It becomes invalid when the user's password or address changes.
        """


class SignUpMails(Protocol):
    """Mails of a sign-up, which arrive at the address alone and so reveal nothing to others."""

    def send(self, email: str, *, user_id: UserId | None) -> None:
        """Mail the new user a link that verifies the address; without a user, that it has an account already.

        Failures are logged.
        """


class PasswordLinks(Protocol):
    def path_for(self, user_id: UserId) -> str:
        """The path of a page on which the user can set a password, once and within LINK_LIFETIME."""

    def paths_for(self, user_ids: Collection[UserId]) -> Mapping[UserId, str]:
        """Those paths for many users, by their ids."""


class PendingSignIns(Protocol):
    """What can still begin a session of a user: challenges, authorization codes, allowed devices."""

    def remove_pending(self, user_id: UserId) -> None:
        """Delete all of the user's."""

    def remove_all_pending(self) -> None:
        """Delete those of all users."""


class ClientNames(Protocol):
    """Names of OAuth clients, for lists of sessions."""

    def names_of(self, client_ids: Collection[str]) -> Mapping[str, str]:
        """Return the name of each of these clients, active or not, by its public id."""


class BrowserSessions(Protocol):
    """Sessions of users on the account pages and the admin site. A session that was idle too long is not live."""

    def of_user(
        self, user_id: UserId, *, seen_after: datetime, at: datetime
    ) -> list[BrowserSession]:
        """The user's live sessions, the one that was seen last first."""

    def end(self, user_id: UserId, browser_id: SessionId) -> None:
        """End a session of the user, if there is one with this id."""

    def end_all_of(self, user_id: UserId) -> None:
        """End all sessions of the user."""

    def end_all(
        self, *, but: SessionId | None, seen_after: datetime, at: datetime
    ) -> dict[UserId, int]:
        """End the sessions of all users except the one with this id; return how many live ones ended by user."""
