"""Pages to which clients send browsers, and on which a person decides."""

from abc import abstractmethod
from http import HTTPStatus
from typing import Any, ClassVar, Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from oauthlib.oauth2 import InvalidRequestError, OAuth2Error

from accounts.domain.oauth.entities.id_tokens import IdClaims
from accounts.oauth.parameters import form_of
from accounts.oauth.redirects import see_other
from authsvc.composition.container import services

DECISION: Final = "decision"


@method_decorator(csrf_exempt, name="dispatch")
@method_decorator(never_cache, name="dispatch")
class DecisionPage(View):
    """What a client asks may come by GET or POST; what a person decides is a form of ours, with the same address."""

    address: ClassVar[str]

    def get(self, request: HttpRequest) -> HttpResponseBase:
        return self.answer_to(request, decision=None)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        if DECISION in request.POST:
            return self._decided(request)
        try:
            form = form_of(request)
        except OAuth2Error as error:
            return error_page(request, error)
        # By GET it is a place that one can come back to after signing in.
        return see_other(reverse(self.address), form)

    @method_decorator(csrf_protect)
    def _decided(self, request: HttpRequest) -> HttpResponseBase:
        return self.answer_to(request, decision=request.POST[DECISION])

    @abstractmethod
    def answer_to(self, request: HttpRequest, *, decision: str | None) -> HttpResponseBase:
        """Go on with what the client asks; None is decided yet, or what the button said."""


def error_page(request: HttpRequest, error: OAuth2Error) -> HttpResponse:
    """For the person, when no client may be told."""
    facts: dict[str, Any] = {"error": error.error, "description": error.description}
    return render(request, "accounts/oauth/error.html", facts, status=HTTPStatus.BAD_REQUEST)


def hint_in(token: str | None) -> IdClaims | None:
    """Whom an ID token is about that a client sends as a hint, if it sends one. Raises InvalidRequestError."""
    if token is None:
        return None
    hint = services().claims.hinted(token)
    if hint is None:
        raise InvalidRequestError(description="The ID token hint was not issued by this server.")
    return hint
