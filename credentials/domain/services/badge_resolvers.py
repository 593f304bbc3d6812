"""Keys and status lists with which badges are verified: those that are published here, and those of other issuers."""

import re
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from credentials.domain.entities.issuers import Addresses, IssuerKeyId
from credentials.domain.errors import (
    IssuerKeyNotFound,
    IssuerKeyUnreadable,
    StatusListNotFound,
)
from credentials.domain.services.issuer_keys import IssuerKeys
from credentials.domain.services.status_lists import StatusLists
from credentials.openbadges.errors import InvalidDocument, InvalidKey
from credentials.openbadges.keys import DID_KEY, IssuerKey
from credentials.openbadges.verification import Resolver, Unresolved

_NUMBER: Final = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)
_NO_LIST: Final = "No issuer here has the status list that the credential names."
_UUID: Final = re.compile(r"[0-9a-f-]{36}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnIssuers:
    """What issuers here publish."""

    issuer_keys: IssuerKeys
    status_lists: StatusLists
    addresses: Addresses

    def key(self, url: str) -> IssuerKey:
        """The key at an address of this service. Raises InvalidKey."""
        published = self.addresses.published(url, "keys")
        if published is not None and _UUID.fullmatch(published[1]):
            try:
                return self.issuer_keys.key(published[0], IssuerKeyId(UUID(published[1])))
            except (IssuerKeyNotFound, ValueError):
                pass
        raise InvalidKey("No issuer here has the key that the credential names.")

    def status_list(self, url: str) -> str:
        """The status list at an address of this service. Raises InvalidDocument, Unresolved."""
        published = self.addresses.published(url, "status-lists")
        if published is not None and _NUMBER.fullmatch(published[1]):
            try:
                return self.status_lists.credential(published[0], int(published[1]))
            except StatusListNotFound:
                pass
            except IssuerKeyUnreadable as error:
                raise Unresolved(error.detail) from None
        raise InvalidDocument(_NO_LIST)


@dataclass(frozen=True, slots=True, kw_only=True)
class BadgeResolver:
    """Implements Resolver for one verification. `elsewhere` resolves what other hosts publish.

    Keys can also be their own identifier (did:key). What the credentials of a transcript have in common is resolved
    once.
    """

    own: OwnIssuers
    elsewhere: Resolver
    keys: dict[tuple[str, str], IssuerKey] = field(default_factory=dict)
    lists: dict[str, str] = field(default_factory=dict)

    def key(self, url: str, issuer_id: str) -> IssuerKey:
        if (url, issuer_id) not in self.keys:
            self.keys[url, issuer_id] = self._key(url, issuer_id)
        return self.keys[url, issuer_id]

    def status_list(self, url: str) -> str:
        if url not in self.lists:
            resolver = self.own if self.own.addresses.is_own(url) else self.elsewhere
            self.lists[url] = resolver.status_list(url)
        return self.lists[url]

    def revocation_list(self, url: str) -> bytes:
        if self.own.addresses.is_own(url):
            # What issuers here sign names a status list.
            raise InvalidDocument(_NO_LIST)
        return self.elsewhere.revocation_list(url)

    def _key(self, url: str, issuer_id: str) -> IssuerKey:
        if url.startswith(DID_KEY):
            return IssuerKey.of_did_key(url)
        if self.own.addresses.is_own(url):
            return self.own.key(url)
        return self.elsewhere.key(url, issuer_id)
