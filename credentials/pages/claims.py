"""The target of the link in the mail that offers a credential. It asks first."""

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.generic import View

from accounts.public import VerifiedEmailNeeded
from authsvc.composition.container import services
from authsvc.http.actors import person_of
from authsvc.http.forms import sentence_of
from authsvc.kernel.errors import Conflict, NotFound


class ClaimView(LoginRequiredMixin, View):
    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            credential = services().credential_claims.offered(token, by=person_of(request))
        except NotFound:
            return _refused(request, status=HTTPStatus.NOT_FOUND)
        except VerifiedEmailNeeded:
            return _refused(request, status=HTTPStatus.FORBIDDEN)
        return render(request, "credentials/claim.html", {"terms": credential.terms})

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            issued = services().credential_claims.redeem(token, by=person_of(request)).issued
        except NotFound:
            return _refused(request, status=HTTPStatus.NOT_FOUND)
        except VerifiedEmailNeeded:
            return _refused(request, status=HTTPStatus.FORBIDDEN)
        except Conflict as error:
            messages.error(request, sentence_of(error))
        else:
            messages.success(request, f"You hold {issued.terms.name} now.")
        return redirect("account_credentials")


def _refused(request: HttpRequest, *, status: HTTPStatus) -> HttpResponse:
    facts = {"is_unverified": status is HTTPStatus.FORBIDDEN}
    return render(request, "credentials/claim_refused.html", facts, status=status)
