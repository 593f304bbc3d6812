"""Browser pages of the provider: the base class, error page, ID token hint and redirects back to clients."""

from abc import abstractmethod
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, ClassVar, Final
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from oauthlib.common import add_params_to_uri
from oauthlib.oauth2 import InvalidRequestError, OAuth2Error

from accounts.domain.oauth.entities.id_tokens import IdClaims
from accounts.oauth.errors import description_of
from accounts.oauth.parameters import form_of
from authsvc.composition.container import services

DECISION: Final = "decision"


@method_decorator(csrf_exempt, name="dispatch")
@method_decorator(never_cache, name="dispatch")
class DecisionPage(View):
    """A page to which clients redirect browsers, and on which the user decides.

    The request of a client may come by GET or POST. The decision of the user is a form of ours with the same URL.
    """

    url_name: ClassVar[str]

    def get(self, request: HttpRequest) -> HttpResponseBase:
        return self.respond(request, decision=None)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        if DECISION in request.POST:
            return self._decide(request)
        try:
            form = form_of(request)
        except OAuth2Error as error:
            return error_page(request, error)
        # The browser can return to a GET request after the user has signed in.
        return see_other(reverse(self.url_name), form)

    @method_decorator(csrf_protect)
    def _decide(self, request: HttpRequest) -> HttpResponseBase:
        return self.respond(request, decision=request.POST[DECISION])

    @abstractmethod
    def respond(self, request: HttpRequest, *, decision: str | None) -> HttpResponseBase:
        """Handle the request of the client. `decision` is the value of the pressed button, None before that."""


def error_page(request: HttpRequest, error: OAuth2Error) -> HttpResponse:
    """The error as a page, when it must not be sent to a client."""
    description = description_of(error.error, error.description)
    facts: dict[str, Any] = {"error": error.error, "description": description}
    return render(request, "accounts/oauth/error.html", facts, status=HTTPStatus.BAD_REQUEST)


def hint_in(token: str | None) -> IdClaims | None:
    """The claims of an ID token that a client sends as a hint, if any. Raises InvalidRequestError."""
    if token is None:
        return None
    hint = services().claims.of_hint(token)
    if hint is None:
        raise InvalidRequestError(description="The ID token hint was not issued by this server.")
    return hint


def see_other(url: str, parameters: Mapping[str, str] | None = None) -> HttpResponse:
    """A redirect after which the browser uses GET, whatever the method was (RFC 9700 §4.12)."""
    query = f"?{urlencode(parameters)}" if parameters else ""
    return HttpResponse(status=HTTPStatus.SEE_OTHER, headers={"Location": f"{url}{query}"})


def redirect_to_client(url: str) -> HttpResponse:
    """A redirect to the client that names the issuer of the response (RFC 9207)."""
    return see_other(add_params_to_uri(url, [("iss", settings.ENVIRONMENT.public_url)]))


def redirect_error(error: OAuth2Error, *, redirect_uri: str, state: str | None) -> HttpResponse:
    """The error at a redirect URI that was verified to be the client's (RFC 6749 §4.1.2.1)."""
    description = description_of(error.error, error.description)
    parameters = [("error", error.error), ("error_description", description)]
    if state is not None:
        parameters.append(("state", state))
    return redirect_to_client(add_params_to_uri(redirect_uri, parameters))
