"""A client sends a browser here, and the person at it decides (RFC 6749 §4.1; OpenID Connect Core §3.1.2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from oauthlib.oauth2 import AccessDeniedError, FatalClientError, OAuth2Error
from oauthlib.openid.connect.core.exceptions import ConsentRequired, LoginRequired

from accounts.domain.access import UserId
from accounts.domain.oauth.entities.scopes import in_words
from accounts.oauth.core import Authorization, core
from accounts.oauth.decisions import DecisionPage, error_page
from accounts.oauth.interactions import Interaction, Wishes
from accounts.oauth.parameters import query_of
from accounts.oauth.pushed import resolved, use_up
from accounts.oauth.redirects import refused_to_client, see_other, to_client
from accounts.oauth.session_state import Question, authentication_of, lead_to
from authsvc.composition.container import services
from authsvc.http.sign_in_state import SignIn, show_second_factor, sign_in_again, sign_in_of

ALLOW: Final = "allow"


class AuthorizationView(DecisionPage):
    """A request may come by GET or POST (OpenID Connect Core §3.1.2.1)."""

    address = "oauth_authorize"

    def answer_to(self, request: HttpRequest, *, decision: str | None) -> HttpResponseBase:
        try:
            query = query_of(request)
            asked = core().authorization(resolved(query))
        except FatalClientError as error:
            return error_page(request, error)
        except OAuth2Error as error:
            if error.redirect_uri is None:
                return error_page(request, error)
            return refused_to_client(error, redirect_uri=error.redirect_uri, state=error.state)
        try:
            return Conversation(request=request, query=query, asked=asked).go_on(decision)
        except OAuth2Error as error:
            state = asked.parameters.get("state")
            return refused_to_client(error, redirect_uri=asked.redirect_uri, state=state)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """With the person at the browser, about one request that is in order. Any step may raise OAuth2Error."""

    request: HttpRequest
    query: Mapping[str, str]
    asked: Authorization

    def go_on(self, decision: str | None) -> HttpResponseBase:
        wishes = Wishes.of(self.asked.parameters)
        sign_in = sign_in_of(self.request)
        was_asked = sign_in is not None and self._question.is_answered(sign_in)
        lacks = wishes.lacks(sign_in, was_asked=was_asked)
        if sign_in is None or lacks is not None:
            return self._have_shown(lacks or Interaction.SIGN_IN, wishes)
        if wishes.hint is not None and wishes.hint.user_id != self._user_id:
            raise LoginRequired(description="A different user is signed in.")
        if decision is None and self._needs_consent(wishes):
            return self._ask_consent(wishes)
        return self._finish(sign_in, decision)

    @property
    def _question(self) -> Question:
        return Question(self.request, self.asked.parameters)

    @property
    def _user_id(self) -> UserId:
        user: Any = self.request.user
        return UserId(user.pk)

    def _have_shown(self, what: Interaction, wishes: Wishes) -> HttpResponseBase:
        """Have the person sign in, or show more, and come back here."""
        if wishes.is_silent:
            raise LoginRequired
        self._question.note(leads_to=self.asked.redirect_uri)
        here = f"{reverse('oauth_authorize')}?{urlencode(self.query)}"
        if what is Interaction.SIGN_IN_AGAIN:
            return sign_in_again(self.request, back_to=here)
        if what is Interaction.SECOND_FACTOR:
            return show_second_factor(self.request, back_to=here)
        hint = {"login_hint": wishes.login_hint} if wishes.login_hint else {}
        return see_other(reverse("account_login"), {"next": here} | hint)

    def _needs_consent(self, wishes: Wishes) -> bool:
        return wishes.wants_consent or services().authorizations.needs_consent(
            self.asked.client, user_id=self._user_id, scopes=self.asked.scopes
        )

    def _ask_consent(self, wishes: Wishes) -> HttpResponseBase:
        if wishes.is_silent:
            raise ConsentRequired
        lead_to(self.request, self.asked.redirect_uri)
        facts = {
            "client": self.asked.client.terms,
            "permissions": in_words(self.asked.scopes),
            "resource": self.asked.resource,
            "goes_to": urlsplit(self.asked.redirect_uri).netloc,
        }
        return render(self.request, "accounts/oauth/consent.html", facts)

    def _finish(self, sign_in: SignIn, decision: str | None) -> HttpResponseBase:
        use_up(self.query)
        self._question.forget()
        if decision not in {None, ALLOW}:
            raise AccessDeniedError
        if decision == ALLOW:
            services().authorizations.consent(
                self.asked.client, user_id=self._user_id, scopes=self.asked.scopes
            )
        authentication = authentication_of(self.request, sign_in)
        return to_client(
            core().issue(self.asked, user=self.request.user, authentication=authentication)
        )
