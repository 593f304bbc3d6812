"""Signed credentials and status lists in memory."""

from collections.abc import Collection, Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

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
from credentials.domain.errors import StatusListNotFound
from credentials.domain.repositories.memory.issued_credentials import (
    InMemoryIssuedCredentialRepository,
)
from credentials.domain.repositories.memory.issuer_keys import InMemoryIssuerKeyRepository


@dataclass(frozen=True, slots=True)
class InMemorySignedCredentialRepository:
    issued: InMemoryIssuedCredentialRepository
    keys: InMemoryIssuerKeyRepository
    lists: Mapping[UUID, StatusList]
    store: MutableMapping[IssuedCredentialId, SignedCredential] = field(default_factory=dict)

    def add(self, signed: SignedCredential, *, scope: TenantScope) -> bool:
        scope.require(signed.org_id)
        places = {(other.status_list_id, other.status_index) for other in self.store.values()}
        if (signed.status_list_id, signed.status_index) in places:
            return False
        self.store[signed.issued_id] = signed
        return True

    def find(self, issued_id: IssuedCredentialId) -> SignedCredential | None:
        return self.store.get(issued_id)

    def shown(self, issued_id: IssuedCredentialId) -> tuple[IssuedCredential, SignedForm | None]:
        issued, signed = self.issued.shown(issued_id), self.find(issued_id)
        if signed is None:
            return issued, None
        key = self.keys.store[signed.proof_key_id]
        return issued, SignedForm(document=signed.document, key=key)

    def slice_of_user(
        self, user_id: UserId, *, after: datetime | None, offset: int, limit: int
    ) -> HeldDocuments:
        held = sorted(
            (
                issued
                for issued in self.issued.store.values()
                if issued.user_id == user_id
                and issued.revocation is None
                and (after is None or issued.issued_at > after)
            ),
            key=lambda issued: (issued.issued_at, issued.id),
        )
        documents = tuple(
            (issued.id, signed.document if (signed := self.find(issued.id)) else None)
            for issued in held[offset : offset + limit]
        )
        return HeldDocuments(documents=documents, total=len(held))

    def documents_of(
        self, user_id: UserId, issued_ids: Iterable[IssuedCredentialId]
    ) -> dict[IssuedCredentialId, str]:
        return {
            issued_id: self.store[issued_id].document
            for issued_id in issued_ids
            if issued_id in self.store and self.issued.shown(issued_id).user_id == user_id
        }

    def by_id(self, *, scope: TenantScope) -> Iterator[Stored[SignedRecord]]:
        for signed in sorted(scope.among(self.store.values()), key=lambda one: one.issued_id):
            record = SignedRecord(
                signed=signed,
                issued=self.issued.shown(signed.issued_id),
                proof_key=self.keys.store[signed.proof_key_id],
                token_key=self.keys.store[signed.token_key_id],
                list_number=self.lists[signed.status_list_id].number,
            )
            yield Stored(key=signed.issued_id, id=signed.issued_id, item=record)


@dataclass(frozen=True, slots=True)
class InMemoryStatusListRepository:
    signed: InMemorySignedCredentialRepository
    issued: InMemoryIssuedCredentialRepository
    store: MutableMapping[UUID, StatusList] = field(default_factory=dict)

    def add(self, status_list: StatusList, *, scope: TenantScope) -> bool:
        scope.require(status_list.org_id)
        if (status_list.org_id, status_list.number) in self._numbers():
            return False
        self.store[status_list.id] = status_list
        return True

    def latest_of(self, org_id: OrganizationId | None, *, scope: TenantScope) -> StatusList | None:
        lists = [one for one in scope.among(self.store.values()) if one.org_id == org_id]
        return max(lists, key=lambda one: one.number, default=None)

    def shown(self, org_id: OrganizationId | None, number: int) -> StatusList:
        status_list = self._numbers().get((org_id, number))
        if status_list is None:
            raise StatusListNotFound
        return status_list

    def taken(self, status_list: StatusList, indexes: Collection[int]) -> set[int]:
        wanted = set(indexes)
        return {
            signed.status_index
            for signed in self.signed.store.values()
            if signed.status_list_id == status_list.id and signed.status_index in wanted
        }

    def count_change(
        self, issued_id: IssuedCredentialId, *, at: datetime, scope: TenantScope
    ) -> None:
        signed = self.signed.find(issued_id)
        if signed is None:
            return
        before = self.store[signed.status_list_id]
        scope.require(before.org_id)
        self.store[before.id] = replace(before, version=before.version + 1, changed_at=at)

    def indexes_set(self, status_list: StatusList) -> list[int]:
        return [
            signed.status_index
            for signed in self.signed.store.values()
            if signed.status_list_id == status_list.id
            and self.issued.shown(signed.issued_id).is_barred
        ]

    def revoked_in(
        self, status_list: StatusList
    ) -> dict[IssuedCredentialId, RevocationCause | None]:
        return {
            signed.issued_id: revocation.cause
            for signed in self.signed.store.values()
            if signed.status_list_id == status_list.id
            and (revocation := self.issued.shown(signed.issued_id).revocation) is not None
        }

    def _numbers(self) -> dict[tuple[OrganizationId | None, int], StatusList]:
        return {(one.org_id, one.number): one for one in self.store.values()}
