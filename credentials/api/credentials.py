"""Credentials: what can be earned, what was issued, and whether that is valid."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import patch_vary_headers
from rest_framework.renderers import JSONRenderer

from accounts.public import OrganizationSuspended, PersonNeeded, Principal, Right, Scope
from authsvc.composition.container import services
from authsvc.http.operations import Access, Forms, Whose, operation
from authsvc.http.reading import Members
from authsvc.http.renderers import (
    CredentialRenderer,
    LinkedDataRenderer,
    PlainTextRenderer,
    SecuredCredentialRenderer,
    TokenRenderer,
)
from authsvc.http.rendering import JSON, Encoded
from authsvc.http.views import ApiView
from authsvc.kernel.paging import Page, PageRequest
from credentials.api.serializers import (
    BADGE,
    TOKEN,
    CredentialSerializer,
    CredentialVersionSerializer,
    EligibilitySerializer,
    EvidenceRecordsSerializer,
    HeldCredentialSerializer,
    NameChoiceRequestSerializer,
    ReasonRequestSerializer,
    RevokeRequestSerializer,
    ShownCredentialSerializer,
    VerificationSerializer,
)
from credentials.domain.entities.credentials import (
    Eligibility,
    IssuedCredentialId,
    RevocationCause,
    Verification,
)
from credentials.domain.entities.definitions import Credential, CredentialId, CredentialVersion
from credentials.domain.errors import (
    AlreadyIssued,
    AlreadyRevoked,
    AlreadySuspended,
    CredentialNotFound,
    CredentialVersionNotFound,
    IssuedCredentialAltered,
    IssuedCredentialNotFound,
    IssuerKeyUnreadable,
    NotEligible,
    NotSuspended,
    ReasonMissing,
)

AWARDERS = Access(Whose.HELD, Right.AWARD_CREDENTIALS)
DOCUMENTS: Final = frozenset(
    {
        CredentialRenderer.media_type,
        SecuredCredentialRenderer.media_type,
        LinkedDataRenderer.media_type,
    }
)
"""Media types of the document with an embedded proof."""
RENDERERS: Final = (
    JSONRenderer,
    CredentialRenderer,
    SecuredCredentialRenderer,
    LinkedDataRenderer,
    TokenRenderer,
    PlainTextRenderer,
)
"""Renderers of what is signed: as JSON, as signed document and as VC-JWT. Without a preference it is JSON."""
TOKENS: Final = frozenset({TokenRenderer.media_type, PlainTextRenderer.media_type})
"""Media types of the VC-JWT."""
ISSUED_FORMS: "Final[Forms[Verification]]" = {
    JSON: ShownCredentialSerializer,
    **dict.fromkeys(sorted(DOCUMENTS), BADGE),
    **dict.fromkeys(sorted(TOKENS), TOKEN),
}


class CredentialListView(ApiView):
    @operation(
        name="listCredentials",
        summary="List the credentials that can be earned, oldest first",
        access=Access(Whose.SEEN),
        scope=Scope.CREDENTIALS_READ,
        page_of=CredentialSerializer,
    )
    def get(self, *, page: PageRequest, by: Principal) -> Page[Credential]:
        return services().credentials.page_of(page, by=by)


class CredentialVersionListView(ApiView):
    @operation(
        name="listCredentialVersions",
        summary="List the versions of a credential, oldest first",
        access=Access(Whose.SEEN),
        scope=Scope.CREDENTIALS_READ,
        page_of=CredentialVersionSerializer,
        errors=(CredentialNotFound,),
    )
    def get(
        self, credential_id: CredentialId, *, page: PageRequest, by: Principal
    ) -> Page[CredentialVersion]:
        return services().credentials.versions_of(credential_id, page, by=by)


class CredentialVersionView(ApiView):
    @operation(
        name="getCredentialVersion",
        summary="Get a version of a credential, which never changes; anyone who has the credential's ID can",
        access=Access(Whose.ANYBODY),
        answer=CredentialVersionSerializer,
        errors=(CredentialVersionNotFound,),
        has_etag=True,
        cache_control="public, max-age=86400",
    )
    def get(self, credential_id: CredentialId, number: int) -> CredentialVersion:
        return services().credentials.version(credential_id, number)


class EligibilityView(ApiView):
    @operation(
        name="getEligibility",
        summary="Check whether the caller is eligible for a credential, and what is missing",
        access=Access(Whose.SEEN),
        scope=Scope.CREDENTIALS_READ,
        answer=EligibilitySerializer,
        errors=(PersonNeeded, CredentialNotFound),
    )
    def get(self, credential_id: CredentialId, *, by: Principal) -> Eligibility:
        return services().earning.eligibility(credential_id, by=by)


class ClaimView(ApiView):
    @operation(
        name="claimCredential",
        summary="Claim a credential the caller is eligible for",
        access=Access(Whose.LEARNED),
        scope=Scope.CREDENTIALS_WRITE,
        status=HTTPStatus.CREATED,
        answer=HeldCredentialSerializer,
        errors=(CredentialNotFound, AlreadyIssued, AlreadyRevoked, NotEligible),
        is_idempotent=True,
    )
    def post(self, credential_id: CredentialId, *, by: Principal) -> Verification:
        return services().earning.claim(credential_id, by=by)


class MyCredentialListView(ApiView):
    @operation(
        name="listMyCredentials",
        summary="List the credentials issued to the caller, revoked ones included, oldest first",
        access=Access(Whose.ONESELF),
        scope=Scope.CREDENTIALS_READ,
        page_of=HeldCredentialSerializer,
    )
    def get(self, *, page: PageRequest, by: Principal) -> Page[Verification]:
        return services().issuing.page_for(by, page)


class MyCredentialView(ApiView):
    @operation(
        name="changeMyCredential",
        summary="Show the caller's name on the public page of their credential, or hide it",
        access=Access(Whose.ONESELF),
        scope=Scope.CREDENTIALS_WRITE,
        body=NameChoiceRequestSerializer,
        answer=HeldCredentialSerializer,
        errors=(IssuedCredentialNotFound,),
        is_idempotent=True,
    )
    def patch(self, issued_id: IssuedCredentialId, *, body: Members, by: Principal) -> Verification:
        return services().public_pages.choose_name(issued_id, is_shown=body["shows_name"], by=by)


class MyEvidenceView(ApiView):
    @operation(
        name="getMyEvidence",
        summary="Get the records behind a credential of the caller, which third parties compare with its evidence",
        access=Access(Whose.ONESELF),
        scope=Scope.CREDENTIALS_READ,
        answer=EvidenceRecordsSerializer,
        errors=(IssuedCredentialNotFound, IssuedCredentialAltered, IssuerKeyUnreadable),
    )
    def get(self, issued_id: IssuedCredentialId, *, by: Principal) -> Mapping[str, Any]:
        return services().evidence_records.of(issued_id, by=by)


class IssuedView(ApiView):
    renderer_classes = RENDERERS

    @operation(
        name="getIssued",
        summary="Get an issued credential, also as Open Badge; anyone who has its ID can",
        access=Access(Whose.ANYBODY),
        answer=ISSUED_FORMS,
        errors=(IssuedCredentialNotFound, IssuedCredentialAltered, IssuerKeyUnreadable),
        has_etag=True,
        cache_control="no-cache",
    )
    def get(self, issued_id: IssuedCredentialId, *, media_type: str) -> Verification | Encoded:
        if media_type in DOCUMENTS:
            return Encoded(services().signing.shown(issued_id).document.encode())
        if media_type in TOKENS:
            return Encoded(services().signing.shown(issued_id).token.encode())
        return services().issuing.verify(issued_id)


class VerifyView(ApiView):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Lead people to the page of the credential, whose addresses were those of this view once."""
        if request.get_preferred_type([JSON, "text/html"]) == "text/html":
            page = services().addresses.page(kwargs["issued_id"])
            response: HttpResponseBase = HttpResponse(
                status=HTTPStatus.SEE_OTHER, headers={"Location": page}
            )
        else:
            response = super().dispatch(request, *args, **kwargs)
        patch_vary_headers(response, ("Accept",))
        return response

    @operation(
        name="verifyIssued",
        summary="Verify an issued credential step by step; anyone who has its ID can",
        access=Access(Whose.ANYBODY),
        answer=VerificationSerializer,
        errors=(IssuedCredentialNotFound, IssuerKeyUnreadable),
    )
    def get(self, issued_id: IssuedCredentialId) -> Verification:
        return services().issued_verification.verify(issued_id)


class RevokeView(ApiView):
    @operation(
        name="revokeIssued",
        summary="Revoke an issued credential",
        access=AWARDERS,
        scope=Scope.CREDENTIALS_WRITE,
        body=RevokeRequestSerializer,
        answer=HeldCredentialSerializer,
        errors=(IssuedCredentialNotFound, AlreadyRevoked, ReasonMissing, OrganizationSuspended),
        is_idempotent=True,
        needs_recent_sign_in=True,
    )
    def post(self, issued_id: IssuedCredentialId, *, body: Members, by: Principal) -> Verification:
        cause = body["cause"] and RevocationCause(body["cause"])
        return services().issuing.revoke(issued_id, reason=body["reason"], cause=cause, by=by)


class SuspendView(ApiView):
    @operation(
        name="suspendIssued",
        summary="Suspend an issued credential, until it is resumed",
        access=AWARDERS,
        scope=Scope.CREDENTIALS_WRITE,
        body=ReasonRequestSerializer,
        answer=HeldCredentialSerializer,
        errors=(
            IssuedCredentialNotFound,
            AlreadyRevoked,
            AlreadySuspended,
            ReasonMissing,
            OrganizationSuspended,
        ),
        is_idempotent=True,
        needs_recent_sign_in=True,
    )
    def post(self, issued_id: IssuedCredentialId, *, body: Members, by: Principal) -> Verification:
        return services().issuing.suspend(issued_id, reason=body["reason"], by=by)


class ResumeView(ApiView):
    @operation(
        name="resumeIssued",
        summary="Resume a suspended credential",
        access=AWARDERS,
        scope=Scope.CREDENTIALS_WRITE,
        body=ReasonRequestSerializer,
        answer=HeldCredentialSerializer,
        errors=(
            IssuedCredentialNotFound,
            AlreadyRevoked,
            NotSuspended,
            ReasonMissing,
            OrganizationSuspended,
        ),
        is_idempotent=True,
        needs_recent_sign_in=True,
    )
    def post(self, issued_id: IssuedCredentialId, *, body: Members, by: Principal) -> Verification:
        return services().issuing.resume(issued_id, reason=body["reason"], by=by)


class ReissueView(ApiView):
    @operation(
        name="reissueIssued",
        summary="Reissue a credential in place of a revoked, expired or incorrect one",
        access=AWARDERS,
        scope=Scope.CREDENTIALS_WRITE,
        body=ReasonRequestSerializer,
        status=HTTPStatus.CREATED,
        answer=HeldCredentialSerializer,
        errors=(IssuedCredentialNotFound, AlreadyIssued, ReasonMissing, OrganizationSuspended),
        is_idempotent=True,
        needs_recent_sign_in=True,
    )
    def post(self, issued_id: IssuedCredentialId, *, body: Members, by: Principal) -> Verification:
        return services().issuing.reissue(issued_id, reason=body["reason"], by=by)
