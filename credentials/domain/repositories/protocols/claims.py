"""Repository of claims."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from accounts.public import OrganizationId
from authsvc.kernel.paging import Keyset, Page, PageRequest
from authsvc.kernel.tenancy import TenantScope
from credentials.domain.entities.claims import ClaimId, CredentialClaim
from credentials.domain.entities.definitions import CredentialId

CLAIMS: Final = Keyset("claims", {"created_at": datetime, "id": UUID})


class ClaimRepository(Protocol):
    """Those of organizations that are suspended or deleted are neither found by token nor by address."""

    def add_all(self, claims: Sequence[CredentialClaim], *, scope: TenantScope) -> int:
        """Add claims, each unless there is one of its credential for its address, and return how many were added."""

    def of_credential(
        self, credential_id: CredentialId, emails: Collection[str], *, scope: TenantScope
    ) -> dict[str, CredentialClaim]:
        """Return the claims of a credential for these addresses, by address, expired ones included."""

    def find(self, token_hash: str) -> CredentialClaim | None:
        """Return the claim with this token hash, whatever its owner: whoever presents the token is invited."""

    def for_address(self, email: str) -> list[CredentialClaim]:
        """Return the claims for this address, whatever their owners, by time; their mail was for its owner."""

    def page_of(
        self, org_id: OrganizationId, request: PageRequest, *, scope: TenantScope
    ) -> Page[CredentialClaim]:
        """Return the claims of the organization's credentials, oldest first; the id breaks ties."""

    def get(self, claim_id: ClaimId, *, scope: TenantScope) -> CredentialClaim:
        """Raise ClaimNotFound if there is none in scope."""

    def remove(self, claim: CredentialClaim, *, scope: TenantScope) -> bool:
        """Delete the claim and return whether it still existed; of concurrent calls only one returns True."""

    def remove_expired(self, *, before: datetime) -> int:
        """Delete the claims that expired before this time, and those of deleted organizations; return their number."""
