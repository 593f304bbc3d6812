"""Client authentication (RFC 6749 §2.3)."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote_plus

from django.http import HttpRequest
from oauthlib.oauth2 import InvalidClientError, InvalidRequestError, OAuth2Error

from accounts.domain.oauth.entities.clients import OAuthClient
from accounts.oauth.errors import missing
from accounts.oauth.parameters import body_of, has_control_character
from authsvc.composition.container import services

PUBLIC: Final = "none"
METHODS: Final = ("client_secret_basic", "client_secret_post", PUBLIC)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientCredentials:
    """The identifier of a client and its secret; a public client has none."""

    client_id: str
    secret: str | None = field(repr=False)


def authenticated_client(request: HttpRequest) -> OAuthClient:
    """The client that authenticates in this request. Raises OAuth2Error."""
    client = authenticate(_credentials_in(request))
    if client is None:
        raise InvalidClientError
    return client


def named_client(request: HttpRequest) -> OAuthClient | None:
    """The client that the request names, whether or not it authenticates."""
    try:
        credentials = _credentials_in(request)
    except OAuth2Error:
        return None
    return services().clients.find(credentials.client_id)


def authenticate(credentials: ClientCredentials) -> OAuthClient | None:
    """The client with these credentials: a confidential one by its secret, a public one by its identifier."""
    clients = services().clients
    if credentials.secret:  # an empty secret is as good as none (RFC 6749 §2.3.1)
        return clients.authenticated(credentials.client_id, credentials.secret)
    client = clients.find(credentials.client_id)
    return client if client is not None and client.terms.is_public else None


def credentials_of(authorization: str | None, form: Mapping[str, str]) -> ClientCredentials:
    """The credentials in the Authorization header or the form of a request.

    Raises InvalidClientError without any, InvalidRequestError when the request uses both methods at once.
    """
    if "client_assertion" in form or "client_assertion_type" in form:
        raise InvalidClientError(description="Client assertions are not supported.")
    client_id = form.get("client_id")
    if authorization is None:
        if not client_id:
            raise InvalidClientError(description=missing("client_id"))
        return ClientCredentials(client_id=client_id, secret=form.get("client_secret"))
    credentials = _in_header(authorization)
    if "client_secret" in form:
        raise InvalidRequestError(
            description="The client must use exactly one authentication method."
        )
    if client_id not in {None, credentials.client_id}:
        raise InvalidRequestError(description="The request names two different clients.")
    return credentials


def _credentials_in(request: HttpRequest) -> ClientCredentials:
    form = body_of(request)
    return credentials_of(request.headers.get("Authorization"), form)


def _in_header(authorization: str) -> ClientCredentials:
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        raise InvalidClientError(description="The client must use HTTP Basic.")
    try:
        client_id, colon, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        raise InvalidClientError(description="The Authorization header is malformed.") from None
    if not colon or not client_id:
        raise InvalidClientError(description="The Authorization header names no client.")
    # Both parts are form-encoded first (RFC 6749 §2.3.1).
    credentials = ClientCredentials(client_id=unquote_plus(client_id), secret=unquote_plus(secret))
    if has_control_character(credentials.client_id):
        raise InvalidClientError
    return credentials
