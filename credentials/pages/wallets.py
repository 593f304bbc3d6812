"""Add to a wallet: the offer of one credential, as a link and as a QR code."""

from urllib.parse import quote, urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from authsvc.composition.container import services
from authsvc.http.actors import person_of
from authsvc.http.forms import sentence_of
from authsvc.kernel.errors import DomainError
from credentials.domain.entities.credentials import IssuedCredentialId
from credentials.domain.entities.wallets import WalletOffer
from credentials.pages.qr_codes import QrCode


@method_decorator(never_cache, name="dispatch")
class WalletOfferView(LoginRequiredMixin, View):
    """`/account/credentials/{id}/wallet`: each POST makes an offer, which is shown in its response alone."""

    def get(self, request: HttpRequest, issued_id: IssuedCredentialId) -> HttpResponse:
        """Lead back to the list, from where an offer is made: a reload must not show the last one again."""
        return redirect("account_credentials")

    def post(self, request: HttpRequest, issued_id: IssuedCredentialId) -> HttpResponse:
        try:
            offer = services().wallets.offer(issued_id, by=person_of(request))
        except DomainError as error:
            messages.error(request, sentence_of(error))
            return redirect("account_credentials")
        link = link_of(offer)
        facts = {"offer": offer, "link": link, "qr_code": QrCode.of(link)}
        return render(request, "credentials/wallet.html", facts)


def link_of(offer: WalletOffer) -> str:
    """The link that opens the offer in a wallet (OpenID4VCI §4.1.3)."""
    home = settings.ENVIRONMENT.public_url
    url = f"{home}{reverse('wallet_offer')}?{urlencode({'code': offer.code})}"
    return f"openid-credential-offer://?credential_offer_uri={quote(url, safe='')}"
