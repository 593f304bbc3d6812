"""Credential definitions in the database."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q, QuerySet

from accounts.public import OrganizationId
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.verification import Stored
from authsvc.storage.inserts import insert
from authsvc.storage.paging import page_of_rows
from authsvc.storage.rows import first_of
from authsvc.storage.tenancy import owned_within
from authsvc.storage.verification import stored_rows
from courses.public import CourseId
from credentials import models as rows
from credentials.domain.entities.definitions import (
    AchievementType,
    Alignment,
    Credential,
    CredentialId,
    CredentialTerms,
    CredentialType,
    CredentialVersion,
)
from credentials.domain.entities.rule_values import value_of_rule
from credentials.domain.entities.rules import Trigger, TriggerKind
from credentials.domain.errors import CredentialNotFound, CredentialVersionNotFound
from credentials.domain.repositories.orm.terms import json_of_terms, stored_rule, terms_of_json
from credentials.domain.repositories.protocols.credentials import (
    CREDENTIALS,
    CREDENTIALS_OF_ORGANIZATION,
    VERSIONS,
)

Values = dict[str, Any]


class OrmCredentialRepository:
    def add(self, credential: Credential, *, scope: TenantScope) -> None:
        scope.require(credential.org_id)
        insert(rows.Credential, [_credential_values(credential)])
        self._insert_version(credential)
        self._insert_triggers(credential)

    def get(self, credential_id: CredentialId, *, scope: TenantScope) -> Credential:
        return self._get(_defined(scope), credential_id)

    def get_for_update(self, credential_id: CredentialId, *, scope: TenantScope) -> Credential:
        return self._get(_defined(scope).select_for_update(), credential_id)

    def save(self, credential: Credential, *, scope: TenantScope) -> None:
        scope.require(credential.org_id)
        rows.Credential.objects.filter(pk=credential.id).update(**_credential_values(credential))
        self._insert_version(credential)
        rows.CredentialTrigger.objects.filter(credential_id=credential.id).delete()
        self._insert_triggers(credential)

    def page_of(self, request: PageRequest, *, scope: TenantScope) -> Page[Credential]:
        offered = _defined(scope).filter(is_offered=True)
        return page_of_rows(offered, request, CREDENTIALS, _credential)

    def page_for_organization(
        self, org_id: OrganizationId, request: PageRequest, *, scope: TenantScope
    ) -> Page[Credential]:
        owned = _defined(scope).filter(org_id=org_id)
        return page_of_rows(owned, request, CREDENTIALS_OF_ORGANIZATION, _credential)

    def shown_version(self, credential_id: CredentialId, number: int) -> CredentialVersion:
        versions = rows.CredentialVersion.objects.filter(credential_id=credential_id, number=number)
        return _version(first_of(versions, missing=CredentialVersionNotFound))

    def versions_of(
        self, credential_id: CredentialId, request: PageRequest, *, scope: TenantScope
    ) -> Page[CredentialVersion]:
        versions = rows.CredentialVersion.objects.filter(
            owned_within(scope), credential_id=credential_id
        )
        return page_of_rows(versions, request, VERSIONS, _version)

    def earned_by(self, done: Trigger) -> list[Credential]:
        mentioning = rows.CredentialTrigger.objects.filter(
            kind=done.kind, subject_id=done.subject_id
        )
        earned = Q(pk__in=mentioning.values("credential_id"))
        if done.kind is TriggerKind.COURSE:
            earned |= Q(rule__isnull=True, course_id=done.subject_id)
        credentials = rows.Credential.objects.filter(earned, is_offered=True)
        return [_credential(row) for row in credentials.order_by("created_at", "id")]

    def by_id(self, *, scope: TenantScope) -> Iterator[Stored[Credential]]:
        return stored_rows(
            _defined(scope).order_by("pk"), _credential, key=lambda row: CredentialId(row.pk)
        )

    def count(self) -> int:
        return rows.Credential.objects.count()

    def _insert_version(self, credential: Credential) -> None:
        version = credential.current_version
        values = {
            "credential_id": version.credential_id,
            "number": version.number,
            "terms": json_of_terms(version.terms),
            "created_at": version.created_at,
            "org_id": version.org_id,
        }
        insert(rows.CredentialVersion, [values], unless_taken=("credential_id", "number"))

    def _insert_triggers(self, credential: Credential) -> None:
        triggers = credential.terms.triggers if credential.terms.rule else ()
        values = [
            {"credential_id": credential.id, "kind": trigger.kind, "subject_id": trigger.subject_id}
            for trigger in triggers
        ]
        insert(rows.CredentialTrigger, values)

    def _get(self, defined: QuerySet[rows.Credential], credential_id: CredentialId) -> Credential:
        try:
            return _credential(defined.get(pk=credential_id))
        except rows.Credential.DoesNotExist:
            raise CredentialNotFound from None


def _defined(scope: TenantScope) -> QuerySet[rows.Credential]:
    return rows.Credential.objects.filter(owned_within(scope))


def _credential(row: rows.Credential) -> Credential:
    return Credential(
        id=CredentialId(row.id),
        version=row.version,
        terms=_terms_of_row(row),
        is_offered=row.is_offered,
        created_at=row.created_at,
        org_id=OrganizationId(row.org_id) if row.org_id else None,
        amended_at=row.amended_at,
    )


def _terms_of_row(row: rows.Credential) -> CredentialTerms:
    return CredentialTerms(
        name=row.name,
        type=CredentialType(row.type),
        description=row.description,
        criteria=row.criteria,
        issuer=row.issuer,
        image_url=row.image_url,
        course_id=CourseId(row.course_id),
        valid_for_days=row.valid_for_days,
        rule=stored_rule(row.rule),
        tags=tuple(row.tags or ()),
        alignments=tuple(Alignment(**alignment) for alignment in row.alignments or ()),
        achievement_type=AchievementType(row.achievement_type) if row.achievement_type else None,
    )


def _version(row: rows.CredentialVersion) -> CredentialVersion:
    return CredentialVersion(
        credential_id=CredentialId(row.credential_id),
        number=row.number,
        terms=terms_of_json(row.terms),
        created_at=row.created_at,
        org_id=OrganizationId(row.org_id) if row.org_id else None,
    )


def _credential_values(credential: Credential) -> Values:
    terms = credential.terms
    return {
        "id": credential.id,
        "version": credential.version,
        "name": terms.name,
        "type": terms.type,
        "description": terms.description,
        "criteria": terms.criteria,
        "issuer": terms.issuer,
        "image_url": terms.image_url,
        "course_id": terms.course_id,
        "valid_for_days": terms.valid_for_days,
        "rule": value_of_rule(terms.rule) if terms.rule else None,
        "tags": list(terms.tags) or None,
        "alignments": [alignment.content for alignment in terms.alignments] or None,
        "achievement_type": terms.achievement_type or "",
        "is_offered": credential.is_offered,
        "created_at": credential.created_at,
        "amended_at": credential.amended_at,
        "org_id": credential.org_id,
    }
