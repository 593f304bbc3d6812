"""Revocation lists: which credentials of an issuer are revoked, by id, for verifiers that read no status lists."""

from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from accounts.public import OrganizationId
from authsvc.kernel.caches import BoundedCache
from credentials.domain.entities.issuers import Addresses
from credentials.domain.entities.public import CAUSES
from credentials.domain.entities.signed import StatusList
from credentials.domain.repositories.protocols.signed import StatusListRepository
from credentials.openbadges.json_texts import json_text
from credentials.openbadges.revocation_lists import RevokedEntry, list_document

MOST_CACHED: Final = 32
"""Lists that a process holds ready: with many revoked credentials, one is far longer than a status list."""
_Version = tuple[UUID, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationLists:
    """The list with a number is about credentials with a place in the status list of that number, so it is bounded.

    Suspended ones are not in it. The same list has the same bytes.
    """

    status_lists: StatusListRepository
    addresses: Addresses
    cached: BoundedCache[_Version, str] = field(default_factory=lambda: BoundedCache(MOST_CACHED))

    def text(self, org_id: OrganizationId | None, number: int) -> str:
        """Return the list as JSON, to anybody. Raises StatusListNotFound."""
        status_list = self.status_lists.shown(org_id, number)
        version = (status_list.id, status_list.version)
        return self.cached.get(version, lambda: self._text(status_list))

    def _text(self, status_list: StatusList) -> str:
        revoked = self.status_lists.revoked_in(status_list)
        document = list_document(
            url=self.addresses.revocation_list(status_list.org_id, status_list.number),
            issuer_id=self.addresses.issuer(status_list.org_id),
            revoked=[
                RevokedEntry(
                    id=self.addresses.issued(issued_id),
                    reason="" if cause is None else CAUSES[cause],
                )
                for issued_id, cause in sorted(revoked.items(), key=lambda item: item[0])
            ],
        )
        return json_text(document)
