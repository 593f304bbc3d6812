"""Protocol errors that oauthlib does not define."""

from oauthlib.oauth2 import OAuth2Error


class InvalidTarget(OAuth2Error):
    """RFC 8707 §2."""

    error = "invalid_target"
    description = "The client is not allowed to request tokens for this resource."


class InvalidRequestUri(OAuth2Error):
    """RFC 9126 §2.2; OpenID Connect Core §3.1.2.6."""

    error = "invalid_request_uri"
    description = "The request URI is unknown or has expired."


class RequestNotSupported(OAuth2Error):
    """OpenID Connect Core §3.1.2.6."""

    error = "request_not_supported"
    description = "Request objects are not supported; push the request instead."


class RequestUriNotSupported(OAuth2Error):
    """OpenID Connect Core §3.1.2.6."""

    error = "request_uri_not_supported"
    description = "Only references to pushed requests are supported."


class UnmetAuthenticationRequirements(OAuth2Error):
    """OpenID Connect Core Error Code unmet_authentication_requirements 1.0 §2."""

    error = "unmet_authentication_requirements"
    description = "The user did not sign in with the requested authentication context."


class InvalidToken(OAuth2Error):
    """RFC 6750 §3.1."""

    error = "invalid_token"
    status_code = 401
    description = "The access token is malformed, expired or revoked."


class SlowDown(OAuth2Error):
    """Too many requests failed. `seconds` is the time until the next one is accepted."""

    error = "slow_down"
    status_code = 429
    description = "Too many failed attempts. Wait, then try again."

    def __init__(self, seconds: int) -> None:
        super().__init__()
        self.seconds = seconds


class InvalidClientMetadata(OAuth2Error):
    """RFC 7591 §3.2.2."""

    error = "invalid_client_metadata"
    description = "The client metadata is invalid."


class InvalidRedirectUri(OAuth2Error):
    """RFC 7591 §3.2.2."""

    error = "invalid_redirect_uri"
    description = "A redirect URI is invalid."
