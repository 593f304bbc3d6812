"""What clients ask for tokens, and about them."""

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from oauthlib.oauth2 import (
    InvalidRequestError,
    InvalidScopeError,
    UnauthorizedClientError,
)

from accounts.domain.access import GrantType
from accounts.domain.identity.entities.tokens import TokenFacts
from accounts.domain.oauth.services.authorizations import PUSHED_REQUEST_LIVES
from accounts.oauth.answers import NO_STORE, Endpoint, answer
from accounts.oauth.core import core
from accounts.oauth.parameters import form_of
from accounts.oauth.pushed import REFERENCE
from accounts.oauth.resources import our_api
from authsvc.composition.container import services


class TokenView(Endpoint):
    """`POST /oauth/token` (RFC 6749 §3.2)."""

    def answer_to(self, request: HttpRequest) -> HttpResponseBase:
        headers, body, status = core().tokens(request)
        return HttpResponse(body, status=status, headers=dict(headers) | dict(NO_STORE))


class RevocationView(Endpoint):
    """`POST /oauth/revoke` (RFC 7009): a token that is not the client's, or none, is answered alike."""

    def answer_to(self, request: HttpRequest) -> HttpResponseBase:
        client = core().client_of(request)
        services().tokens.revoke(_token_in(request), client_id=client.client_id)
        return HttpResponse(status=HTTPStatus.OK, headers=dict(NO_STORE))


class IntrospectionView(Endpoint):
    """`POST /oauth/introspect` (RFC 7662), for a confidential client about its own tokens."""

    def answer_to(self, request: HttpRequest) -> HttpResponseBase:
        client = core().client_of(request)
        if client.terms.is_public:
            raise UnauthorizedClientError
        facts = services().tokens.introspect(_token_in(request), client_id=client.client_id)
        return answer({"active": False} if facts is None else _said_of(facts))


class PushView(Endpoint):
    """`POST /oauth/par` (RFC 9126)."""

    def answer_to(self, request: HttpRequest) -> HttpResponseBase:
        client = core().client_of(request)
        parameters = dict(form_of(request)) | {"client_id": client.client_id}
        parameters.pop("client_secret", None)
        if "request_uri" in parameters:
            raise InvalidRequestError(description="A pushed request must not contain request_uri.")
        core().authorization(parameters)
        secret = services().pushed_requests.push(client, parameters)
        members = {
            "request_uri": f"{REFERENCE}{secret}",
            "expires_in": int(PUSHED_REQUEST_LIVES.total_seconds()),
        }
        return answer(members, status=HTTPStatus.CREATED)


class DeviceView(Endpoint):
    """`POST /oauth/device` (RFC 8628 §3.1). A browser is led on to the page for people."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        return HttpResponseRedirect(reverse("oauth_device"))

    def answer_to(self, request: HttpRequest) -> HttpResponseBase:
        client = core().client_of(request)
        if not client.may_use(GrantType.DEVICE_CODE):
            raise UnauthorizedClientError
        scopes = frozenset(form_of(request).get("scope", "").split())
        if not client.may_ask_for(scopes):
            raise InvalidScopeError
        started = services().devices.start(client, scopes=scopes)
        page = f"{settings.ENVIRONMENT.public_url}{reverse('oauth_device')}"
        return answer(
            {
                "device_code": started.device_code,
                "user_code": started.user_code,
                "verification_uri": page,
                "verification_uri_complete": f"{page}?user_code={started.user_code}",
                "expires_in": started.expires_in_seconds,
                "interval": started.interval_seconds,
            }
        )


def _token_in(request: HttpRequest) -> str:
    token = form_of(request).get("token")
    if token is None:
        raise InvalidRequestError(description="The parameter token is missing.")
    return token


def _said_of(facts: TokenFacts) -> dict[str, Any]:
    members = {
        "active": True,
        "iss": settings.ENVIRONMENT.public_url,
        "sub": str(facts.user_id or facts.client_id),
        "aud": facts.resource or our_api(),
        "client_id": facts.client_id,
        "scope": " ".join(sorted(facts.scopes)),
        "iat": int(facts.issued_at.timestamp()),
        "exp": int(facts.expires_at.timestamp()),
    }
    if facts.is_access_token:
        members |= {"token_type": "Bearer", "jti": str(facts.token_id)}
    return members
