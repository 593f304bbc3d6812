"""Repository of credential definitions."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from accounts.public import OrganizationId
from authsvc.kernel.paging import Keyset, Page, PageRequest
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.verification import Stored
from credentials.domain.entities.definitions import (
    Credential,
    CredentialId,
    CredentialVersion,
)
from credentials.domain.entities.rules import Trigger

CREDENTIALS: Final = Keyset("credentials", {"created_at": datetime, "id": UUID})
VERSIONS: Final = Keyset("credential-versions", {"number": int})
CREDENTIALS_OF_ORGANIZATION: Final = Keyset(
    "credentials-of-organization", {"created_at": datetime, "id": UUID}
)


class CredentialRepository(Protocol):
    def add(self, credential: Credential, *, scope: TenantScope) -> None:
        """Add a new definition, with its version."""

    def get(self, credential_id: CredentialId, *, scope: TenantScope) -> Credential:
        """Raise CredentialNotFound if there is none in scope."""

    def get_for_update(self, credential_id: CredentialId, *, scope: TenantScope) -> Credential:
        """Like get, with the definition locked until the unit of work ends."""

    def save(self, credential: Credential, *, scope: TenantScope) -> None:
        """Replace the stored definition, and add its version if it is new; stored versions never change."""

    def page_of(self, request: PageRequest, *, scope: TenantScope) -> Page[Credential]:
        """Return the offered definitions in scope, by time of creation, then id."""

    def page_for_organization(
        self, org_id: OrganizationId, request: PageRequest, *, scope: TenantScope
    ) -> Page[Credential]:
        """Return all of the organization's definitions, withdrawn ones included, by time of creation, then id.

        There are none if the organization is out of scope.
        """

    def shown_version(self, credential_id: CredentialId, number: int) -> CredentialVersion:
        """Return a version, whatever its owner: credentials that were issued on it are their holders' to share.

        Raise CredentialVersionNotFound.
        """

    def versions_of(
        self, credential_id: CredentialId, request: PageRequest, *, scope: TenantScope
    ) -> Page[CredentialVersion]:
        """Return the versions of a definition in scope, by number."""

    def earned_by(self, done: Trigger) -> list[Credential]:
        """Return the offered definitions that completing this may earn, by time of creation, then id.

        Definitions of all owners are included; the caller, who knows the learner, filters them by scope.
        """

    def by_id(self, *, scope: TenantScope) -> Iterator[Stored[Credential]]:
        """Yield all definitions in scope, by id, which is the key of a row."""

    def count(self) -> int:
        """Return the number of definitions of all tenants."""
