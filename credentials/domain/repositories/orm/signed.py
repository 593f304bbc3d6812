"""Signed credentials and status lists in the database."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any, Final

from django.db.models import F, Q

from accounts.public import OrganizationId, UserId
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.verification import Stored
from authsvc.storage.inserts import insert, parts_of
from authsvc.storage.prepared import PreparedQuery
from authsvc.storage.rows import values_of
from authsvc.storage.tenancy import owned_within
from authsvc.storage.verification import stored_rows
from credentials import models as rows
from credentials.domain.entities.credentials import (
    IssuedCredential,
    IssuedCredentialId,
    RevocationCause,
)
from credentials.domain.entities.issuers import IssuerKeyId, issuer_name
from credentials.domain.entities.signed import (
    HeldDocuments,
    SignedCredential,
    SignedForm,
    SignedRecord,
    StatusList,
)
from credentials.domain.errors import IssuedCredentialNotFound, StatusListNotFound
from credentials.domain.repositories.orm.issued_credentials import issued_of_row
from credentials.domain.repositories.orm.issuer_keys import key_of_row

_SIGNED: Final = PreparedQuery(lambda issued_id: rows.SignedCredential.objects.filter(pk=issued_id))

_KEY: Final = tuple(field.attname for field in rows.IssuerKey._meta.concrete_fields)
_SHOWN: Final = PreparedQuery(
    lambda issued_id: rows.UserCredential.objects.filter(pk=issued_id).annotate(
        signed_document=F("signed__document"),
        **{f"key_{name}": F(f"signed__proof_key__{name}") for name in _KEY},
    )
)


class OrmSignedCredentialRepository:
    def add(self, signed: SignedCredential, *, scope: TenantScope) -> bool:
        scope.require(signed.org_id)
        values = values_of(rows.SignedCredential, signed)
        taken = ("status_list_id", "status_index")
        return insert(rows.SignedCredential, [values], unless_taken=taken) == 1

    def find(self, issued_id: IssuedCredentialId) -> SignedCredential | None:
        row = _SIGNED.first(issued_id)
        return None if row is None else _signed(row)

    def shown(self, issued_id: IssuedCredentialId) -> tuple[IssuedCredential, SignedForm | None]:
        row: Any = _SHOWN.first(issued_id)
        if row is None:
            raise IssuedCredentialNotFound
        if row.signed_document is None:
            return issued_of_row(row), None
        key = rows.IssuerKey(**{name: getattr(row, f"key_{name}") for name in _KEY})
        form = SignedForm(document=row.signed_document, key=key_of_row(key))
        return issued_of_row(row), form

    def slice_of_user(
        self, user_id: UserId, *, after: datetime | None, offset: int, limit: int
    ) -> HeldDocuments:
        held = rows.UserCredential.objects.filter(user_id=user_id, revoked_at=None)
        if after is not None:
            held = held.filter(issued_at__gt=after)
        listed = held.order_by("issued_at", "id").values_list("id", "signed__document")
        return HeldDocuments(
            documents=tuple(
                (IssuedCredentialId(id_), document)
                for id_, document in listed[offset : offset + limit]
            ),
            total=held.count(),
        )

    def documents_of(
        self, user_id: UserId, issued_ids: Iterable[IssuedCredentialId]
    ) -> dict[IssuedCredentialId, str]:
        signed = rows.SignedCredential.objects.filter(
            pk__in=list(issued_ids), issued__user_id=user_id
        )
        pairs = signed.values_list("issued_id", "document")
        return {IssuedCredentialId(issued_id): document for issued_id, document in pairs}

    def by_id(self, *, scope: TenantScope) -> Iterator[Stored[SignedRecord]]:
        signed = rows.SignedCredential.objects.filter(owned_within(scope)).select_related(
            "issued", "proof_key", "token_key", "status_list"
        )
        return stored_rows(signed.order_by("pk"), _record, key=lambda row: row.pk)


class OrmStatusListRepository:
    def add(self, status_list: StatusList, *, scope: TenantScope) -> bool:
        scope.require(status_list.org_id)
        values = values_of(rows.StatusList, status_list, issuer=issuer_name(status_list.org_id))
        return insert(rows.StatusList, [values], unless_taken=("issuer", "number")) == 1

    def latest_of(self, org_id: OrganizationId | None, *, scope: TenantScope) -> StatusList | None:
        lists = rows.StatusList.objects.filter(owned_within(scope), issuer=issuer_name(org_id))
        row = lists.order_by("-number").first()
        return None if row is None else _list(row)

    def shown(self, org_id: OrganizationId | None, number: int) -> StatusList:
        lists = rows.StatusList.objects.filter(issuer=issuer_name(org_id), number=number)
        row = lists.first()
        if row is None:
            raise StatusListNotFound
        return _list(row)

    def taken(self, status_list: StatusList, indexes: Collection[int]) -> set[int]:
        entries = rows.SignedCredential.objects.filter(status_list_id=status_list.id)
        return {
            index
            for part in parts_of(indexes)
            for index in entries.filter(status_index__in=part).values_list(
                "status_index", flat=True
            )
        }

    def count_change(
        self, issued_id: IssuedCredentialId, *, at: datetime, scope: TenantScope
    ) -> None:
        lists = rows.StatusList.objects.filter(owned_within(scope), entries__issued_id=issued_id)
        lists.update(version=F("version") + 1, changed_at=at)

    def indexes_set(self, status_list: StatusList) -> list[int]:
        is_barred = Q(issued__revoked_at__isnull=False) | Q(issued__suspended_at__isnull=False)
        entries = rows.SignedCredential.objects.filter(is_barred, status_list_id=status_list.id)
        return list(entries.values_list("status_index", flat=True))

    def revoked_in(
        self, status_list: StatusList
    ) -> dict[IssuedCredentialId, RevocationCause | None]:
        entries = rows.SignedCredential.objects.filter(
            issued__revoked_at__isnull=False, status_list_id=status_list.id
        )
        return {
            IssuedCredentialId(issued_id): RevocationCause(cause) if cause else None
            for issued_id, cause in entries.values_list("issued_id", "issued__revocation_cause")
        }


def _signed(row: rows.SignedCredential) -> SignedCredential:
    return SignedCredential(
        issued_id=IssuedCredentialId(row.issued_id),
        org_id=OrganizationId(row.org_id) if row.org_id else None,
        document=row.document,
        token=row.token,
        proof_key_id=IssuerKeyId(row.proof_key_id),
        token_key_id=IssuerKeyId(row.token_key_id),
        status_list_id=row.status_list_id,
        status_index=row.status_index,
        signed_at=row.signed_at,
    )


def _record(row: rows.SignedCredential) -> SignedRecord:
    return SignedRecord(
        signed=_signed(row),
        issued=issued_of_row(row.issued),
        proof_key=key_of_row(row.proof_key),
        token_key=key_of_row(row.token_key),
        list_number=row.status_list.number,
    )


def _list(row: rows.StatusList) -> StatusList:
    return StatusList(
        id=row.id,
        org_id=OrganizationId(row.org_id) if row.org_id else None,
        number=row.number,
        version=row.version,
        changed_at=row.changed_at,
    )
