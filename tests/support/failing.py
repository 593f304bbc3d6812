"""Repositories that fail at a chosen moment."""

from collections.abc import Iterator
from dataclasses import dataclass

from accounts.domain.access import UserId
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.verification import Stored
from credentials.domain.entities.credentials import (
    IssuedCredential,
    IssuedCredentialId,
    IssuedSelection,
)
from credentials.domain.entities.definitions import CredentialId
from credentials.domain.repositories.protocols.issued_credentials import IssuedCredentialRepository
from tests.support.blocks import Oops


@dataclass(frozen=True, slots=True)
class FailingIssuedCredentialRepository:
    """Wraps another repository, and fails after each `add`."""

    repository: IssuedCredentialRepository

    def add(self, issued: IssuedCredential, *, scope: TenantScope) -> None:
        self.repository.add(issued, scope=scope)
        raise Oops

    def shown(self, issued_id: IssuedCredentialId) -> IssuedCredential:
        return self.repository.shown(issued_id)

    def get_for_update(
        self, issued_id: IssuedCredentialId, *, scope: TenantScope
    ) -> IssuedCredential:
        return self.repository.get_for_update(issued_id, scope=scope)

    def save(self, issued: IssuedCredential, *, scope: TenantScope) -> None:
        self.repository.save(issued, scope=scope)

    def latest_of(self, user_id: UserId, credential_id: CredentialId) -> IssuedCredential | None:
        return self.repository.latest_of(user_id, credential_id)

    def successor_of(
        self, issued_id: IssuedCredentialId, *, scope: TenantScope
    ) -> IssuedCredential | None:
        return self.repository.successor_of(issued_id, scope=scope)

    def page_for_user(self, user_id: UserId, request: PageRequest) -> Page[IssuedCredential]:
        return self.repository.page_for_user(user_id, request)

    def page_of(
        self, selection: IssuedSelection, request: PageRequest, *, scope: TenantScope
    ) -> Page[IssuedCredential]:
        return self.repository.page_of(selection, request, scope=scope)

    def in_streams(self, *, scope: TenantScope) -> Iterator[Stored[IssuedCredential]]:
        return self.repository.in_streams(scope=scope)

    def count(self) -> int:
        return self.repository.count()
