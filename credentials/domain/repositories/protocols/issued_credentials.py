"""Repository of issued credentials."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from accounts.public import UserId
from authsvc.kernel.paging import Keyset, Page, PageRequest
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.verification import Stored
from credentials.domain.entities.credentials import (
    IssuedCredential,
    IssuedCredentialId,
    IssuedSelection,
)
from credentials.domain.entities.definitions import CredentialId

ISSUED: Final = Keyset("issued-credentials", {"issued_at": datetime, "id": UUID})
ISSUED_BY_ORGANIZATION: Final = Keyset(
    "issued-by-organization", {"issued_at": datetime, "id": UUID}
)


class IssuedCredentialRepository(Protocol):
    def add(self, issued: IssuedCredential, *, scope: TenantScope) -> None:
        """Raise AlreadyIssued if the user has a current one of this credential."""

    def shown(self, issued_id: IssuedCredentialId) -> IssuedCredential:
        """Return the issued credential, whatever its owner: the id is the holder's to share.

        Raise IssuedCredentialNotFound if there is none.
        """

    def get_for_update(
        self, issued_id: IssuedCredentialId, *, scope: TenantScope
    ) -> IssuedCredential:
        """Return the issued credential in scope, locked. Raise IssuedCredentialNotFound if there is none."""

    def save(self, issued: IssuedCredential, *, scope: TenantScope) -> None:
        """Save the revocation, the suspension, whether it is current and whether it shows the name of its holder.

        Nothing else can change.
        """

    def latest_of(self, user_id: UserId, credential_id: CredentialId) -> IssuedCredential | None:
        """Return the user's current one of this credential, or else the one issued last, if any."""

    def successor_of(
        self, issued_id: IssuedCredentialId, *, scope: TenantScope
    ) -> IssuedCredential | None:
        """Return the one in scope that was issued in place of this one, the last if there are several."""

    def page_for_user(self, user_id: UserId, request: PageRequest) -> Page[IssuedCredential]:
        """Return all of the user's, revoked ones included, by time of issue, then id."""

    def page_of(
        self, selection: IssuedSelection, request: PageRequest, *, scope: TenantScope
    ) -> Page[IssuedCredential]:
        """Return what the organization issued and the selection includes, by time of issue, then id.

        There is nothing if the organization is out of scope.
        """

    def in_streams(self, *, scope: TenantScope) -> Iterator[Stored[IssuedCredential]]:
        """Yield all in scope, by user, course and id. The key of a row is the StreamId in which it is recorded."""

    def count(self) -> int:
        """Return the number of issued credentials of all tenants."""
