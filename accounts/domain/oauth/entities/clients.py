"""OAuth clients: applications that sign users in here, or act for themselves."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from accounts.domain.access import ClientPk, GrantType, OrganizationId, Scope, WalletScope
from accounts.domain.oauth.errors import UnsuitableClient
from authsvc.kernel.errors import FieldError
from authsvc.kernel.text import name_error
from authsvc.kernel.urls import (
    LOCALHOST,
    LONGEST_URL,
    LOOPBACK,
    has_public_host,
    is_safe_url,
    is_server_url,
)

NOTED_EVERY: Final = timedelta(minutes=1)
MOST_URIS: Final = 10
LONGEST_NAME: Final = 200
HINT_LENGTH: Final = 4
"""Characters of a secret by which people tell it from others. The rest has 232 random bits."""
_PRIVATE_SCHEME: Final = re.compile(r"[a-z][a-z0-9-]*(\.[a-z0-9-]+)+:/[^\s#]*")  # RFC 8252 §7.1


class IdentityScope(StrEnum):
    """The scopes of OpenID Connect (Core §5.4, §11), and one of our own for further claims about the user."""

    OPENID = "openid"
    PROFILE = "profile"
    EMAIL = "email"
    PHONE = "phone"
    ADDRESS = "address"
    ORGANIZATIONS = "organizations"
    OFFLINE_ACCESS = "offline_access"


KNOWN_SCOPES: Final = frozenset({*IdentityScope, *WalletScope, *Scope})

PERSONAL_SCOPES: Final = frozenset({*IdentityScope, *WalletScope})
"""The scopes that mean nothing without a user."""

SERVICE_SCOPES: Final = frozenset(Scope) - {
    Scope.ACCOUNTS_READ,
    Scope.ACCOUNTS_WRITE,
    Scope.PROGRESS_WRITE,
    Scope.BADGES_READ,
    Scope.BADGE_PROFILE_READ,
}
"""The scopes that a service client of an organization can have: all but those that only a user can use."""


class IdTokenAlgorithm(StrEnum):
    RS256 = "RS256"
    ES256 = "ES256"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientTerms:
    """The metadata of a client: what it may do.

    `redirect_uris` are compared exactly, except for the port of a loopback address (RFC 8252 §7.3). `localhost` counts
    as one for public clients, whose programs run on the user's machine (§8.3). `resources` are other APIs that its
    tokens may be for (RFC 8707). A trusted client needs no consent. With `claims_in_id_token` the claims of
    its scopes are also in ID tokens, for libraries that read no others.
    """

    name: str
    is_public: bool
    redirect_uris: tuple[str, ...] = ()
    post_logout_redirect_uris: tuple[str, ...] = ()
    backchannel_logout_uri: str = ""
    allowed_origins: tuple[str, ...] = ()
    allowed_scopes: frozenset[str] = frozenset()
    grant_types: frozenset[GrantType] = frozenset({GrantType.AUTHORIZATION_CODE})
    resources: tuple[str, ...] = ()
    id_token_algorithm: IdTokenAlgorithm = IdTokenAlgorithm.RS256
    is_trusted: bool = False
    must_push: bool = False
    claims_in_id_token: bool = False

    def checked(self, *, allows_private_hosts: bool) -> "ClientTerms":
        """The terms, if they are safe. Raises UnsuitableClient, with an error for each member that is not."""
        field_errors = (
            *self._field_errors(),
            *(() if allows_private_hosts else self._private_hosts()),
        )
        if field_errors:
            raise UnsuitableClient(*field_errors)
        return self

    def _field_errors(self) -> Iterator[FieldError]:
        if not self.name.strip():
            yield FieldError(path="name", detail="Enter a name.")
        elif (reason := name_error(self.name)) is not None:
            yield FieldError(path="name", detail=reason)
        if len(self.name) > LONGEST_NAME:
            yield FieldError(path="name", detail=f"A name has at most {LONGEST_NAME} characters.")
        for member, uris in self._followed_by_browsers.items():
            yield from _browser_uri_errors(member, uris, is_public=self.is_public)
        yield from _uri_errors("resources", self.resources)
        yield from _uri_errors(
            "backchannel_logout_uri",
            [self.backchannel_logout_uri] if self.backchannel_logout_uri else [],
        )
        for origin in self.allowed_origins:
            if not _is_origin(origin) or (LOCALHOST.match(origin) and not self.is_public):
                yield FieldError(path="allowed_origins", detail=f"{origin} is not a valid origin.")
        if unknown := sorted(self.allowed_scopes - KNOWN_SCOPES):
            yield FieldError(path="allowed_scopes", detail=f"There is no scope {unknown[0]}.")
        yield from self._grant_errors()

    def _private_hosts(self) -> Iterator[FieldError]:
        """An error for each URL that names a host of a private network.

        A loopback address is fine where only the user's browser follows it (RFC 8252 §7.3).
        """
        of_browsers = self._followed_by_browsers | {"allowed_origins": self.allowed_origins}
        for member, uris in of_browsers.items():
            yield from _private_host_errors(
                member, [uri for uri in uris if not LOOPBACK.match(uri)]
            )
        yield from _private_host_errors("resources", self.resources)
        yield from _private_host_errors("backchannel_logout_uri", [self.backchannel_logout_uri])

    @property
    def _followed_by_browsers(self) -> dict[str, tuple[str, ...]]:
        return {
            "redirect_uris": self.redirect_uris,
            "post_logout_redirect_uris": self.post_logout_redirect_uris,
        }

    def _grant_errors(self) -> Iterator[FieldError]:
        if not self.grant_types:
            yield FieldError(path="grant_types", detail="Choose at least one grant type.")
        if self.is_public and GrantType.CLIENT_CREDENTIALS in self.grant_types:
            yield FieldError(
                path="grant_types", detail="A public client cannot use client credentials."
            )
        if GrantType.AUTHORIZATION_CODE in self.grant_types and not self.redirect_uris:
            yield FieldError(
                path="redirect_uris", detail="The authorization code grant needs a redirect URI."
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerSecret:
    """The secret before the current one, which stays valid until it expires."""

    hash: str = field(repr=False)
    expires_at: datetime

    def is_live(self, *, at: datetime) -> bool:
        return at < self.expires_at


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthClient:
    """A registered client. The secret of a confidential client is stored as a keyed hash, and its end as a hint.

    The client of an organization acts for that organization alone, until it expires. `registration_hash` is the hash
    of the token with which a client that registered itself manages its registration (RFC 7592). A client needs no
    PKCE if staff have waived it, with the reason in `pkce_waived_because`.
    """

    id: ClientPk
    client_id: str
    secret_hash: str = field(repr=False)
    terms: ClientTerms
    is_active: bool
    created_at: datetime
    org_id: OrganizationId | None = None
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    former_secret: FormerSecret | None = None
    registration_hash: str = field(default="", repr=False)
    pkce_waived_because: str = ""
    secret_hint: str = ""

    @property
    def needs_pkce(self) -> bool:
        return not self.pkce_waived_because

    def is_live(self, *, at: datetime) -> bool:
        return self.is_active and (self.expires_at is None or at < self.expires_at)

    def used(self, *, at: datetime) -> "OAuthClient":
        """With the time of its last use; unchanged if that was noted within the last minute."""
        if self.last_used_at is not None and at < self.last_used_at + NOTED_EVERY:
            return self
        return replace(self, last_used_at=at)

    @property
    def default_scopes(self) -> frozenset[str]:
        """The scopes of a request that names none: those that end with the session and change nothing."""
        return frozenset(
            scope
            for scope in self.terms.allowed_scopes
            if scope != IdentityScope.OFFLINE_ACCESS and not scope.endswith(":write")
        )

    def may_redirect_to(self, uri: str) -> bool:
        return _is_registered(uri, self.terms.redirect_uris)

    def is_certain_at(self, redirect_uri: str) -> bool:
        """Whether no other program can receive a response there in its name (RFC 8252 §8.6).

        A client without a secret is certain at an HTTPS URL alone: any program can listen on a loopback address, or
        claim a scheme.
        """
        return not self.terms.is_public or redirect_uri.startswith("https:")

    def may_return_to(self, uri: str) -> bool:
        """Whether a browser may be sent there after log-out."""
        return _is_registered(uri, self.terms.post_logout_redirect_uris)

    def may_use(self, grant_type: str) -> bool:
        return grant_type in self.terms.grant_types

    def may_ask_for(self, scopes: Collection[str]) -> bool:
        return self.terms.allowed_scopes.issuperset(scopes)

    def amended(self, terms: ClientTerms) -> "OAuthClient":
        """With new terms. A client that becomes public loses its secrets, and needs PKCE."""
        if not terms.is_public:
            return replace(self, terms=terms)
        return replace(
            self,
            terms=terms,
            secret_hash="",
            secret_hint="",
            former_secret=None,
            pkce_waived_because="",
        )

    def with_secret(
        self, secret_hash: str, *, hint: str, former_until: datetime | None
    ) -> "OAuthClient":
        """With a new secret. The current one stays valid until *former_until*, or ends at once if that is None."""
        former = (
            None
            if former_until is None
            else FormerSecret(hash=self.secret_hash, expires_at=former_until)
        )
        return replace(self, secret_hash=secret_hash, secret_hint=hint, former_secret=former)

    def as_authenticated_by_former_secret(self) -> "OAuthClient":
        """Like the client, but its tokens for itself end with its former secret."""
        if self.former_secret is None:
            return self
        ends = [self.former_secret.expires_at, *([self.expires_at] if self.expires_at else [])]
        return replace(self, expires_at=min(ends))

    def removed(self) -> "OAuthClient":
        return replace(self, is_active=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredClient:
    """A client and its secret, which is shown once and not stored; a public client has none.

    A client that registered itself also has a registration token, which is new after each change.
    """

    client: OAuthClient
    secret: str = field(repr=False)
    registration_token: str = field(default="", repr=False)


def hint_of(secret: str) -> str:
    return secret[-HINT_LENGTH:]


def _browser_uri_errors(
    member: str, uris: Collection[str], *, is_public: bool
) -> Iterator[FieldError]:
    """Errors in URIs to which browsers are redirected."""
    yield from _too_many_errors(member, uris)
    for uri in uris:
        if "*" in uri:
            detail = (
                f"{uri[:100]} has a wildcard. Register every URI, since they are compared exactly."
            )
            yield FieldError(path=member, detail=detail)
        elif LOCALHOST.match(uri) and not is_public:
            detail = f"{uri[:100]} names localhost, which only public clients can. Use 127.0.0.1."
            yield FieldError(path=member, detail=detail)
        elif not is_safe_url(uri) and not _PRIVATE_SCHEME.fullmatch(uri):
            yield _invalid_uri(member, uri)


def _uri_errors(member: str, uris: Collection[str]) -> Iterator[FieldError]:
    """Errors in URLs of servers."""
    yield from _too_many_errors(member, uris)
    for uri in uris:
        if not is_server_url(uri):
            yield _invalid_uri(member, uri)


def _too_many_errors(member: str, uris: Collection[str]) -> Iterator[FieldError]:
    if len(uris) > MOST_URIS:
        yield FieldError(path=member, detail=f"Enter at most {MOST_URIS} URIs.")
    yield from (_invalid_uri(member, uri) for uri in uris if len(uri) > LONGEST_URL)


def _invalid_uri(member: str, uri: str) -> FieldError:
    return FieldError(
        path=member, detail=f"{uri[:100]} is not a valid URI here. See docs/clients.md."
    )


def _private_host_errors(member: str, uris: Collection[str]) -> Iterator[FieldError]:
    for uri in filter(is_safe_url, uris):
        if not has_public_host(uri):
            host = urlsplit(uri).hostname or ""
            yield FieldError(
                path=member,
                detail=f"{host[:100]} is not a public host. Use a host name that is registered in the DNS.",
            )


def _is_origin(origin: str) -> bool:
    return is_safe_url(origin) and "/" not in origin.split("://", 1)[1]


def _is_registered(uri: str, registered: Collection[str]) -> bool:
    """Whether the URI equals a registered one, except for the port of a loopback address (RFC 8252 §7.3)."""
    return uri in registered or _without_port(uri) in {
        _without_port(loopback) for loopback in registered if LOOPBACK.match(loopback)
    }


def _without_port(uri: str) -> str:
    """A loopback URL without its port; any other URL unchanged."""
    return LOOPBACK.sub(r"http://\1", uri)
