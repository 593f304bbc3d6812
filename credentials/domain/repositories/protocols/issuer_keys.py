"""Repository of the keys of issuers."""

from typing import Protocol

from accounts.public import OrganizationId
from authsvc.kernel.tenancy import TenantScope
from credentials.domain.entities.issuers import IssuerKeyId, StoredKey


class IssuerKeyRepository(Protocol):
    def add(self, key: StoredKey, *, scope: TenantScope) -> bool:
        """Add a current key, and return True; False if the issuer has a current key of the kind by now."""

    def current_of(self, org_id: OrganizationId | None, *, scope: TenantScope) -> list[StoredKey]:
        """Return the current keys of an issuer in scope, in any order."""

    def current_with_url(
        self, org_id: OrganizationId | None, *, scope: TenantScope
    ) -> tuple[list[StoredKey], str]:
        """Like current_of, with the URL of the organization; empty if it has none, or there are no keys."""

    def all_of(self, org_id: OrganizationId | None, *, scope: TenantScope) -> list[StoredKey]:
        """Return all keys of an issuer in scope, by the time from which they are valid, then id."""

    def get_for_update(self, key_id: IssuerKeyId, *, scope: TenantScope) -> StoredKey:
        """Return the key in scope, locked until the unit of work ends. Raise IssuerKeyNotFound."""

    def current_for_update(
        self, org_id: OrganizationId | None, *, scope: TenantScope
    ) -> list[StoredKey]:
        """Like current_of, with the keys locked until the unit of work ends."""

    def save(self, key: StoredKey, *, scope: TenantScope) -> None:
        """Save whether it is current, and since when it is retired or compromised; nothing else can change."""
