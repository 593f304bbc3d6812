"""URLs of the endpoints for wallets; like the OAuth endpoints, they need a database."""

from django.urls import path

from credentials.api import wallets

urlpatterns = [
    path(".well-known/openid-credential-issuer", wallets.issuer_metadata),
    path("wallets/offer", wallets.show_offer, name="wallet_offer"),
    path("wallets/credential", wallets.CredentialEndpoint.as_view(), name="wallet_credential"),
]
