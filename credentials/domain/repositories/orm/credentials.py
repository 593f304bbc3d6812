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
from authsvc.storage.tenancy import owned_within
from authsvc.storage.verification import stored_rows
from courses.public import CourseId
from credentials import models as rows
from credentials.domain.entities.credentials import (
    Credential,
    CredentialId,
    CredentialTerms,
    CredentialType,
)
from credentials.domain.entities.rule_values import rule_in, value_of_rule
from credentials.domain.entities.rules import Rule, Trigger, TriggerKind
from credentials.domain.errors import CredentialNotFound, InvalidRule
from credentials.domain.repositories.protocols.credentials import (
    CREDENTIALS,
    CREDENTIALS_OF_ORGANIZATION,
)

Values = dict[str, Any]


class BrokenRule(ValueError):
    """A stored rule cannot be parsed although it was checked when it was saved: a defect or tampering."""


class OrmCredentialRepository:
    def add(self, credential: Credential, *, scope: TenantScope) -> None:
        scope.require(credential.org_id)
        insert(rows.Credential, [_credential_values(credential)])
        self._insert_triggers(credential)

    def get(self, credential_id: CredentialId, *, scope: TenantScope) -> Credential:
        return self._get(_defined(scope), credential_id)

    def get_for_update(self, credential_id: CredentialId, *, scope: TenantScope) -> Credential:
        return self._get(_defined(scope).select_for_update(), credential_id)

    def save(self, credential: Credential, *, scope: TenantScope) -> None:
        scope.require(credential.org_id)
        rows.Credential.objects.filter(pk=credential.id).update(**_credential_values(credential))
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
        terms=CredentialTerms(
            name=row.name,
            type=CredentialType(row.type),
            description=row.description,
            criteria=row.criteria,
            issuer=row.issuer,
            image_url=row.image_url,
            course_id=CourseId(row.course_id),
            valid_for_days=row.valid_for_days,
            rule=stored_rule(row.rule),
        ),
        is_offered=row.is_offered,
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
        "is_offered": credential.is_offered,
        "created_at": credential.created_at,
        "org_id": credential.org_id,
    }


def stored_rule(value: Values | None) -> Rule | None:
    """Parse a stored rule. Raises BrokenRule: to skip it would silently withhold earned credentials."""
    if value is None:
        return None
    try:
        return rule_in(value)
    except InvalidRule as error:
        raise BrokenRule(value) from error
