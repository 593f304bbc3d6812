"""Protocol errors that oauthlib does not define, and descriptions of those that it does not describe."""

import re
from collections.abc import Mapping
from typing import Final

from oauthlib.oauth2 import OAuth2Error

_DESCRIPTIONS: Final[Mapping[str, str]] = {
    "access_denied": "The user denied the request.",
    "authorization_pending": "The user has not decided yet. Poll again after the interval.",
    "consent_required": "The user has to consent. Repeat the request without prompt=none.",
    "expired_token": "The device code has expired. Start again.",
    "invalid_client": "The client is unknown, or its credentials are wrong.",
    "invalid_grant": "The code or token is wrong, expired, used or issued to another client.",
    "invalid_request": "The request is invalid.",
    "invalid_scope": "The client is not registered for a requested scope.",
    "login_required": "The user has to sign in. Repeat the request without prompt=none.",
    "server_error": "The server failed. Try again.",
    "slow_down": "The device polls too often. Wait 5 seconds longer between requests.",
    "temporarily_unavailable": "The server is busy. Try again.",
    "unauthorized_client": "The client is not registered for this kind of request.",
    "unsupported_grant_type": "The grant type is not supported.",
    "unsupported_response_type": "Only the response type code is supported.",
}
_OF_OAUTHLIB: Final[Mapping[str, str]] = {
    "Missing response_type parameter.": "response_type",
    "Missing redirect URI.": "redirect_uri",
    "Missing client_id parameter.": "client_id",
    "Missing code parameter.": "code",
    "Missing refresh token parameter.": "refresh_token",
    "Missing device_code parameter.": "device_code",
    "Code challenge required.": "code_challenge",
    "Code verifier required.": "code_verifier",
}
"""The parameters whose absence oauthlib describes so."""
_NOT_ALLOWED: Final = re.compile(r"[^ !#-\[\]-~]")
"""Characters that a description must not have (RFC 6749 §5.2)."""


def missing(parameter: str) -> str:
    """The description of the error that the request lacks a parameter."""
    return f"The parameter {parameter} is missing."


def description_of(error: str | None, description: str | None) -> str:
    """The description of an error for developers, which is never empty (RFC 6749 §4.1.2.1, §5.2)."""
    if parameter := _OF_OAUTHLIB.get(description or ""):
        return missing(parameter)
    text = description or _DESCRIPTIONS.get(error or "", "The request failed.")
    return _NOT_ALLOWED.sub("?", text)


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
