"""The APIs that tokens may be for (RFC 8707)."""

from django.conf import settings
from oauthlib.common import Request

from accounts.domain.oauth.entities.clients import OAuthClient
from accounts.oauth.errors import InvalidTarget


def our_api() -> str:
    """The address by which our own API is named."""
    return f"{settings.ENVIRONMENT.public_url}/v1"


def resource_of(request: Request) -> str:
    """The resource that a client asks a token for; empty for our own API. Raises InvalidTarget."""
    client: OAuthClient = request.client
    asked: str | None = request.resource
    if not asked or asked == our_api():
        return ""
    if asked not in client.terms.resources:
        raise InvalidTarget(request=request)
    return asked
