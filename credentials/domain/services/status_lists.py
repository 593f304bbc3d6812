"""Status lists: signed credentials that say which credentials of an issuer are revoked or suspended."""

import json
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from accounts.public import OrganizationId
from authsvc.kernel.caches import BoundedCache
from credentials.domain.entities.issuers import Addresses
from credentials.domain.entities.signed import LIST_LENGTH, StatusList
from credentials.domain.repositories.protocols.signed import StatusListRepository
from credentials.domain.services.issuer_keys import IssuerKeys
from credentials.openbadges.integrity import with_proof
from credentials.openbadges.keys import IssuerKey
from credentials.openbadges.status_lists import encoded, list_document

PURPOSE: Final = "revocation"
"""The purpose of all entries. Open Badges allow one entry for each credential, so it tells suspensions, too."""

MOST_CACHED: Final = 256
_Key = tuple[UUID, int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusLists:
    """Signs a list again when it has changed, or its issuer has another key; the same list has the same bytes."""

    status_lists: StatusListRepository
    issuer_keys: IssuerKeys
    addresses: Addresses
    cached: BoundedCache[_Key, str] = field(default_factory=lambda: BoundedCache(MOST_CACHED))

    def credential(self, org_id: OrganizationId | None, number: int) -> str:
        """Return the list as a signed credential, to anybody. Raises StatusListNotFound, IssuerKeyUnreadable."""
        status_list = self.status_lists.shown(org_id, number)
        key = self.issuer_keys.proof_key(org_id)
        version = (status_list.id, status_list.version, key.id)
        return self.cached.get(version, lambda: self._signed(status_list, key))

    def _signed(self, status_list: StatusList, key: IssuerKey) -> str:
        document = list_document(
            url=self.addresses.status_list(status_list.org_id, status_list.number),
            issuer_id=self.addresses.issuer(status_list.org_id),
            purpose=PURPOSE,
            encoded_list=encoded(self.status_lists.indexes_set(status_list), LIST_LENGTH),
            valid_from=status_list.changed_at,
        )
        proven = with_proof(document, key, max(status_list.changed_at, key.valid_from))
        return json.dumps(proven, separators=(",", ":"))
