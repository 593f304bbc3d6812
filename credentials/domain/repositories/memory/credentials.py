"""Credential definitions in memory."""

from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from accounts.public import OrganizationId
from authsvc.kernel.paging import Page, PageRequest, page_in_memory
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.verification import Stored
from credentials.domain.entities.definitions import (
    Credential,
    CredentialId,
    CredentialVersion,
)
from credentials.domain.entities.rules import Trigger
from credentials.domain.errors import CredentialNotFound, CredentialVersionNotFound
from credentials.domain.repositories.protocols.credentials import (
    CREDENTIALS,
    CREDENTIALS_OF_ORGANIZATION,
    VERSIONS,
)


@dataclass(frozen=True, slots=True)
class InMemoryCredentialRepository:
    store: MutableMapping[CredentialId, Credential] = field(default_factory=dict)
    versions: MutableMapping[tuple[CredentialId, int], CredentialVersion] = field(
        default_factory=dict
    )

    def add(self, credential: Credential, *, scope: TenantScope) -> None:
        self._save(credential, scope)

    def get(self, credential_id: CredentialId, *, scope: TenantScope) -> Credential:
        credential = self.store.get(credential_id)
        if credential is None or not scope.covers(credential.org_id):
            raise CredentialNotFound
        return credential

    def get_for_update(self, credential_id: CredentialId, *, scope: TenantScope) -> Credential:
        return self.get(credential_id, scope=scope)

    def save(self, credential: Credential, *, scope: TenantScope) -> None:
        self._save(credential, scope)

    def page_of(self, request: PageRequest, *, scope: TenantScope) -> Page[Credential]:
        visible = (
            credential for credential in self.store.values() if scope.covers(credential.org_id)
        )
        offered = (credential for credential in visible if credential.is_offered)
        return page_in_memory(offered, request, CREDENTIALS)

    def page_for_organization(
        self, org_id: OrganizationId, request: PageRequest, *, scope: TenantScope
    ) -> Page[Credential]:
        visible = scope.among(self.store.values())
        owned = (credential for credential in visible if credential.org_id == org_id)
        return page_in_memory(owned, request, CREDENTIALS_OF_ORGANIZATION)

    def shown_version(self, credential_id: CredentialId, number: int) -> CredentialVersion:
        version = self.versions.get((credential_id, number))
        if version is None:
            raise CredentialVersionNotFound
        return version

    def versions_of(
        self, credential_id: CredentialId, request: PageRequest, *, scope: TenantScope
    ) -> Page[CredentialVersion]:
        visible = scope.among(self.versions.values())
        versions = (version for version in visible if version.credential_id == credential_id)
        return page_in_memory(versions, request, VERSIONS)

    def earned_by(self, done: Trigger) -> list[Credential]:
        offered = (credential for credential in self.store.values() if credential.is_offered)
        earned = (credential for credential in offered if done in credential.terms.triggers)
        return sorted(earned, key=_age)

    def by_id(self, *, scope: TenantScope) -> Iterator[Stored[Credential]]:
        for credential_id, credential in sorted(self.store.items(), key=lambda item: item[0]):
            if scope.covers(credential.org_id):
                yield Stored(key=credential_id, id=credential_id, item=credential)

    def count(self) -> int:
        return len(self.store)

    def _save(self, credential: Credential, scope: TenantScope) -> None:
        scope.require(credential.org_id)
        self.store[credential.id] = credential
        self.versions.setdefault((credential.id, credential.version), credential.current_version)


def _age(credential: Credential) -> tuple[datetime, UUID]:
    return credential.created_at, credential.id
