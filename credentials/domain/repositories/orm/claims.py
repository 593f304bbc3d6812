"""Claims in the database."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db.models import Q, QuerySet

from accounts.public import OrganizationId, OrganizationStatus, UserId
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.tenancy import TenantScope
from authsvc.storage.inserts import insert
from authsvc.storage.paging import page_of_rows
from authsvc.storage.rows import first_of, values_of
from authsvc.storage.tenancy import owned_within
from credentials import models as rows
from credentials.domain.entities.claims import ClaimId, CredentialClaim
from credentials.domain.entities.definitions import CredentialId
from credentials.domain.errors import ClaimNotFound
from credentials.domain.repositories.protocols.claims import CLAIMS


class OrmClaimRepository:
    def add_all(self, claims: Sequence[CredentialClaim], *, scope: TenantScope) -> int:
        for claim in claims:
            scope.require(claim.org_id)
        values = [values_of(rows.CredentialClaim, claim) for claim in claims]
        return insert(rows.CredentialClaim, values, unless_taken=("credential_id", "email"))

    def of_credential(
        self, credential_id: CredentialId, emails: Collection[str], *, scope: TenantScope
    ) -> dict[str, CredentialClaim]:
        claims = rows.CredentialClaim.objects.filter(owned_within(scope))
        claims = claims.filter(credential_id=credential_id, email__in=list(emails))
        return {row.email: _claim(row) for row in claims}

    def find(self, token_hash: str) -> CredentialClaim | None:
        row = _open().filter(token_hash=token_hash).first()
        return None if row is None else _claim(row)

    def for_address(self, email: str) -> list[CredentialClaim]:
        claims = _open().filter(email=email).order_by("created_at", "id")
        return [_claim(row) for row in claims]

    def page_of(
        self, org_id: OrganizationId, request: PageRequest, *, scope: TenantScope
    ) -> Page[CredentialClaim]:
        claims = rows.CredentialClaim.objects.filter(owned_within(scope), org_id=org_id)
        return page_of_rows(claims, request, CLAIMS, _claim)

    def get(self, claim_id: ClaimId, *, scope: TenantScope) -> CredentialClaim:
        claims = rows.CredentialClaim.objects.filter(owned_within(scope), pk=claim_id)
        return _claim(first_of(claims, missing=ClaimNotFound))

    def remove(self, claim: CredentialClaim, *, scope: TenantScope) -> bool:
        scope.require(claim.org_id)
        return bool(rows.CredentialClaim.objects.filter(pk=claim.id).delete()[0])

    def remove_expired(self, *, before: datetime) -> int:
        has_ended = Q(org__status=OrganizationStatus.DELETED)
        ended = rows.CredentialClaim.objects.filter(Q(expires_at__lt=before) | has_ended)
        return ended.delete()[0]


def _open() -> QuerySet[rows.CredentialClaim]:
    is_open = Q(org=None) | Q(org__status=OrganizationStatus.ACTIVE)
    return rows.CredentialClaim.objects.filter(is_open)


def _claim(row: rows.CredentialClaim) -> CredentialClaim:
    return CredentialClaim(
        id=ClaimId(row.id),
        credential_id=CredentialId(row.credential_id),
        credential_version=row.credential_version,
        org_id=OrganizationId(row.org_id) if row.org_id else None,
        email=row.email,
        token_hash=row.token_hash,
        reason=row.reason,
        made_by=UserId(row.made_by_id) if row.made_by_id else None,
        created_at=row.created_at,
        expires_at=row.expires_at,
    )
