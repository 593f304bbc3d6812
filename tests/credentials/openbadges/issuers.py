"""What issuers publish, for verification."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from credentials.openbadges.integrity import with_proof
from credentials.openbadges.json_texts import json_text
from credentials.openbadges.keys import IssuerKey
from credentials.openbadges.status_lists import encoded, list_document
from credentials.openbadges.verification import Unresolved
from tests.credentials.openbadges.awards import ISSUED, LIST_URL, SCHOOL_ID, ed25519, rsa


def status_list(
    indexes: Iterable[int] = (), *, issuer_id: str = SCHOOL_ID, purpose: str = "revocation"
) -> dict[str, Any]:
    """A signed status list in which these entries are set."""
    document = list_document(
        url=LIST_URL,
        issuer_id=issuer_id,
        purpose=purpose,
        encoded_list=encoded(indexes),
        valid_from=ISSUED,
    )
    return with_proof(document, ed25519(), ISSUED)


@dataclass(frozen=True, slots=True)
class Published:
    """Implements Resolver with keys and status lists in memory."""

    keys: dict[str, IssuerKey] = field(
        default_factory=lambda: {key.id: key for key in (ed25519(), rsa())}
    )
    lists: dict[str, str] = field(default_factory=lambda: {LIST_URL: json_text(status_list())})

    def key(self, url: str, issuer_id: str) -> IssuerKey:
        if url not in self.keys:
            raise Unresolved("The key of the issuer cannot be found.")
        return self.keys[url]

    def status_list(self, url: str) -> str:
        if url not in self.lists:
            raise Unresolved("The status list cannot be read.")
        return self.lists[url]

    def revocation_list(self, url: str) -> bytes:
        return self.status_list(url).encode()
