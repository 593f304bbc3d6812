"""Credential definitions of an organization."""

from dataclasses import dataclass

from accounts.public import OrganizationId, Principal, Right, SubjectType, TenantAccess
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.preconditions import UNCONDITIONAL, Precondition
from authsvc.kernel.unit_of_work import UnitOfWork
from credentials.domain.entities.definitions import Credential, CredentialId, CredentialTerms
from credentials.domain.errors import CredentialNotFound
from credentials.domain.repositories.protocols.credentials import CredentialRepository
from credentials.domain.services.credentials import CredentialService


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationCredentialService:
    """The credentials that one organization has defined, withdrawn ones included, for those who may award them.

    All methods raise OrganizationNotFound and NotPermitted before they look at anything that the request names, and
    CredentialNotFound for a credential of another owner. Changes follow the rules of CredentialService.
    """

    credentials: CredentialRepository
    definitions: CredentialService
    tenant_access: TenantAccess
    unit_of_work: UnitOfWork

    def page_of(
        self, org_id: OrganizationId, request: PageRequest, *, by: Principal
    ) -> Page[Credential]:
        """Return the definitions by time of creation, then id."""
        with self.unit_of_work.atomic():
            self.tenant_access.require_to_list(
                org_id, Right.AWARD_CREDENTIALS, of=SubjectType.CREDENTIAL, by=by
            )
            return self.credentials.page_for_organization(org_id, request, scope=by.tenant_scope)

    def get(
        self, org_id: OrganizationId, credential_id: CredentialId, *, by: Principal
    ) -> Credential:
        with self.unit_of_work.atomic():
            credential = self._owned(org_id, credential_id, by=by)
            self.tenant_access.record_access(
                org_id, at=SubjectType.CREDENTIAL, subject_id=credential_id, by=by
            )
        return credential

    def define(
        self, org_id: OrganizationId, terms: CredentialTerms, *, by: Principal
    ) -> Credential:
        """Create a credential for a course of the organization, and offer it.

        Raises OrganizationSuspended, CourseNotFound if the course has another owner, ImpossibleValidity, InvalidRule.
        """
        self._require(org_id, by=by)
        self.definitions.require_course_of(org_id, terms)
        return self.definitions.define(terms, by=by)

    def amend(
        self,
        org_id: OrganizationId,
        credential_id: CredentialId,
        terms: CredentialTerms,
        *,
        if_match: Precondition = UNCONDITIONAL,
        by: Principal,
    ) -> Credential:
        """Like CredentialService.amend."""
        self._owned(org_id, credential_id, by=by)
        return self.definitions.amend(credential_id, terms, if_match=if_match, by=by)

    def offer(
        self, org_id: OrganizationId, credential_id: CredentialId, *, by: Principal
    ) -> Credential:
        """Like CredentialService.offer."""
        self._owned(org_id, credential_id, by=by)
        return self.definitions.offer(credential_id, is_offered=True, by=by)

    def withdraw(
        self, org_id: OrganizationId, credential_id: CredentialId, *, reason: str, by: Principal
    ) -> Credential:
        """Stop issuing it; what was issued stays valid. Raises OrganizationSuspended, ReasonMissing."""
        self._owned(org_id, credential_id, by=by)
        return self.definitions.offer(credential_id, is_offered=False, reason=reason, by=by)

    def _owned(
        self, org_id: OrganizationId, credential_id: CredentialId, *, by: Principal
    ) -> Credential:
        self._require(org_id, by=by)
        credential = self.credentials.get(credential_id, scope=by.tenant_scope)
        if credential.org_id != org_id:
            raise CredentialNotFound
        return credential

    def _require(self, org_id: OrganizationId, *, by: Principal) -> None:
        self.tenant_access.organization(org_id, by=by)
        by.require(Right.AWARD_CREDENTIALS, of=org_id)
