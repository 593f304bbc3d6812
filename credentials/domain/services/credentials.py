"""Credential definitions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import uuid4

from accounts.public import (
    BOUND,
    AuditAction,
    AuditLog,
    AuditSubject,
    OrganizationId,
    Principal,
    Right,
    SubjectType,
    TenantAccess,
)
from authsvc.kernel.clock import Clock
from authsvc.kernel.errors import FieldError
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.preconditions import UNCONDITIONAL, Precondition
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.unit_of_work import UnitOfWork
from courses.public import CatalogService, CourseNotFound
from credentials.domain.entities.credentials import require_reason
from credentials.domain.entities.definitions import (
    Credential,
    CredentialId,
    CredentialTerms,
    CredentialVersion,
)
from credentials.domain.entities.rules import Rule, nodes_of, triggers_of
from credentials.domain.errors import InvalidRule
from credentials.domain.repositories.protocols.credentials import CredentialRepository
from credentials.domain.services.subjects import SubjectReader


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialService:
    """Changes need the right to award credentials for the owner of the course, and raise NotPermitted without it.

    They raise OrganizationSuspended if the owner is a suspended organization.
    """

    credentials: CredentialRepository
    catalog: CatalogService
    subjects: SubjectReader
    tenant_access: TenantAccess
    audit_log: AuditLog
    unit_of_work: UnitOfWork
    clock: Clock

    def define(self, terms: CredentialTerms, *, by: Principal) -> Credential:
        """Create a credential and offer it. Raises CourseNotFound, ImpossibleValidity, InvalidRule."""
        course = self.catalog.course(terms.course_id, scope=by.tenant_scope)
        self._require(course.org_id, by=by)
        self._require_known(terms, org_id=course.org_id)
        credential = Credential(
            id=CredentialId(uuid4()),
            version=1,
            terms=terms.checked(),
            is_offered=True,
            created_at=self.clock.now(),
            org_id=course.org_id,
        )
        with self.unit_of_work.atomic():
            self.credentials.add(credential, scope=by.tenant_scope)
            action, after = AuditAction.CREDENTIAL_DEFINED, _members_of(credential)
            self.audit_log.record(action, _subject(credential), by=by, after=after)
        return credential

    def amend(
        self,
        credential_id: CredentialId,
        terms: CredentialTerms,
        *,
        if_match: Precondition = UNCONDITIONAL,
        by: Principal,
    ) -> Credential:
        """Change the terms for credentials issued from now on.

        Raises CredentialNotFound, PreconditionFailed, ImpossibleValidity, InvalidRule, and CourseNotFound if the course
        has another owner.
        """
        with self.unit_of_work.atomic():
            credential = self._get_for_update(credential_id, by=by)
            if_match.require(credential)
            self.require_course_of(credential.org_id, terms)
            self._require_known(terms, org_id=credential.org_id)
            amended = credential.amended(terms, at=self.clock.now())
            self._save(AuditAction.CREDENTIAL_AMENDED, credential, amended, by=by)
        return amended

    def offer(
        self, credential_id: CredentialId, *, is_offered: bool, reason: str = "", by: Principal
    ) -> Credential:
        """Offer the credential, or stop issuing it for the given reason. Raises CredentialNotFound, ReasonMissing."""
        action = AuditAction.CREDENTIAL_OFFERED if is_offered else AuditAction.CREDENTIAL_WITHDRAWN
        with self.unit_of_work.atomic():
            credential = self._get_for_update(credential_id, by=by)
            if not is_offered:
                require_reason(reason)
            offered = replace(credential, is_offered=is_offered)
            self._save(action, credential, offered, reason=reason, by=by)
        return offered

    def page_of(self, request: PageRequest, *, by: Principal) -> Page[Credential]:
        """Return the credentials that the caller can earn, by time of creation, then id."""
        return self.credentials.page_of(request, scope=by.member_scope)

    def versions_of(
        self, credential_id: CredentialId, request: PageRequest, *, by: Principal
    ) -> Page[CredentialVersion]:
        """Return the versions of a credential that the caller can see, by number. Raises CredentialNotFound."""
        scope = by.tenant_scope
        self.credentials.get(credential_id, scope=scope)
        return self.credentials.versions_of(credential_id, request, scope=scope)

    def version(self, credential_id: CredentialId, number: int) -> CredentialVersion:
        """Return a version, whatever its owner, since what was issued on it is its holder's to share.

        Raises CredentialVersionNotFound.
        """
        return self.credentials.shown_version(credential_id, number)

    def unknown_subjects(
        self, rule: Rule, *, org_id: OrganizationId | None
    ) -> Sequence[FieldError]:
        """Return an error for each course, assessment or pathway that the rule requires and its owner cannot see."""
        known = self.subjects.known(triggers_of(rule), scope=TenantScope.into(org_id))
        return [
            FieldError(
                path=f"{path}/{node.key}",
                detail=f"There is no {node.trigger.kind} {node.trigger.subject_id}.",
            )
            for path, node in nodes_of(rule)
            if node.trigger is not None and node.trigger not in known
        ]

    def require_course_of(self, org_id: OrganizationId | None, terms: CredentialTerms) -> None:
        """Raises CourseNotFound unless the course of the terms belongs to this owner."""
        course = self.catalog.course(terms.course_id, scope=TenantScope.into(org_id))
        if course.org_id != org_id:
            raise CourseNotFound

    def _require(self, org_id: OrganizationId | None, *, by: Principal) -> None:
        by.require(Right.AWARD_CREDENTIALS, of=org_id)
        self.tenant_access.require_open(org_id, by=by)

    def _require_known(self, terms: CredentialTerms, *, org_id: OrganizationId | None) -> None:
        """Raises InvalidRule if the rule requires something out of the owner's scope."""
        field_errors = self.unknown_subjects(terms.rule, org_id=org_id) if terms.rule else ()
        if field_errors:
            raise InvalidRule(*field_errors)

    def _get_for_update(self, credential_id: CredentialId, *, by: Principal) -> Credential:
        """Return the definition, locked. Raises CredentialNotFound."""
        credential = self.credentials.get_for_update(credential_id, scope=by.tenant_scope)
        self._require(credential.org_id, by=by)
        return credential

    def _save(
        self,
        action: AuditAction,
        before: Credential,
        after: Credential,
        *,
        reason: str = "",
        by: Principal,
    ) -> None:
        self.credentials.save(after, scope=by.tenant_scope)
        self.audit_log.record(
            action,
            _subject(after),
            by=by,
            because=reason,
            before=_members_of(before),
            after=_members_of(after),
        )


def _subject(credential: Credential) -> AuditSubject:
    return AuditSubject.of(SubjectType.CREDENTIAL, credential)


def _members_of(credential: Credential) -> dict[str, object]:
    return {
        "version": credential.version,
        "is_offered": credential.is_offered,
        **credential.terms.content,
        BOUND: credential.binding,
    }
