"""URLs of the API of credentials."""

from django.urls import path

from credentials.api import views

urlpatterns = [
    path("v1/credentials", views.CredentialListView.as_view()),
    path("v1/credentials/<uuid:credential_id>/eligibility", views.EligibilityView.as_view()),
    path("v1/credentials/<uuid:credential_id>/issue", views.ClaimView.as_view()),
    path("v1/me/credentials", views.MyCredentialListView.as_view()),
]
