"""Requests to authorize that refer to what their client has pushed (RFC 9126 §4)."""

from collections.abc import Mapping
from typing import Final

from oauthlib.oauth2 import InvalidRequestError

from accounts.oauth.errors import InvalidRequestUri
from authsvc.composition.container import services

REFERENCE: Final = "urn:ietf:params:oauth:request_uri:"


def resolved(parameters: Mapping[str, str]) -> Mapping[str, str]:
    """The parameters that count: those that were pushed, if the request refers to some. Raises OAuth2Error."""
    reference = parameters.get("request_uri", "")
    client = services().clients.find(parameters.get("client_id", ""))
    if not reference.startswith(REFERENCE):
        if client is not None and client.terms.must_push:
            raise InvalidRequestError(
                description="The client must use pushed authorization requests."
            )
        return parameters
    pushed = client and services().pushed_requests.open(reference.removeprefix(REFERENCE), client)
    if not pushed:
        raise InvalidRequestUri
    return pushed


def use_up(parameters: Mapping[str, str]) -> None:
    """The request was answered. Raises InvalidRequestUri when another browser was quicker."""
    reference = parameters.get("request_uri", "")
    if not reference.startswith(REFERENCE):
        return
    if not services().pushed_requests.take(reference.removeprefix(REFERENCE)):
        raise InvalidRequestUri
