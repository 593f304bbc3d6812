"""How clients show who they are (RFC 6749 §2.3)."""

import base64
import binascii
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote_plus

from oauthlib.common import Request
from oauthlib.oauth2 import InvalidClientError, InvalidRequestError

from accounts.oauth.parameters import has_control_character

PUBLIC: Final = "none"
METHODS: Final = ("client_secret_basic", "client_secret_post", PUBLIC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """Without a secret, what a public client says of itself."""

    client_id: str
    secret: str | None = field(repr=False)


def credentials_of(request: Request) -> Credentials:
    """What a request brings. Raises InvalidRequestError when it uses two ways at once, InvalidClientError for none."""
    header = request.headers.get("Authorization")
    if hasattr(request, "client_assertion") or hasattr(request, "client_assertion_type"):
        raise InvalidClientError(description="Client assertions are not supported.")
    if header is None:
        if not request.client_id:
            raise InvalidClientError(description="The client did not identify itself.")
        return Credentials(client_id=request.client_id, secret=request.client_secret)
    credentials = _in_header(header)
    if request.client_secret is not None:
        raise InvalidRequestError(
            description="The client must use exactly one authentication method."
        )
    if request.client_id not in {None, credentials.client_id}:
        raise InvalidRequestError(description="The request names two different clients.")
    return credentials


def _in_header(header: str) -> Credentials:
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        raise InvalidClientError(description="The client must use HTTP Basic.")
    try:
        client_id, colon, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        raise InvalidClientError(description="The Authorization header is malformed.") from None
    if not colon or not client_id:
        raise InvalidClientError(description="The Authorization header names no client.")
    # Both parts are form-encoded first (RFC 6749 §2.3.1).
    credentials = Credentials(client_id=unquote_plus(client_id), secret=unquote_plus(secret))
    if has_control_character(credentials.client_id):
        raise InvalidClientError
    return credentials
