"""Where credentials answers."""

from django.urls import path

from credentials.api import views

urlpatterns = [
    path("v1/credentials", views.CredentialListView.as_view()),
    path("v1/credentials/<uuid:credential_id>/eligibility", views.EligibilityView.as_view()),
    path("v1/credentials/<uuid:credential_id>/issue", views.ClaimView.as_view()),
    path("v1/me/credentials", views.MyCredentialListView.as_view()),
    path("v1/issued/<uuid:issued_id>", views.IssuedView.as_view()),
    path("v1/issued/<uuid:issued_id>/verify", views.VerifyView.as_view()),
    path("v1/issued/<uuid:issued_id>/revoke", views.RevokeView.as_view()),
    path("v1/issued/<uuid:issued_id>/reissue", views.ReissueView.as_view()),
]
