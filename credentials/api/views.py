"""Credentials over HTTP."""

from uuid import UUID

from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.public import NotPermitted, OrganizationSuspended, Right, Scope
from authsvc.actors import principal_of
from authsvc.api.idempotency import idempotent
from authsvc.api.operations import Access, Operation, Whose, describes
from authsvc.api.views import (
    ApiView,
    PublicApiView,
    body_of,
    json_of,
    page_request_of,
    page_response,
)
from authsvc.container import services
from credentials.api.serializers import (
    CredentialSerializer,
    EligibilitySerializer,
    HeldCredentialSerializer,
    ReasonRequestSerializer,
    VerificationSerializer,
)
from credentials.domain.entities import CredentialId, IssuedCredentialId
from credentials.domain.errors import (
    AlreadyIssued,
    AlreadyRevoked,
    CredentialNotFound,
    IssuedCredentialNotFound,
    NotEligible,
    ReasonMissing,
)


class CredentialListView(ApiView):
    required_scopes = {"GET": Scope.CREDENTIALS_READ}

    @describes(
        Operation(
            name="listCredentials",
            access=Access(Whose.SEEN),
            summary="What can be earned, oldest first",
            page_of=CredentialSerializer,
        )
    )
    def get(self, request: Request) -> Response:
        page = services().credentials.page_of(page_request_of(request), by=principal_of(request))
        return page_response(page, CredentialSerializer)


class EligibilityView(ApiView):
    required_scopes = {"GET": Scope.CREDENTIALS_READ}

    @describes(
        Operation(
            name="getEligibility",
            access=Access(Whose.SEEN),
            summary="Whether I can have a credential now, and what is missing",
            answer=EligibilitySerializer,
            refusals=(CredentialNotFound,),
        )
    )
    def get(self, request: Request, credential_id: UUID) -> Response:
        found = services().earning.eligibility(
            CredentialId(credential_id), by=principal_of(request)
        )
        return Response(json_of(found, EligibilitySerializer))


class ClaimView(ApiView):
    required_scopes = {"POST": Scope.CREDENTIALS_WRITE}

    @describes(
        Operation(
            name="claimCredential",
            access=Access(Whose.LEARNED),
            summary="Take a credential that I am eligible for",
            status=status.HTTP_201_CREATED,
            answer=HeldCredentialSerializer,
            refusals=(CredentialNotFound, AlreadyIssued, AlreadyRevoked, NotEligible),
        )
    )
    @idempotent
    def post(self, request: Request, credential_id: UUID) -> Response:
        held = services().earning.claim(CredentialId(credential_id), by=principal_of(request))
        return Response(json_of(held, HeldCredentialSerializer), status=status.HTTP_201_CREATED)


class MyCredentialListView(ApiView):
    required_scopes = {"GET": Scope.CREDENTIALS_READ}

    @describes(
        Operation(
            name="listMyCredentials",
            access=Access(Whose.ONESELF),
            summary="What I was issued, in the order of issue; revoked ones too",
            page_of=HeldCredentialSerializer,
        )
    )
    def get(self, request: Request) -> Response:
        page = services().issuing.page_for(principal_of(request), page_request_of(request))
        return page_response(page, HeldCredentialSerializer)


class IssuedView(PublicApiView):
    @describes(
        Operation(
            name="getIssued",
            access=Access(Whose.ANYBODY),
            summary="An issued credential, for anybody who has its id",
            answer=HeldCredentialSerializer,
            refusals=(IssuedCredentialNotFound,),
        )
    )
    def get(self, request: Request, issued_id: UUID) -> Response:
        held = services().issuing.verify(IssuedCredentialId(issued_id))
        return Response(json_of(held, HeldCredentialSerializer))


class VerifyView(PublicApiView):
    @describes(
        Operation(
            name="verifyIssued",
            access=Access(Whose.ANYBODY),
            summary="Whether an issued credential is valid, for anybody who was shown it",
            answer=VerificationSerializer,
            refusals=(IssuedCredentialNotFound,),
        )
    )
    def get(self, request: Request, issued_id: UUID) -> Response:
        verification = services().issuing.verify(IssuedCredentialId(issued_id))
        return Response(json_of(verification, VerificationSerializer))


class RevokeView(ApiView):
    required_scopes = {"POST": Scope.CREDENTIALS_WRITE}

    @describes(
        Operation(
            name="revokeIssued",
            access=Access(Whose.HELD, Right.AWARD_CREDENTIALS),
            summary="Vouch for an issued credential no longer",
            body=ReasonRequestSerializer,
            answer=HeldCredentialSerializer,
            refusals=(
                NotPermitted,
                IssuedCredentialNotFound,
                AlreadyRevoked,
                ReasonMissing,
                OrganizationSuspended,
            ),
        )
    )
    @idempotent
    def post(self, request: Request, issued_id: UUID) -> Response:
        held = services().issuing.revoke(
            IssuedCredentialId(issued_id),
            reason=body_of(request, ReasonRequestSerializer)["reason"],
            by=principal_of(request),
        )
        return Response(json_of(held, HeldCredentialSerializer))


class ReissueView(ApiView):
    required_scopes = {"POST": Scope.CREDENTIALS_WRITE}

    @describes(
        Operation(
            name="reissueIssued",
            access=Access(Whose.HELD, Right.AWARD_CREDENTIALS),
            summary="Issue a new copy in place of one that is revoked, expired or wrong",
            body=ReasonRequestSerializer,
            status=status.HTTP_201_CREATED,
            answer=HeldCredentialSerializer,
            refusals=(
                NotPermitted,
                IssuedCredentialNotFound,
                AlreadyIssued,
                ReasonMissing,
                OrganizationSuspended,
            ),
        )
    )
    @idempotent
    def post(self, request: Request, issued_id: UUID) -> Response:
        held = services().issuing.reissue(
            IssuedCredentialId(issued_id),
            reason=body_of(request, ReasonRequestSerializer)["reason"],
            by=principal_of(request),
        )
        return Response(json_of(held, HeldCredentialSerializer), status=status.HTTP_201_CREATED)
