"""Repositories of signed credentials and of status lists."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Protocol

from accounts.public import OrganizationId, UserId
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.verification import Stored
from credentials.domain.entities.credentials import (
    IssuedCredential,
    IssuedCredentialId,
    RevocationCause,
)
from credentials.domain.entities.signed import (
    HeldDocuments,
    SignedCredential,
    SignedForm,
    SignedRecord,
    StatusList,
)


class SignedCredentialRepository(Protocol):
    def add(self, signed: SignedCredential, *, scope: TenantScope) -> bool:
        """Add the signed forms, and return True; False if another credential has the place in the status list."""

    def find(self, issued_id: IssuedCredentialId) -> SignedCredential | None:
        """Return the signed forms of an issued credential, whatever its owner: the id is the holder's to share."""

    def shown(self, issued_id: IssuedCredentialId) -> tuple[IssuedCredential, SignedForm | None]:
        """Return the issued credential with its signed document, if it is signed, whatever its owner.

        Raise IssuedCredentialNotFound.
        """

    def slice_of_user(
        self, user_id: UserId, *, after: datetime | None, offset: int, limit: int
    ) -> HeldDocuments:
        """Return *limit* of the user's credentials from *offset* on, by time of issue, then id.

        Only those count that are not revoked and, with *after*, were issued after that time.
        """

    def documents_of(
        self, user_id: UserId, issued_ids: Iterable[IssuedCredentialId]
    ) -> dict[IssuedCredentialId, str]:
        """Return the signed documents of these of the user's issued credentials, as far as they are signed."""

    def by_id(self, *, scope: TenantScope) -> Iterator[Stored[SignedRecord]]:
        """Yield the signed forms of all credentials in scope, by id."""


class StatusListRepository(Protocol):
    def add(self, status_list: StatusList, *, scope: TenantScope) -> bool:
        """Add a list, and return True; False if the issuer has a list with this number by now."""

    def latest_of(self, org_id: OrganizationId | None, *, scope: TenantScope) -> StatusList | None:
        """Return the list of the issuer in scope with the greatest number, if it has one."""

    def shown(self, org_id: OrganizationId | None, number: int) -> StatusList:
        """Return a list, to anybody. Raise StatusListNotFound."""

    def taken(self, status_list: StatusList, indexes: Collection[int]) -> set[int]:
        """Return those of the places in a list that credentials have, whatever their owner."""

    def count_change(
        self, issued_id: IssuedCredentialId, *, at: datetime, scope: TenantScope
    ) -> None:
        """Count a change of the list in scope in which the credential has a place, if it has one."""

    def indexes_set(self, status_list: StatusList) -> list[int]:
        """Return the places of revoked and suspended credentials in a list, in any order, to anybody."""

    def revoked_in(
        self, status_list: StatusList
    ) -> dict[IssuedCredentialId, RevocationCause | None]:
        """Return the revoked credentials with a place in a list, each with its cause, in any order, to anybody."""
