"""Claims in memory."""

from collections.abc import Collection, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from accounts.public import Organization, OrganizationId, OrganizationStatus
from authsvc.kernel.memory import remove_where
from authsvc.kernel.paging import Page, PageRequest, page_in_memory
from authsvc.kernel.tenancy import TenantScope
from credentials.domain.entities.claims import ClaimId, CredentialClaim
from credentials.domain.entities.definitions import CredentialId
from credentials.domain.errors import ClaimNotFound
from credentials.domain.repositories.protocols.claims import CLAIMS


@dataclass(frozen=True, slots=True)
class InMemoryClaimRepository:
    organizations: Mapping[OrganizationId, Organization]
    store: MutableMapping[ClaimId, CredentialClaim] = field(default_factory=dict)

    def add_all(self, claims: Sequence[CredentialClaim], *, scope: TenantScope) -> int:
        added = 0
        for claim in claims:
            scope.require(claim.org_id)
            if not self.of_credential(claim.credential_id, [claim.email], scope=scope):
                self.store[claim.id] = claim
                added += 1
        return added

    def of_credential(
        self, credential_id: CredentialId, emails: Collection[str], *, scope: TenantScope
    ) -> dict[str, CredentialClaim]:
        return {
            claim.email: claim
            for claim in scope.among(self.store.values())
            if claim.credential_id == credential_id and claim.email in emails
        }

    def find(self, token_hash: str) -> CredentialClaim | None:
        return next((claim for claim in self._open() if claim.token_hash == token_hash), None)

    def for_address(self, email: str) -> list[CredentialClaim]:
        claims = [claim for claim in self._open() if claim.email == email]
        return sorted(claims, key=lambda claim: (claim.created_at, claim.id))

    def page_of(
        self, org_id: OrganizationId, request: PageRequest, *, scope: TenantScope
    ) -> Page[CredentialClaim]:
        owned = [one for one in scope.among(self.store.values()) if one.org_id == org_id]
        return page_in_memory(owned, request, CLAIMS)

    def get(self, claim_id: ClaimId, *, scope: TenantScope) -> CredentialClaim:
        claim = self.store.get(claim_id)
        if claim is None or not scope.covers(claim.org_id):
            raise ClaimNotFound
        return claim

    def remove(self, claim: CredentialClaim, *, scope: TenantScope) -> bool:
        scope.require(claim.org_id)
        return self.store.pop(claim.id, None) is not None

    def remove_expired(self, *, before: datetime) -> int:
        return remove_where(
            self.store, lambda claim: claim.expires_at < before or self._has_ended(claim)
        )

    def _has_ended(self, claim: CredentialClaim) -> bool:
        if claim.org_id is None:
            return False
        return self.organizations[claim.org_id].status is OrganizationStatus.DELETED

    def _open(self) -> Iterator[CredentialClaim]:
        return (
            claim
            for claim in self.store.values()
            if claim.org_id is None or self.organizations[claim.org_id].is_open
        )
