"""Pushed authorization requests (RFC 9126)."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from django.http import HttpRequest, HttpResponseBase
from oauthlib.oauth2 import InvalidRequestError

from accounts.domain.oauth.entities.client_documents import is_document_url
from accounts.domain.oauth.services.authorizations import PUSHED_REQUEST_LIVES
from accounts.oauth.client_authentication import authenticated_client
from accounts.oauth.endpoints import Endpoint, json_response
from accounts.oauth.errors import InvalidRequestUri
from accounts.oauth.parameters import form_of
from accounts.oauth.server import backend
from authsvc.composition.container import services

REFERENCE: Final = "urn:ietf:params:oauth:request_uri:"


class PushView(Endpoint):
    """`POST /oauth/par`."""

    def respond(self, request: HttpRequest) -> HttpResponseBase:
        client = authenticated_client(request)
        parameters = dict(form_of(request)) | {"client_id": client.client_id}
        parameters.pop("client_secret", None)
        if "request_uri" in parameters:
            raise InvalidRequestError(description="A pushed request must not contain request_uri.")
        if is_document_url(client.client_id):
            description = "A client with a metadata document sends its request by the browser."
            raise InvalidRequestError(description=description)
        backend().authorization_request(parameters)
        secret = services().pushed_requests.push(client, parameters)
        members = {
            "request_uri": f"{REFERENCE}{secret}",
            "expires_in": int(PUSHED_REQUEST_LIVES.total_seconds()),
        }
        return json_response(members, status=HTTPStatus.CREATED)


def resolve(parameters: Mapping[str, str]) -> Mapping[str, str]:
    """The parameters to use: the pushed ones, if the request refers to some (§4). Raises OAuth2Error."""
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
    """Mark the pushed request as used. Raises InvalidRequestUri when another browser has done so first."""
    reference = parameters.get("request_uri", "")
    if not reference.startswith(REFERENCE):
        return
    if not services().pushed_requests.use_up(reference.removeprefix(REFERENCE)):
        raise InvalidRequestUri
