"""Authorization endpoint (RFC 6749 §4.1; OpenID Connect Core §3.1.2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from oauthlib.oauth2 import (
    AccessDeniedError,
    FatalClientError,
    InvalidRequestError,
    OAuth2Error,
)
from oauthlib.openid.connect.core.exceptions import ConsentRequired, LoginRequired

from accounts.domain.access import PASSWORD, SECOND_FACTOR, UserId
from accounts.domain.oauth.entities.claims import ClaimsRequest
from accounts.domain.oauth.entities.client_documents import host_of
from accounts.domain.oauth.entities.id_tokens import IdClaims
from accounts.domain.oauth.entities.scopes import descriptions_of
from accounts.oauth.client_documents import fetch_document
from accounts.oauth.errors import UnmetAuthenticationRequirements
from accounts.oauth.exchange import Approval
from accounts.oauth.pages import (
    DecisionPage,
    error_page,
    hint_in,
    redirect_error,
    redirect_to_client,
    see_other,
)
from accounts.oauth.par import resolve, use_up
from accounts.oauth.parameters import query_of
from accounts.oauth.server import AuthorizationRequest, backend
from accounts.oauth.session_state import (
    SignInRequest,
    allow_form_action,
    authentication_of,
)
from authsvc.composition.container import services
from authsvc.http.browsers import continue_at
from authsvc.http.client_ip import client_ip_of
from authsvc.http.sign_in_state import (
    SignIn,
    show_second_factor,
    sign_in_again,
    sign_in_of,
)

ALLOW: Final = "allow"
WITHOUT: Final = "without"
"""The decision to go on without the second factor that the client asks for."""
CONTEXTS: Final = frozenset({PASSWORD, SECOND_FACTOR})
PROMPTS: Final = frozenset({"none", "login", "consent", "select_account"})
MOST_DIGITS: Final = 9
"""Of `max_age`: about 31 years. Longer numbers can exceed what Python converts."""


class AuthorizationView(DecisionPage):
    """`GET` or `POST /oauth/authorize` (OpenID Connect Core §3.1.2.1)."""

    url_name = "oauth_authorize"

    def respond(self, request: HttpRequest, *, decision: str | None) -> HttpResponseBase:
        try:
            query = query_of(request)
            fetch_document(query.get("client_id", ""), client_ip=client_ip_of(request))
            authorization = backend().authorization_request(resolve(query))
        except FatalClientError as error:
            return error_page(request, error)
        except OAuth2Error as error:
            if error.redirect_uri is None:
                return error_page(request, error)
            return redirect_error(error, redirect_uri=error.redirect_uri, state=error.state)
        try:
            return AuthorizationFlow(
                request=request, query=query, authorization=authorization
            ).advance(decision)
        except OAuth2Error as error:
            state = authorization.parameters.get("state")
            return redirect_error(error, redirect_uri=authorization.redirect_uri, state=state)


class Interaction(Enum):
    """What the user must do before the client gets a code."""

    SIGN_IN = auto()
    SIGN_IN_AGAIN = auto()
    SECOND_FACTOR = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthenticationRequest:
    """The parameters that say how the user is to be authenticated (OpenID Connect Core §3.1.2.1)."""

    prompts: frozenset[str]
    max_age: timedelta | None
    contexts: tuple[str, ...]
    hint: IdClaims | None
    subject: str | None
    login_hint: str

    @classmethod
    def of(cls, parameters: Mapping[str, str], claims: ClaimsRequest) -> "AuthenticationRequest":
        """Raises InvalidRequestError, UnmetAuthenticationRequirements."""
        prompts = frozenset(parameters.get("prompt", "").split())
        if not prompts <= PROMPTS:
            raise InvalidRequestError(description="The value of prompt is not supported.")
        if "none" in prompts and len(prompts) > 1:
            raise InvalidRequestError(
                description="prompt=none cannot be combined with other values."
            )
        requested = claims.contexts or parameters.get("acr_values", "").split()
        contexts = tuple(value for value in requested if value in CONTEXTS)
        if claims.needs_context and not contexts:
            raise UnmetAuthenticationRequirements
        return cls(
            prompts=prompts,
            max_age=_max_age(parameters.get("max_age")),
            contexts=contexts,
            hint=hint_in(parameters.get("id_token_hint")),
            subject=claims.subject,
            login_hint=parameters.get("login_hint", ""),
        )

    @property
    def is_silent(self) -> bool:
        return "none" in self.prompts

    @property
    def requires_consent(self) -> bool:
        return "consent" in self.prompts

    @property
    def prefers_second_factor(self) -> bool:
        """Whether the first context that we know is the second factor. Unknown ones are passed over."""
        return self.contexts[:1] == (SECOND_FACTOR,)

    def accepts(self, user_id: UserId) -> bool:
        """Whether the client wants this user, or anyone."""
        wants_other = self.hint is not None and self.hint.user_id != user_id
        return not wants_other and self.subject in {None, str(user_id)}

    def missing(self, sign_in: SignIn | None, *, was_prompted: bool) -> Interaction | None:
        """The next interaction. A user whom this very request has prompted is not prompted again."""
        if sign_in is None:
            return Interaction.SIGN_IN
        is_demanded = bool(self.prompts & {"login", "select_account"}) or self._is_too_old(sign_in)
        if is_demanded and not was_prompted:
            return Interaction.SIGN_IN_AGAIN
        if self.prefers_second_factor and not sign_in.has_second_factor:
            return Interaction.SECOND_FACTOR
        return None

    def _is_too_old(self, sign_in: SignIn) -> bool:
        return self.max_age is not None and timezone.now() - sign_in.at >= self.max_age


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationFlow:
    """The steps from a valid request to a code: sign-in, consent, code. Any step may raise OAuth2Error."""

    request: HttpRequest
    query: Mapping[str, str]
    authorization: AuthorizationRequest

    def advance(self, decision: str | None) -> HttpResponseBase:
        wanted = AuthenticationRequest.of(self.authorization.parameters, self.authorization.claims)
        sign_in = sign_in_of(self.request)
        was_prompted = sign_in is not None and self._sign_in_request.is_answered(sign_in)
        interaction = wanted.missing(sign_in, was_prompted=was_prompted)
        if interaction is Interaction.SECOND_FACTOR and decision == WITHOUT:
            self._decline_second_factor(wanted)
            decision = None
        if interaction is Interaction.SECOND_FACTOR and self._sign_in_request.is_declined:
            interaction = None
        if sign_in is None or interaction is not None:
            return self._authenticate(interaction or Interaction.SIGN_IN, wanted)
        if not wanted.accepts(self._user_id):
            raise LoginRequired(description="A different user is signed in.")
        if decision is None and self._needs_consent(wanted):
            return self._ask_consent(wanted)
        return self._finish(sign_in, decision)

    @property
    def _sign_in_request(self) -> SignInRequest:
        return SignInRequest(self.request, self.authorization.parameters)

    @property
    def _user_id(self) -> UserId:
        user: Any = self.request.user
        return UserId(user.pk)

    def _authenticate(
        self, interaction: Interaction, wanted: AuthenticationRequest
    ) -> HttpResponseBase:
        """Send the user to the sign-in pages, which lead back here."""
        if wanted.is_silent:
            raise LoginRequired
        self._sign_in_request.note(leads_to=self.authorization.redirect_uri)
        here = f"{reverse('oauth_authorize')}?{urlencode(self.query)}"
        if interaction is Interaction.SIGN_IN_AGAIN:
            return sign_in_again(self.request, back_to=here)
        if interaction is Interaction.SECOND_FACTOR:
            return self._ask_second_factor(here)
        hint = {"login_hint": wanted.login_hint} if wanted.login_hint else {}
        return see_other(reverse("account_login"), {"next": here} | hint)

    def _ask_second_factor(self, here: str) -> HttpResponseBase:
        """The second factor; or, for a user who has none, the choice to set one up or to go on without."""
        if is_mfa_enabled(self.request.user):
            return show_second_factor(self.request, back_to=here)
        continue_at(self.request, here)
        facts = {"client": self.authorization.client.terms}
        return render(self.request, "accounts/oauth/second_factor.html", facts)

    def _decline_second_factor(self, wanted: AuthenticationRequest) -> None:
        """Note that the user goes on without. Raises UnmetAuthenticationRequirements if the client rules that out."""
        if PASSWORD not in wanted.contexts:
            raise UnmetAuthenticationRequirements
        self._sign_in_request.decline()

    def _needs_consent(self, wanted: AuthenticationRequest) -> bool:
        return wanted.requires_consent or services().authorizations.needs_consent(
            self.authorization.client,
            user_id=self._user_id,
            scopes=self.authorization.shown_scopes,
            redirect_uri=self.authorization.redirect_uri,
        )

    def _ask_consent(self, wanted: AuthenticationRequest) -> HttpResponseBase:
        if wanted.is_silent:
            raise ConsentRequired
        allow_form_action(self.request, self.authorization.redirect_uri)
        facts = {
            "client": self.authorization.client.terms,
            "client_host": host_of(self.authorization.client.client_id),
            "permissions": descriptions_of(self.authorization.shown_scopes),
            "resource": self.authorization.resource,
            "goes_to": urlsplit(self.authorization.redirect_uri).netloc,
        }
        return render(self.request, "accounts/oauth/consent.html", facts)

    def _finish(self, sign_in: SignIn, decision: str | None) -> HttpResponseBase:
        use_up(self.query)
        self._sign_in_request.clear()
        if decision not in {None, ALLOW}:
            raise AccessDeniedError
        if decision == ALLOW:
            services().authorizations.consent(
                self.authorization.client,
                user_id=self._user_id,
                scopes=self.authorization.shown_scopes,
            )
        approval = Approval(
            user_id=self._user_id, authentication=authentication_of(self.request, sign_in)
        )
        return redirect_to_client(backend().issue_code(self.authorization, approval))


def _max_age(text: str | None) -> timedelta | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        raise InvalidRequestError(description="max_age must be a number of seconds.")
    return timedelta(seconds=int(text))
