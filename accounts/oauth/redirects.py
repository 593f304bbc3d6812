"""Sending a browser on, and back to clients."""

from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse
from oauthlib.common import add_params_to_uri
from oauthlib.oauth2 import OAuth2Error


def see_other(address: str, parameters: Mapping[str, str] | None = None) -> HttpResponse:
    """Whatever the method was, the next one is GET (RFC 9700 §4.12)."""
    query = f"?{urlencode(parameters)}" if parameters else ""
    return HttpResponse(status=HTTPStatus.SEE_OTHER, headers={"Location": f"{address}{query}"})


def to_client(address: str) -> HttpResponse:
    """Back to the client, which learns from whom the answer is (RFC 9207)."""
    return see_other(add_params_to_uri(address, [("iss", settings.ENVIRONMENT.public_url)]))


def refused_to_client(error: OAuth2Error, *, redirect_uri: str, state: str | None) -> HttpResponse:
    """The error, at an address that was verified to be the client's (RFC 6749 §4.1.2.1)."""
    said = [("error", error.error), ("error_description", error.description)]
    if state is not None:
        said.append(("state", state))
    return to_client(add_params_to_uri(redirect_uri, said))
