"""Token endpoints: issue, revoke and introspect."""

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from oauthlib.oauth2 import InvalidRequestError, UnauthorizedClientError

from accounts.domain.identity.entities.tokens import TokenFacts
from accounts.oauth.client_authentication import authenticated_client
from accounts.oauth.endpoints import NO_STORE, Endpoint, json_response
from accounts.oauth.errors import missing
from accounts.oauth.exchange import our_api
from accounts.oauth.parameters import form_of
from accounts.oauth.server import backend
from accounts.oauth.wallets import is_of_wallet, token_response
from authsvc.composition.container import services


class TokenView(Endpoint):
    """`POST /oauth/token` (RFC 6749 §3.2)."""

    def respond(self, request: HttpRequest) -> HttpResponseBase:
        if is_of_wallet(request):
            return token_response(request)
        headers, body, status = backend().token_response(request)
        return HttpResponse(body, status=status, headers=dict(headers) | dict(NO_STORE))


class RevocationView(Endpoint):
    """`POST /oauth/revoke` (RFC 7009). An unknown token, or one of another client, gets the same response."""

    def respond(self, request: HttpRequest) -> HttpResponseBase:
        client = authenticated_client(request)
        services().tokens.revoke(_token_in(request), client_id=client.client_id)
        return HttpResponse(status=HTTPStatus.OK, headers=dict(NO_STORE))


class IntrospectionView(Endpoint):
    """`POST /oauth/introspect` (RFC 7662): a confidential client asks about its own tokens."""

    def respond(self, request: HttpRequest) -> HttpResponseBase:
        client = authenticated_client(request)
        if client.terms.is_public:
            raise UnauthorizedClientError
        facts = services().tokens.introspect(_token_in(request), client_id=client.client_id)
        return json_response({"active": False} if facts is None else _members(facts))


def _token_in(request: HttpRequest) -> str:
    token = form_of(request).get("token")
    if token is None:
        raise InvalidRequestError(description=missing("token"))
    return token


def _members(facts: TokenFacts) -> dict[str, Any]:
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
    if facts.authentication is not None:  # RFC 9470 §6.2
        members |= facts.authentication.claims
    if facts.is_access_token:
        members |= {"token_type": "Bearer", "jti": str(facts.token_id)}
    return members
