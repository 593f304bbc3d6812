"""Keys of issuers in the database."""

from typing import Any, Final

from django.db.models import F, QuerySet

from accounts.public import OrganizationId
from authsvc.kernel.tenancy import TenantScope
from authsvc.storage.inserts import insert
from authsvc.storage.prepared import PreparedQuery
from authsvc.storage.tenancy import organizations_in, owned_by, owned_within
from credentials import models as rows
from credentials.domain.entities.issuers import IssuerKeyId, StoredKey, issuer_name
from credentials.domain.errors import IssuerKeyNotFound
from credentials.openbadges.keys import KeyKind

_CURRENT: Final = PreparedQuery(
    lambda issuer, organizations: rows.IssuerKey.objects.filter(
        owned_by(organizations), issuer=issuer, is_current=True
    ).annotate(organization_url=F("org__url"))
)


class OrmIssuerKeyRepository:
    def add(self, key: StoredKey, *, scope: TenantScope) -> bool:
        scope.require(key.org_id)
        values = {
            "id": key.id,
            "issuer": issuer_name(key.org_id),
            "org_id": key.org_id,
            "kind": key.kind,
            "public_jwk": key.public_jwk,
            "encrypted_private": key.encrypted_private,
            "valid_from": key.valid_from,
            "is_current": key.is_current,
            "retired_at": key.retired_at,
            "compromised_from": key.compromised_from,
        }
        taken = ("issuer", "kind")
        return insert(rows.IssuerKey, [values], unless_taken=taken, among="is_current") == 1

    def current_of(self, org_id: OrganizationId | None, *, scope: TenantScope) -> list[StoredKey]:
        keys, _ = self.current_with_url(org_id, scope=scope)
        return keys

    def current_with_url(
        self, org_id: OrganizationId | None, *, scope: TenantScope
    ) -> tuple[list[StoredKey], str]:
        keys: list[Any] = _CURRENT.all(issuer_name(org_id), organizations_in(scope))
        url = keys[0].organization_url if keys else None
        return [key_of_row(row) for row in keys], url or ""

    def all_of(self, org_id: OrganizationId | None, *, scope: TenantScope) -> list[StoredKey]:
        keys = _of(scope).filter(issuer=issuer_name(org_id))
        return [key_of_row(row) for row in keys.order_by("valid_from", "id")]

    def get_for_update(self, key_id: IssuerKeyId, *, scope: TenantScope) -> StoredKey:
        row = _of(scope).select_for_update().filter(pk=key_id).first()
        if row is None:
            raise IssuerKeyNotFound
        return key_of_row(row)

    def current_for_update(
        self, org_id: OrganizationId | None, *, scope: TenantScope
    ) -> list[StoredKey]:
        keys = _of(scope).filter(issuer=issuer_name(org_id), is_current=True)
        return [key_of_row(row) for row in keys.select_for_update().order_by("pk")]

    def save(self, key: StoredKey, *, scope: TenantScope) -> None:
        scope.require(key.org_id)
        rows.IssuerKey.objects.filter(pk=key.id).update(
            is_current=key.is_current,
            retired_at=key.retired_at,
            compromised_from=key.compromised_from,
        )


def _of(scope: TenantScope) -> QuerySet[rows.IssuerKey]:
    return rows.IssuerKey.objects.filter(owned_within(scope))


def key_of_row(row: rows.IssuerKey) -> StoredKey:
    return StoredKey(
        id=IssuerKeyId(row.id),
        org_id=OrganizationId(row.org_id) if row.org_id else None,
        kind=KeyKind(row.kind),
        public_jwk=row.public_jwk,
        encrypted_private=row.encrypted_private,
        valid_from=row.valid_from,
        is_current=row.is_current,
        retired_at=row.retired_at,
        compromised_from=row.compromised_from,
    )
