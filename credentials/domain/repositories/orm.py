"""Credentials in the database: the only module here that knows the rows."""

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.public import OrganizationId, UserId
from authsvc.kernel.pages import Page, PageRequest, moment_and_id_in, page_of
from authsvc.kernel.reach import Reach
from authsvc.storage.inserts import insert
from authsvc.storage.reach import owned_within
from courses.public import CourseId
from credentials import models as rows
from credentials.domain.entities import (
    Credential,
    CredentialId,
    CredentialTerms,
    CredentialType,
    Evidence,
    Revocation,
    Rule,
    Trigger,
    TriggerKind,
    UserCredential,
    UserCredentialId,
    proof_in,
    rule_in,
    value_of_proof,
    value_of_rule,
)
from credentials.domain.errors import (
    AlreadyIssued,
    CredentialNotFound,
    InvalidRule,
    UserCredentialNotFound,
)

Values = dict[str, Any]


class BrokenRule(ValueError):
    """A rule in the database does not read: a defect, for it was checked when it was written."""


class OrmCredentialRepository:
    def add(self, credential: Credential, *, within: Reach) -> None:
        within.require(credential.org_id)
        insert(rows.Credential, [_credential_values(credential)])
        self._keep_triggers(credential)

    def get(self, credential_id: CredentialId, *, within: Reach) -> Credential:
        return self._one(_defined(within), credential_id)

    def get_for_update(self, credential_id: CredentialId, *, within: Reach) -> Credential:
        return self._one(_defined(within).select_for_update(), credential_id)

    def save(self, credential: Credential, *, within: Reach) -> None:
        within.require(credential.org_id)
        rows.Credential.objects.filter(pk=credential.id).update(**_credential_values(credential))
        rows.CredentialTrigger.objects.filter(credential_id=credential.id).delete()
        self._keep_triggers(credential)

    def page_of(self, request: PageRequest, *, within: Reach) -> Page[Credential]:
        found = _defined(within).filter(is_offered=True)
        if request.cursor is not None:
            at, credential_id = moment_and_id_in(request.cursor)
            found = found.filter(Q(created_at__gt=at) | Q(created_at=at, id__gt=credential_id))
        found = found.order_by("created_at", "id")[: request.limit + 1]
        return page_of(
            [_credential(row) for row in found],
            request,
            key=lambda credential: (credential.created_at, credential.id),
        )

    def earned_by(self, done: Trigger) -> list[Credential]:
        mentioning = rows.CredentialTrigger.objects.filter(
            kind=done.kind, subject_id=done.subject_id
        )
        earned = Q(pk__in=mentioning.values("credential_id"))
        if done.kind is TriggerKind.COURSE:
            earned |= Q(rule__isnull=True, course_id=done.subject_id)
        found = rows.Credential.objects.filter(earned, is_offered=True)
        return [_credential(row) for row in found.order_by("created_at", "id")]

    def _keep_triggers(self, credential: Credential) -> None:
        triggers = credential.terms.triggers if credential.terms.rule else ()
        values = [
            {"credential_id": credential.id, "kind": each.kind, "subject_id": each.subject_id}
            for each in triggers
        ]
        insert(rows.CredentialTrigger, values)

    def _one(self, found: QuerySet[rows.Credential], credential_id: CredentialId) -> Credential:
        try:
            return _credential(found.get(pk=credential_id))
        except rows.Credential.DoesNotExist:
            raise CredentialNotFound from None


class OrmUserCredentialRepository:
    def add(self, user_credential: UserCredential, *, within: Reach) -> None:
        within.require(user_credential.org_id)
        inserted = insert(
            rows.UserCredential,
            [_user_credential_values(user_credential)],
            unless_taken=("user_id", "credential_id"),
            among="is_current",
        )
        if not inserted:
            raise AlreadyIssued

    def shown(self, user_credential_id: UserCredentialId) -> UserCredential:
        return self._one(rows.UserCredential.objects.all(), user_credential_id)

    def get_for_update(
        self, user_credential_id: UserCredentialId, *, within: Reach
    ) -> UserCredential:
        found = rows.UserCredential.objects.filter(owned_within(within))
        return self._one(found.select_for_update(), user_credential_id)

    def save(self, user_credential: UserCredential, *, within: Reach) -> None:
        within.require(user_credential.org_id)
        kept = rows.UserCredential.objects.filter(pk=user_credential.id)
        kept.update(**_revocation_values(user_credential))

    def latest_of(self, user_id: UserId, credential_id: CredentialId) -> UserCredential | None:
        kept = rows.UserCredential.objects.filter(user_id=user_id, credential_id=credential_id)
        row = kept.order_by("-is_current", "-issued_at", "-id").first()
        return _user_credential(row) if row else None

    def page_for_user(self, user_id: UserId, request: PageRequest) -> Page[UserCredential]:
        found = rows.UserCredential.objects.filter(user_id=user_id)
        if request.cursor is not None:
            at, last_id = moment_and_id_in(request.cursor)
            found = found.filter(Q(issued_at__gt=at) | Q(issued_at=at, id__gt=last_id))
        found = found.order_by("issued_at", "id")[: request.limit + 1]
        return page_of(
            [_user_credential(row) for row in found],
            request,
            key=lambda one: (one.issued_at, one.id),
        )

    def _one(
        self, found: QuerySet[rows.UserCredential], user_credential_id: UserCredentialId
    ) -> UserCredential:
        try:
            return _user_credential(found.get(pk=user_credential_id))
        except rows.UserCredential.DoesNotExist:
            raise UserCredentialNotFound from None


def _defined(within: Reach) -> QuerySet[rows.Credential]:
    return rows.Credential.objects.filter(owned_within(within))


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
            rule=_kept_rule(row.rule),
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


def _user_credential(row: rows.UserCredential) -> UserCredential:
    return UserCredential(
        id=UserCredentialId(row.id),
        user_id=UserId(row.user_id),
        credential_id=CredentialId(row.credential_id),
        credential_version=row.credential_version,
        terms=_terms_of_json(row.terms),
        evidence=Evidence(
            course_id=CourseId(row.course_id),
            course_version=row.course_version,
            completed_at=row.completed_at,
            met_by=tuple(proof_in(value) for value in row.met_by or ()),
        ),
        issued_at=row.issued_at,
        expires_at=row.expires_at,
        supersedes=UserCredentialId(row.supersedes_id) if row.supersedes_id else None,
        revocation=_revocation(row),
        is_current=row.is_current,
        org_id=OrganizationId(row.org_id) if row.org_id else None,
    )


def _revocation(row: rows.UserCredential) -> Revocation | None:
    if row.revoked_at is None:
        return None
    return Revocation(
        at=row.revoked_at,
        reason=row.revocation_reason,
        by=UserId(row.revoked_by_id) if row.revoked_by_id else None,
    )


def _user_credential_values(user_credential: UserCredential) -> Values:
    return {
        "id": user_credential.id,
        "user_id": user_credential.user_id,
        "credential_id": user_credential.credential_id,
        "credential_version": user_credential.credential_version,
        "terms": _json_of_terms(user_credential.terms),
        "course_id": user_credential.evidence.course_id,
        "course_version": user_credential.evidence.course_version,
        "completed_at": user_credential.evidence.completed_at,
        "met_by": [value_of_proof(proof) for proof in user_credential.evidence.met_by] or None,
        "issued_at": user_credential.issued_at,
        "expires_at": user_credential.expires_at,
        "supersedes_id": user_credential.supersedes,
        "org_id": user_credential.org_id,
        **_revocation_values(user_credential),
    }


def _revocation_values(user_credential: UserCredential) -> Values:
    """What may change after the issue."""
    revocation = user_credential.revocation
    return {
        "revoked_at": revocation.at if revocation else None,
        "revocation_reason": revocation.reason if revocation else "",
        "revoked_by_id": revocation.by if revocation else None,
        "is_current": user_credential.is_current,
    }


def _terms_of_json(terms: dict[str, Any]) -> CredentialTerms:
    return CredentialTerms(
        name=terms["name"],
        type=CredentialType(terms["type"]),
        description=terms["description"],
        criteria=terms["criteria"],
        issuer=terms["issuer"],
        image_url=terms["image_url"],
        course_id=CourseId(UUID(terms["course_id"])),
        valid_for_days=terms["valid_for_days"],
        rule=_kept_rule(terms.get("rule")),
    )


def _json_of_terms(terms: CredentialTerms) -> dict[str, Any]:
    rule = {"rule": value_of_rule(terms.rule)} if terms.rule else {}
    return rule | {
        "name": terms.name,
        "type": terms.type.value,
        "description": terms.description,
        "criteria": terms.criteria,
        "issuer": terms.issuer,
        "image_url": terms.image_url,
        "course_id": str(terms.course_id),
        "valid_for_days": terms.valid_for_days,
    }


def _kept_rule(value: Values | None) -> Rule | None:
    """Raises BrokenRule: to pass over a rule would silently withhold what somebody has earned."""
    if value is None:
        return None
    try:
        return rule_in(value)
    except InvalidRule as refusal:
        raise BrokenRule(value) from refusal
