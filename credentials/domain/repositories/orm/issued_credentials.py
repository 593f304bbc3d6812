"""Issued credentials in the database; the table is called user credentials."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from accounts.public import OrganizationId, UserId
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.verification import Stored
from authsvc.storage.changes import since
from authsvc.storage.inserts import insert
from authsvc.storage.paging import page_of_rows
from authsvc.storage.prepared import PreparedQuery
from authsvc.storage.tenancy import owned_within
from authsvc.storage.verification import stored_rows
from courses.public import CourseId
from credentials import models as rows
from credentials.domain.entities.credentials import (
    Evidence,
    IssuedCredential,
    IssuedCredentialId,
    IssuedCredentialStatus,
    IssuedSelection,
    Revocation,
    RevocationCause,
    Suspension,
)
from credentials.domain.entities.definitions import CredentialId
from credentials.domain.entities.rule_values import proof_in, value_of_proof
from credentials.domain.errors import AlreadyIssued, IssuedCredentialNotFound
from credentials.domain.repositories.orm.terms import json_of_terms, terms_of_json
from credentials.domain.repositories.protocols.issued_credentials import (
    ISSUED,
    ISSUED_BY_ORGANIZATION,
)
from progress.public import AssistedGrade, AttemptId, StreamId

Values = dict[str, Any]

_ISSUED: Final = PreparedQuery(lambda issued_id: rows.UserCredential.objects.filter(pk=issued_id))


class OrmIssuedCredentialRepository:
    def add(self, issued: IssuedCredential, *, scope: TenantScope) -> None:
        scope.require(issued.org_id)
        inserted = insert(
            rows.UserCredential,
            [_issued_values(issued)],
            unless_taken=("user_id", "credential_id"),
            among="is_current",
        )
        if not inserted:
            raise AlreadyIssued

    def shown(self, issued_id: IssuedCredentialId) -> IssuedCredential:
        row = _ISSUED.first(issued_id)
        if row is None:
            raise IssuedCredentialNotFound
        return issued_of_row(row)

    def get_for_update(
        self, issued_id: IssuedCredentialId, *, scope: TenantScope
    ) -> IssuedCredential:
        in_scope = rows.UserCredential.objects.filter(owned_within(scope))
        try:
            return issued_of_row(in_scope.select_for_update().get(pk=issued_id))
        except rows.UserCredential.DoesNotExist:
            raise IssuedCredentialNotFound from None

    def save(self, issued: IssuedCredential, *, scope: TenantScope) -> None:
        scope.require(issued.org_id)
        rows.UserCredential.objects.filter(pk=issued.id).update(**_changeable_values(issued))

    def latest_of(self, user_id: UserId, credential_id: CredentialId) -> IssuedCredential | None:
        issued = rows.UserCredential.objects.filter(user_id=user_id, credential_id=credential_id)
        row = issued.order_by("-is_current", "-issued_at", "-id").first()
        return issued_of_row(row) if row else None

    def successor_of(
        self, issued_id: IssuedCredentialId, *, scope: TenantScope
    ) -> IssuedCredential | None:
        issued = rows.UserCredential.objects.filter(owned_within(scope), supersedes_id=issued_id)
        row = issued.order_by("-issued_at", "-id").first()
        return issued_of_row(row) if row else None

    def page_for_user(self, user_id: UserId, request: PageRequest) -> Page[IssuedCredential]:
        issued = rows.UserCredential.objects.filter(user_id=user_id)
        return page_of_rows(issued, request, ISSUED, issued_of_row)

    def page_of(
        self, selection: IssuedSelection, request: PageRequest, *, scope: TenantScope
    ) -> Page[IssuedCredential]:
        issued = rows.UserCredential.objects.filter(owned_within(scope), org_id=selection.org_id)
        if selection.credential_id is not None:
            issued = issued.filter(credential_id=selection.credential_id)
        if selection.holder is not None:
            issued = issued.filter(user_id=selection.holder)
        if selection.issued_after is not None:
            issued = issued.filter(issued_at__gte=selection.issued_after)
        if selection.issued_before is not None:
            issued = issued.filter(issued_at__lt=selection.issued_before)
        if selection.status is not None:
            issued = issued.filter(_has_status(selection.status, at=selection.at))
        issued = issued.filter(since(selection.changed_since, "revoked_at", "issued_at"))
        return page_of_rows(issued, request, ISSUED_BY_ORGANIZATION, issued_of_row)

    def in_streams(self, *, scope: TenantScope) -> Iterator[Stored[IssuedCredential]]:
        issued = rows.UserCredential.objects.filter(owned_within(scope))
        return stored_rows(
            issued.order_by("user_id", "course_id", "id"), issued_of_row, key=_stream
        )

    def count(self) -> int:
        return rows.UserCredential.objects.count()


def _has_status(status: IssuedCredentialStatus, *, at: datetime) -> Q:
    """Condition: IssuedCredential.status returns this status at that time."""
    is_unrevoked, is_past = Q(revoked_at=None), Q(expires_at__lte=at)
    is_open = is_unrevoked & Q(suspended_at=None)
    match status:
        case IssuedCredentialStatus.REVOKED:
            return ~is_unrevoked
        case IssuedCredentialStatus.SUSPENDED:
            return is_unrevoked & ~Q(suspended_at=None)
        case IssuedCredentialStatus.EXPIRED:
            return is_open & is_past
        case IssuedCredentialStatus.ISSUED:
            return is_open & (Q(expires_at=None) | Q(expires_at__gt=at))
    return Q(pk__in=[])  # altered: a verification finds that, no column says it


def issued_of_row(row: rows.UserCredential) -> IssuedCredential:
    return IssuedCredential(
        id=IssuedCredentialId(row.id),
        user_id=UserId(row.user_id),
        credential_id=CredentialId(row.credential_id),
        credential_version=row.credential_version,
        terms=terms_of_json(row.terms),
        evidence=Evidence(
            course_id=CourseId(row.course_id),
            course_version=row.course_version,
            completed_at=row.completed_at,
            met_by=tuple(proof_in(value) for value in row.met_by or ()),
            assisted_grades=tuple(_assisted_grade(value) for value in row.assisted_grades or ()),
        ),
        issued_at=row.issued_at,
        expires_at=row.expires_at,
        supersedes=IssuedCredentialId(row.supersedes_id) if row.supersedes_id else None,
        revocation=_revocation(row),
        is_current=row.is_current,
        org_id=OrganizationId(row.org_id) if row.org_id else None,
        suspension=_suspension(row),
        shows_name=row.shows_name,
    )


def _assisted_grade(value: Values) -> AssistedGrade:
    return AssistedGrade(
        attempt_id=AttemptId(UUID(value["attempt_id"])),
        graded_by=UserId(UUID(value["graded_by"])) if value["graded_by"] else None,
        models=tuple(value["models"]),
    )


def _stream(row: rows.UserCredential) -> StreamId:
    return StreamId(
        user_id=UserId(row.user_id),
        course_id=CourseId(row.course_id),
        org_id=OrganizationId(row.org_id) if row.org_id else None,
    )


def _revocation(row: rows.UserCredential) -> Revocation | None:
    if row.revoked_at is None:
        return None
    return Revocation(
        at=row.revoked_at,
        reason=row.revocation_reason,
        by=UserId(row.revoked_by_id) if row.revoked_by_id else None,
        cause=RevocationCause(row.revocation_cause) if row.revocation_cause else None,
    )


def _suspension(row: rows.UserCredential) -> Suspension | None:
    if row.suspended_at is None:
        return None
    return Suspension(
        at=row.suspended_at,
        reason=row.suspension_reason,
        by=UserId(row.suspended_by_id) if row.suspended_by_id else None,
    )


def _issued_values(issued: IssuedCredential) -> Values:
    return {
        "id": issued.id,
        "user_id": issued.user_id,
        "credential_id": issued.credential_id,
        "credential_version": issued.credential_version,
        "terms": json_of_terms(issued.terms),
        "course_id": issued.evidence.course_id,
        "course_version": issued.evidence.course_version,
        "completed_at": issued.evidence.completed_at,
        "met_by": [value_of_proof(proof) for proof in issued.evidence.met_by] or None,
        "assisted_grades": [
            {
                "attempt_id": str(grade.attempt_id),
                "graded_by": grade.graded_by and str(grade.graded_by),
                "models": list(grade.models),
            }
            for grade in issued.evidence.assisted_grades
        ]
        or None,
        "issued_at": issued.issued_at,
        "expires_at": issued.expires_at,
        "supersedes_id": issued.supersedes,
        "org_id": issued.org_id,
        **_changeable_values(issued),
    }


def _changeable_values(issued: IssuedCredential) -> Values:
    """Columns that may change after the issue."""
    revocation, suspension = issued.revocation, issued.suspension
    return {
        "revoked_at": revocation.at if revocation else None,
        "revocation_reason": revocation.reason if revocation else "",
        "revocation_cause": (revocation.cause or "") if revocation else "",
        "revoked_by_id": revocation.by if revocation else None,
        "suspended_at": suspension.at if suspension else None,
        "suspension_reason": suspension.reason if suspension else "",
        "suspended_by_id": suspension.by if suspension else None,
        "is_current": issued.is_current,
        "shows_name": issued.shows_name,
    }
