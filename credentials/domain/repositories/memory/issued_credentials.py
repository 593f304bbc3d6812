"""Issued credentials in memory."""

from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from accounts.public import UserId
from authsvc.kernel.paging import Page, PageRequest, page_in_memory
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.verification import Stored
from credentials.domain.entities.credentials import (
    IssuedCredential,
    IssuedCredentialId,
    IssuedSelection,
)
from credentials.domain.entities.definitions import CredentialId
from credentials.domain.errors import AlreadyIssued, IssuedCredentialNotFound
from credentials.domain.repositories.protocols.issued_credentials import (
    ISSUED,
    ISSUED_BY_ORGANIZATION,
)


@dataclass(frozen=True, slots=True)
class InMemoryIssuedCredentialRepository:
    store: MutableMapping[IssuedCredentialId, IssuedCredential] = field(default_factory=dict)

    def add(self, issued: IssuedCredential, *, scope: TenantScope) -> None:
        scope.require(issued.org_id)
        latest = self.latest_of(issued.user_id, issued.credential_id)
        if issued.is_current and latest is not None and latest.is_current:
            raise AlreadyIssued
        self.store[issued.id] = issued

    def shown(self, issued_id: IssuedCredentialId) -> IssuedCredential:
        try:
            return self.store[issued_id]
        except KeyError:
            raise IssuedCredentialNotFound from None

    def get_for_update(
        self, issued_id: IssuedCredentialId, *, scope: TenantScope
    ) -> IssuedCredential:
        issued = self.shown(issued_id)
        if not scope.covers(issued.org_id):
            raise IssuedCredentialNotFound
        return issued

    def save(self, issued: IssuedCredential, *, scope: TenantScope) -> None:
        scope.require(issued.org_id)
        self.store[issued.id] = replace(
            self.store[issued.id],
            revocation=issued.revocation,
            is_current=issued.is_current,
            suspension=issued.suspension,
            shows_name=issued.shows_name,
        )

    def successor_of(
        self, issued_id: IssuedCredentialId, *, scope: TenantScope
    ) -> IssuedCredential | None:
        successors = (
            one for one in scope.among(self.store.values()) if one.supersedes == issued_id
        )
        return max(successors, key=_issue, default=None)

    def page_for_user(self, user_id: UserId, request: PageRequest) -> Page[IssuedCredential]:
        return page_in_memory(self._of(user_id), request, ISSUED)

    def latest_of(self, user_id: UserId, credential_id: CredentialId) -> IssuedCredential | None:
        credentials = (
            issued for issued in self._of(user_id) if issued.credential_id == credential_id
        )
        return max(
            credentials, key=lambda issued: (issued.is_current, *_issue(issued)), default=None
        )

    def page_of(
        self, selection: IssuedSelection, request: PageRequest, *, scope: TenantScope
    ) -> Page[IssuedCredential]:
        visible = scope.among(self.store.values())
        return page_in_memory(filter(selection.includes, visible), request, ISSUED_BY_ORGANIZATION)

    def in_streams(self, *, scope: TenantScope) -> Iterator[Stored[IssuedCredential]]:
        for issued in sorted(self.store.values(), key=lambda one: (one.stream, one.id)):
            if scope.covers(issued.org_id):
                yield Stored(key=issued.stream, id=issued.id, item=issued)

    def count(self) -> int:
        return len(self.store)

    def _of(self, user_id: UserId) -> Iterator[IssuedCredential]:
        return (issued for issued in self.store.values() if issued.user_id == user_id)


def _issue(issued: IssuedCredential) -> tuple[datetime, UUID]:
    return issued.issued_at, issued.id
