"""The URLs of the credentials API.

What begins alike is included together, because Django compares a path with every pattern from the top.
"""

from django.urls import include, path

from credentials.api import (
    awards,
    credentials,
    issuers,
    open_badges,
    organizations,
    transcripts,
    verification,
)

issued = [
    path("verify", credentials.VerifyView.as_view()),
    path("revoke", credentials.RevokeView.as_view()),
    path("suspend", credentials.SuspendView.as_view()),
    path("resume", credentials.ResumeView.as_view()),
    path("reissue", credentials.ReissueView.as_view()),
]
organization = [
    path("credentials", organizations.OrganizationCredentialListView.as_view()),
    path("credentials/<id:credential_id>", organizations.OrganizationCredentialView.as_view()),
    path("credentials/<id:credential_id>/offer", organizations.OfferView.as_view()),
    path("credentials/<id:credential_id>/withdraw", organizations.WithdrawView.as_view()),
    path("credentials/<id:credential_id>/awards", awards.AwardBatchView.as_view()),
    path("claims", awards.ClaimListView.as_view()),
    path("claims/<id:claim_id>", awards.OrganizationClaimView.as_view()),
    path("issued", organizations.IssuedListView.as_view()),
]
issuer = [
    path("", issuers.IssuerView.as_view()),
    path("/did.json", issuers.DidDocumentView.as_view()),
    path("/keys/<id:key_id>", issuers.IssuerKeyView.as_view()),
    path("/status-lists/<number:number>", issuers.StatusListView.as_view()),
    path("/revocation-lists/<number:number>", issuers.RevocationListView.as_view()),
]
open_badges_api = [
    path("discovery", open_badges.ServiceDescriptionView.as_view()),
    path("credentials", open_badges.OpenBadgeListView.as_view()),
    path("profile", open_badges.HolderProfileView.as_view()),
]
urlpatterns = [
    path("v1/issued/<id:issued_id>/", include(issued)),
    path("v1/issued/<id:issued_id>", credentials.IssuedView.as_view()),
    path("v1/verify", verification.VerifyBadgeView.as_view()),
    path("v1/me/credentials", credentials.MyCredentialListView.as_view()),
    path("v1/me/credentials/<id:issued_id>", credentials.MyCredentialView.as_view()),
    path("v1/me/transcript", transcripts.MyTranscriptView.as_view()),
    path("v1/me/credentials/<id:issued_id>/evidence", credentials.MyEvidenceView.as_view()),
    path("v1/me/claims", awards.RedeemClaimView.as_view()),
    path("v1/credentials", credentials.CredentialListView.as_view()),
    path(
        "v1/credentials/<id:credential_id>/versions",
        credentials.CredentialVersionListView.as_view(),
    ),
    path(
        "v1/credentials/<id:credential_id>/versions/<number:number>",
        credentials.CredentialVersionView.as_view(),
    ),
    path("v1/credentials/<id:credential_id>/eligibility", credentials.EligibilityView.as_view()),
    path("v1/credentials/<id:credential_id>/issue", credentials.ClaimView.as_view()),
    path("v1/orgs/<id:org_id>/", include(organization)),
    path("issuers/<issuer:issuer>", include(issuer)),
    path("ims/ob/v3p0/", include(open_badges_api)),
]
