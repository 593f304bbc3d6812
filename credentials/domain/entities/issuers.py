"""Issuers of credentials: the platform and each organization, their addresses and their keys."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, NewType
from urllib.parse import quote, urlsplit
from uuid import UUID

from accounts.public import OrganizationId
from credentials.domain.entities.credentials import IssuedCredentialId
from credentials.domain.entities.definitions import CredentialId
from credentials.domain.errors import AlreadyCompromised
from credentials.openbadges.keys import ALWAYS, IssuerKey, KeyKind, did_web

IssuerKeyId = NewType("IssuerKeyId", UUID)

PLATFORM: Final = "platform"
"""The name of the platform in the addresses of issuers."""

_ID: Final = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_PUBLISHED: Final = re.compile(
    rf"/issuers/(?P<issuer>{PLATFORM}|{_ID})/(?P<folder>[a-z-]+)/(?P<name>[^/]+)"
)
_ISSUED: Final = re.compile(
    rf"(?:/v1/issued/|/credentials/)?(?P<id>{_ID})(?:/[a-z]*)?/?(?:[?#].*)?", re.IGNORECASE
)


def issuer_name(org_id: OrganizationId | None) -> str:
    """The name of an issuer in its addresses: the id of an organization, which nobody else can ever have."""
    return PLATFORM if org_id is None else str(org_id)


def issuer_named(name: str) -> OrganizationId | None:
    """The organization whose issuer has this name, None for the platform. Raises ValueError."""
    return None if name == PLATFORM else OrganizationId(UUID(name))


def key_id_in(url: str) -> IssuerKeyId:
    """The id of the key with this address."""
    return IssuerKeyId(UUID(url.rpartition("/")[2]))


@dataclass(frozen=True, slots=True)
class Addresses:
    """Addresses at which strangers find what a credential names. They never change once one is issued."""

    home: str

    @property
    def host(self) -> str:
        return urlsplit(self.home).netloc

    def issuer(self, org_id: OrganizationId | None) -> str:
        """The profile of an issuer, which is its id in credentials."""
        return f"{self.home}/issuers/{issuer_name(org_id)}"

    def did(self, org_id: OrganizationId | None) -> str:
        """The did:web identifier whose document is at the address of the profile, in `did.json`."""
        return did_web(self.issuer(org_id))

    def key(self, org_id: OrganizationId | None, key_id: IssuerKeyId) -> str:
        return f"{self.issuer(org_id)}/keys/{key_id}"

    def status_list(self, org_id: OrganizationId | None, number: int) -> str:
        return f"{self.issuer(org_id)}/status-lists/{number}"

    def revocation_list(self, org_id: OrganizationId | None, number: int) -> str:
        return f"{self.issuer(org_id)}/revocation-lists/{number}"

    def issued(self, issued_id: UUID) -> str:
        return f"{self.home}/v1/issued/{issued_id}"

    def page(self, issued_id: UUID) -> str:
        """The page of an issued credential, for people."""
        return f"{self.home}/credentials/{issued_id}"

    def claim(self, token: str) -> str:
        """The page on which the addressee of a mail claims a credential."""
        return f"{self.home}/account/claims/{token}"

    def published(self, url: str, folder: str) -> tuple[OrganizationId | None, str] | None:
        """The issuer that publishes something in this folder at this URL, and its name there; None if nobody does."""
        match = _PUBLISHED.fullmatch(url.removeprefix(self.home)) if self.is_own(url) else None
        if match is None or match["folder"] != folder:
            return None
        return issuer_named(match["issuer"]), match["name"]

    def is_own(self, url: str) -> bool:
        """Whether the URL is one of this service's."""
        return url.startswith(f"{self.home}/")

    def issued_id(self, text: str) -> IssuedCredentialId | None:
        """The id that the text is, or that is in the text if it is the address of an issued credential."""
        match = _ISSUED.fullmatch(text.strip().removeprefix(self.home))
        return IssuedCredentialId(UUID(match["id"])) if match else None

    def achievement(self, credential_id: CredentialId, version: int) -> str:
        """The address of a version of a definition, which all its holders share."""
        return f"{self.home}/v1/credentials/{credential_id}/versions/{version}"

    def course(self, course: str) -> str:
        return f"{self.home}/v1/courses/{quote(course, safe='')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """What the platform tells of itself as an issuer and on the Open Badges API; empty is what it does not tell."""

    name: str
    url: str
    email: str = ""
    terms_url: str = ""
    privacy_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredKey:
    """A key as it is stored, its private half encrypted.

    Of each kind an issuer has one current key, which signs. Others are retired, and verify what they signed.
    """

    id: IssuerKeyId
    org_id: OrganizationId | None
    kind: KeyKind
    public_jwk: dict[str, str]
    encrypted_private: str = field(repr=False)
    valid_from: datetime
    is_current: bool = True
    retired_at: datetime | None = None
    compromised_from: datetime | None = None

    def retired(self, *, at: datetime) -> "StoredKey":
        return replace(self, is_current=False, retired_at=max(at, self.valid_from))

    def compromised(self, since: datetime, *, at: datetime) -> "StoredKey":
        """The key, whose signatures from *since* on do not count. It can be moved to an earlier time, never later.

        Raises AlreadyCompromised.
        """
        if self.compromised_from is not None and self.compromised_from <= since:
            raise AlreadyCompromised(since=self.compromised_from.isoformat())
        former = self.retired(at=at) if self.is_current else self
        return replace(former, compromised_from=since)

    def public(self, addresses: Addresses, *, controller: str = "") -> IssuerKey:
        """The public half, controlled by the profile of the issuer or by another id of it."""
        key = IssuerKey.of_jwk(
            self.public_jwk,
            url=addresses.key(self.org_id, self.id),
            controller=controller or addresses.issuer(self.org_id),
        )
        return self._with_period(key)

    def with_private(self, pem: str, addresses: Addresses) -> IssuerKey:
        """The key with its private half."""
        key = IssuerKey.of_pem(
            pem,
            url=addresses.key(self.org_id, self.id),
            controller=addresses.issuer(self.org_id),
        )
        return self._with_period(key)

    def _with_period(self, key: IssuerKey) -> IssuerKey:
        # A token states when its credential was issued, which can be before it was signed.
        is_of_tokens = self.kind is KeyKind.RSA
        return replace(
            key,
            valid_from=ALWAYS if is_of_tokens else self.valid_from,
            retired_at=self.retired_at,
            compromised_from=self.compromised_from,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKeys:
    """The keys with which an issuer signs now, for embedded proofs and for tokens, and its home page as it is now."""

    proof: IssuerKey
    token: IssuerKey
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedIssuer:
    """What an issuer tells strangers: who it is, and all the keys it ever had, oldest first.

    It issues as long as it is open; what it issued verifies all the same when it no longer is.
    """

    org_id: OrganizationId | None
    name: str
    url: str
    email: str = ""
    description: str = ""
    image_url: str = ""
    is_open: bool
    keys: Sequence[StoredKey]
