"""URLs of the pages for holders of credentials."""

from django.urls import path

from credentials.pages import claims, own, wallets

urlpatterns = [
    path("account/credentials", own.CredentialsView.as_view(), name="account_credentials"),
    path(
        "account/credentials/<id:issued_id>/wallet",
        wallets.WalletOfferView.as_view(),
        name="account_wallet_offer",
    ),
    path("account/transcript.<str:form>", own.download_transcript, name="account_transcript"),
    path("account/claims/<str:token>", claims.ClaimView.as_view(), name="account_claim"),
]
