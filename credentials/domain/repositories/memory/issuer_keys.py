"""Keys of issuers in memory."""

from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field, replace

from accounts.public import Organization, OrganizationId
from authsvc.kernel.tenancy import TenantScope
from credentials.domain.entities.issuers import IssuerKeyId, StoredKey
from credentials.domain.errors import IssuerKeyNotFound


@dataclass(frozen=True, slots=True)
class InMemoryIssuerKeyRepository:
    organizations: Mapping[OrganizationId, Organization]
    store: MutableMapping[IssuerKeyId, StoredKey] = field(default_factory=dict)

    def add(self, key: StoredKey, *, scope: TenantScope) -> bool:
        scope.require(key.org_id)
        taken = {other.kind for other in self._of(key.org_id) if other.is_current}
        if key.kind in taken:
            return False
        self.store[key.id] = key
        return True

    def current_of(self, org_id: OrganizationId | None, *, scope: TenantScope) -> list[StoredKey]:
        return [key for key in self.all_of(org_id, scope=scope) if key.is_current]

    def current_with_url(
        self, org_id: OrganizationId | None, *, scope: TenantScope
    ) -> tuple[list[StoredKey], str]:
        keys = self.current_of(org_id, scope=scope)
        return keys, self.organizations[org_id].url if keys and org_id is not None else ""

    def all_of(self, org_id: OrganizationId | None, *, scope: TenantScope) -> list[StoredKey]:
        visible = scope.among(self._of(org_id))
        return sorted(visible, key=lambda key: (key.valid_from, key.id))

    def get_for_update(self, key_id: IssuerKeyId, *, scope: TenantScope) -> StoredKey:
        key = self.store.get(key_id)
        if key is None or not scope.covers(key.org_id):
            raise IssuerKeyNotFound
        return key

    def current_for_update(
        self, org_id: OrganizationId | None, *, scope: TenantScope
    ) -> list[StoredKey]:
        return self.current_of(org_id, scope=scope)

    def save(self, key: StoredKey, *, scope: TenantScope) -> None:
        scope.require(key.org_id)
        self.store[key.id] = replace(
            self.store[key.id],
            is_current=key.is_current,
            retired_at=key.retired_at,
            compromised_from=key.compromised_from,
        )

    def _of(self, org_id: OrganizationId | None) -> Iterator[StoredKey]:
        return (key for key in self.store.values() if key.org_id == org_id)
