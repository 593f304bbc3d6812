"""Credentials of an organization: its definitions, and what it issued."""

from http import HTTPStatus

from accounts.public import (
    OrganizationId,
    OrganizationNotFound,
    OrganizationSuspended,
    Principal,
    Scope,
)
from authsvc.composition.container import services
from authsvc.http.operations import operation
from authsvc.http.reading import Members
from authsvc.http.views import ApiView
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.preconditions import Precondition
from courses.public import CourseNotFound
from credentials.api.credentials import AWARDERS
from credentials.api.organization_serializers import (
    CredentialTermsRequestSerializer,
    IssuedListQuerySerializer,
    IssuedSerializer,
    OrganizationCredentialSerializer,
    selection_of,
    terms_of,
)
from credentials.api.serializers import ReasonRequestSerializer
from credentials.domain.entities.credentials import Verification
from credentials.domain.entities.definitions import Credential, CredentialId
from credentials.domain.errors import (
    CredentialNotFound,
    ImpossibleValidity,
    InvalidRule,
    ReasonMissing,
)

INVALID_TERMS = (CourseNotFound, ImpossibleValidity, InvalidRule)


class OrganizationCredentialListView(ApiView):
    @operation(
        name="listOrganizationCredentials",
        summary="List the credentials that an organization has defined, withdrawn ones included, oldest first",
        access=AWARDERS,
        scope=Scope.CREDENTIALS_READ,
        page_of=OrganizationCredentialSerializer,
        errors=(OrganizationNotFound,),
    )
    def get(self, org_id: OrganizationId, *, page: PageRequest, by: Principal) -> Page[Credential]:
        return services().organization_credentials.page_of(org_id, page, by=by)

    @operation(
        name="defineCredential",
        summary="Define a credential for a course of an organization, and offer it",
        access=AWARDERS,
        scope=Scope.CREDENTIALS_WRITE,
        body=CredentialTermsRequestSerializer,
        status=HTTPStatus.CREATED,
        answer=OrganizationCredentialSerializer,
        errors=(OrganizationNotFound, OrganizationSuspended, *INVALID_TERMS),
        is_idempotent=True,
        needs_recent_sign_in=True,
    )
    def post(self, org_id: OrganizationId, *, body: Members, by: Principal) -> Credential:
        return services().organization_credentials.define(org_id, terms_of(body), by=by)


class OrganizationCredentialView(ApiView):
    @operation(
        name="getOrganizationCredential",
        summary="Get a credential that an organization has defined, with its rule",
        access=AWARDERS,
        scope=Scope.CREDENTIALS_READ,
        answer=OrganizationCredentialSerializer,
        errors=(OrganizationNotFound, CredentialNotFound),
        has_etag=True,
    )
    def get(
        self, org_id: OrganizationId, credential_id: CredentialId, *, by: Principal
    ) -> Credential:
        return services().organization_credentials.get(org_id, credential_id, by=by)

    @operation(
        name="amendCredential",
        summary="Replace the terms of a credential for those issued from now on; issued ones keep theirs",
        access=AWARDERS,
        scope=Scope.CREDENTIALS_WRITE,
        body=CredentialTermsRequestSerializer,
        answer=OrganizationCredentialSerializer,
        errors=(OrganizationNotFound, OrganizationSuspended, CredentialNotFound, *INVALID_TERMS),
        is_idempotent=True,
        has_etag=True,
        needs_recent_sign_in=True,
    )
    def put(
        self,
        org_id: OrganizationId,
        credential_id: CredentialId,
        *,
        body: Members,
        if_match: Precondition,
        by: Principal,
    ) -> Credential:
        return services().organization_credentials.amend(
            org_id, credential_id, terms_of(body), if_match=if_match, by=by
        )


class OfferView(ApiView):
    @operation(
        name="offerCredential",
        summary="Offer a withdrawn credential again",
        access=AWARDERS,
        scope=Scope.CREDENTIALS_WRITE,
        answer=OrganizationCredentialSerializer,
        errors=(OrganizationNotFound, OrganizationSuspended, CredentialNotFound),
        is_idempotent=True,
        needs_recent_sign_in=True,
    )
    def post(
        self, org_id: OrganizationId, credential_id: CredentialId, *, by: Principal
    ) -> Credential:
        return services().organization_credentials.offer(org_id, credential_id, by=by)


class WithdrawView(ApiView):
    @operation(
        name="withdrawCredential",
        summary="Stop issuing a credential; what was issued stays valid",
        access=AWARDERS,
        scope=Scope.CREDENTIALS_WRITE,
        body=ReasonRequestSerializer,
        answer=OrganizationCredentialSerializer,
        errors=(OrganizationNotFound, OrganizationSuspended, CredentialNotFound, ReasonMissing),
        is_idempotent=True,
        needs_recent_sign_in=True,
    )
    def post(
        self, org_id: OrganizationId, credential_id: CredentialId, *, body: Members, by: Principal
    ) -> Credential:
        reason = body["reason"]
        return services().organization_credentials.withdraw(
            org_id, credential_id, reason=reason, by=by
        )


class IssuedListView(ApiView):
    @operation(
        name="listIssued",
        summary="List the credentials that an organization has issued, revoked ones included, oldest first",
        access=AWARDERS,
        scope=Scope.CREDENTIALS_READ,
        query=IssuedListQuerySerializer,
        page_of=IssuedSerializer,
        errors=(OrganizationNotFound,),
    )
    def get(
        self, org_id: OrganizationId, *, query: Members, page: PageRequest, by: Principal
    ) -> Page[Verification]:
        selection = selection_of(query, org_id=org_id, at=services().ports.clock.now())
        return services().issuing.page_of(selection, page, by=by)
