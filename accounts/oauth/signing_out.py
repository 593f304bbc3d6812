"""A client sends a browser here to have its person signed out (OpenID Connect RP-Initiated Logout)."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from oauthlib.common import add_params_to_uri
from oauthlib.oauth2 import InvalidClientIdError, InvalidRequestError, OAuth2Error

from accounts.domain.oauth.entities.clients import OAuthClient
from accounts.domain.oauth.entities.id_tokens import IdClaims
from accounts.oauth.decisions import DecisionPage, error_page, hint_in
from accounts.oauth.parameters import query_of
from accounts.oauth.redirects import see_other
from accounts.oauth.session_state import lead_to
from authsvc.composition.container import services
from authsvc.http.middleware import LEADS_TO

SIGN_OUT: Final = "sign-out"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogoutRequest:
    """What a client wants, once it is known to be in order."""

    client: OAuthClient | None
    hint: IdClaims | None
    goes_to: str | None

    @classmethod
    def of(cls, parameters: Mapping[str, str]) -> "LogoutRequest":
        """Raises OAuth2Error: then nobody is signed out, and no browser is sent anywhere."""
        hint = hint_in(parameters.get("id_token_hint"))
        client = _client(parameters.get("client_id"), hint)
        address = parameters.get("post_logout_redirect_uri")
        if address is None:
            return cls(client=client, hint=hint, goes_to=None)
        if client is None or hint is None:
            raise InvalidRequestError(
                description="post_logout_redirect_uri needs an ID token hint."
            )
        if not client.may_return_to(address):
            raise InvalidRequestError(description="The post-logout redirect URI is not registered.")
        state = parameters.get("state")
        goes_to = add_params_to_uri(address, [("state", state)]) if state else address
        return cls(client=client, hint=hint, goes_to=goes_to)


class LogoutView(DecisionPage):
    """A person whom the hint names is signed out at once; anybody else is asked."""

    address = "oauth_logout"

    def answer_to(self, request: HttpRequest, *, decision: str | None) -> HttpResponseBase:
        try:
            asked = LogoutRequest.of(query_of(request))
        except OAuth2Error as error:
            return error_page(request, error)
        user = request.user
        is_named = asked.hint is not None and asked.hint.user_id == user.pk
        if user.is_authenticated and decision is None and not is_named:
            return _ask(request, asked)
        request.session.pop(LEADS_TO, None)
        logout(request)
        return see_other(asked.goes_to or reverse("signed_out"))


def _ask(request: HttpRequest, asked: LogoutRequest) -> HttpResponse:
    if asked.goes_to is not None:
        lead_to(request, asked.goes_to)
    client = asked.client.terms if asked.client else None
    facts = {"client": client, "decision": SIGN_OUT}
    return render(request, "accounts/oauth/logout.html", facts, status=HTTPStatus.OK)


def _client(client_id: str | None, hint: IdClaims | None) -> OAuthClient | None:
    if client_id is not None and hint is not None and client_id != hint.client_id:
        raise InvalidRequestError(description="The ID token hint belongs to another client.")
    named = client_id or (hint.client_id if hint else None)
    if named is None:
        return None
    client = services().clients.find(named)
    if client is None:
        raise InvalidClientIdError
    return client
