"""Logout: requests of clients (OpenID Connect RP-Initiated Logout), and notices to them (Back-Channel Logout)."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_out
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from oauthlib.common import add_params_to_uri
from oauthlib.oauth2 import InvalidClientIdError, InvalidRequestError, OAuth2Error

from accounts.domain.oauth.entities.clients import OAuthClient
from accounts.domain.oauth.entities.id_tokens import IdClaims
from accounts.oauth.pages import DecisionPage, error_page, hint_in, see_other
from accounts.oauth.parameters import query_of
from accounts.oauth.session_state import allow_form_action, browser_id_in
from authsvc.composition.container import services
from authsvc.http.middleware import LEADS_TO

SIGN_OUT: Final = "sign-out"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogoutRequest:
    """A valid logout request; `goes_to` is where the browser goes afterwards, with the state.

    Without a hint anybody could have made the request: the browser then stays here (RP-Initiated Logout §3).
    """

    client: OAuthClient | None
    hint: IdClaims | None
    goes_to: str | None

    @classmethod
    def of(cls, parameters: Mapping[str, str]) -> "LogoutRequest":
        """Raises OAuth2Error, after which nobody is signed out and the browser is not redirected."""
        hint = hint_in(parameters.get("id_token_hint"))
        client = _client(parameters.get("client_id"), hint)
        url = parameters.get("post_logout_redirect_uri")
        if url is None or client is None or hint is None:
            return cls(client=client, hint=hint, goes_to=None)
        if not client.may_return_to(url):
            raise InvalidRequestError(description="The post-logout redirect URI is not registered.")
        state = parameters.get("state")
        goes_to = add_params_to_uri(url, [("state", state)]) if state else url
        return cls(client=client, hint=hint, goes_to=goes_to)


class LogoutView(DecisionPage):
    """`GET` or `POST /oauth/logout`: signs out the user of the ID token hint at once, and asks any other."""

    url_name = "oauth_logout"

    def respond(self, request: HttpRequest, *, decision: str | None) -> HttpResponseBase:
        try:
            logout_request = LogoutRequest.of(query_of(request))
        except OAuth2Error as error:
            return error_page(request, error)
        user = request.user
        hint = logout_request.hint
        is_hinted = hint is not None and hint.user_id == user.pk
        if user.is_authenticated and decision is None and not is_hinted:
            return _ask(request, logout_request)
        request.session.pop(LEADS_TO, None)
        logout(request)
        return see_other(logout_request.goes_to or reverse("signed_out"))


def listen() -> None:
    """Notify clients from now on when a user signs out of the browser session that they share with it."""
    user_logged_out.connect(_end_browser)


def _ask(request: HttpRequest, logout_request: LogoutRequest) -> HttpResponse:
    if logout_request.goes_to is not None:
        allow_form_action(request, logout_request.goes_to)
    client = logout_request.client.terms if logout_request.client else None
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


def _end_browser(request: HttpRequest | None, **_: Any) -> None:
    browser_id = browser_id_in(request.session) if request is not None else None
    if browser_id is not None:
        services().logouts.end_browser(browser_id)
