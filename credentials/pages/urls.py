"""URLs of the pages for holders of credentials."""

from django.urls import path

from credentials.pages import claims, own

urlpatterns = [
    path("account/credentials", own.CredentialsView.as_view(), name="account_credentials"),
    path("account/claims/<str:token>", claims.ClaimView.as_view(), name="account_claim"),
]
