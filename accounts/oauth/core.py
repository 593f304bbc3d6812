"""Between HTTP and the protocol: what the toolkit's OAuthLibCore is, with our reading of parameters."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from oauth2_provider.oauth2_backends import OAuthLibCore, get_oauthlib_core
from oauthlib.common import Request
from oauthlib.oauth2 import InvalidClientError, InvalidRequestError, OAuth2Error

from accounts.domain.access import GrantType
from accounts.domain.identity.entities.sessions import Authentication
from accounts.domain.oauth.entities.clients import OAuthClient
from accounts.oauth.credentials import credentials_of
from accounts.oauth.parameters import KNOWN, form_of
from authsvc.composition.container import services

Answer = tuple[Mapping[str, str], str, int]
OAuthlibRequest = tuple[str, str, Mapping[str, str], Mapping[str, str]]

_HEADERS: Final = ("Authorization", "Content-Type")


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorization:
    """A request to authorize that is in order."""

    parameters: Mapping[str, str]
    client: OAuthClient
    redirect_uri: str
    scopes: frozenset[str]
    resource: str


class Core(OAuthLibCore):
    """The server of accounts.oauth.server, asked in the words of Django."""

    def _extract_params(self, request: HttpRequest) -> OAuthlibRequest:
        """The toolkit's hook: path, method, parameters and headers. Raises InvalidRequestError."""
        if request.META.get("QUERY_STRING"):
            raise InvalidRequestError(description="Send parameters in the body, not in the URL.")
        headers = {name: request.headers[name] for name in _HEADERS if name in request.headers}
        return request.path, request.method or "", _known(form_of(request)), headers

    def tokens(self, request: HttpRequest) -> Answer:
        """Carry a grant out (RFC 6749 §3.2). Raises OAuth2Error."""
        form = form_of(request)
        if "grant_type" not in form:
            raise InvalidRequestError(description="The parameter grant_type is missing.")
        if form["grant_type"] == GrantType.CLIENT_CREDENTIALS:
            return self._exchange(request)
        return services().grants.atomically(lambda: self._exchange(request))

    def client_of(self, request: HttpRequest) -> OAuthClient:
        """The client that has shown who it is. Raises OAuth2Error."""
        asked = Request(*self._extract_params(request))
        if not self.server.request_validator.authenticate_client(asked):
            raise InvalidClientError
        client: OAuthClient = asked.client
        return client

    def named_client(self, request: HttpRequest) -> OAuthClient | None:
        """The client that the request names, shown or not."""
        try:
            said = credentials_of(Request(*self._extract_params(request)))
        except OAuth2Error:
            return None
        return services().clients.find(said.client_id)

    def authorization(self, parameters: Mapping[str, str]) -> Authorization:
        """What a request to authorize asks for. Raises OAuth2Error, and FatalClientError if none may be told of it."""
        scopes, said = self.server.validate_authorization_request(_address(parameters))
        return Authorization(
            parameters=parameters,
            client=said["request"].client,
            redirect_uri=said["redirect_uri"],
            scopes=frozenset(scopes),
            resource=said["request"].resource,
        )

    def issue(self, asked: Authorization, *, user: Any, authentication: Authentication) -> str:
        """Where the browser takes the code to."""
        headers, _, _ = self.server.create_authorization_response(
            _address(asked.parameters),
            scopes=sorted(asked.scopes),
            credentials={"user": user, "authentication": authentication},
        )
        location: str = headers["Location"]
        return location

    def _exchange(self, request: HttpRequest) -> Answer:
        _, headers, body, status = self.create_token_response(request)
        return headers, body, status


@cache
def core() -> Core:
    """The one of this process."""
    made: Core = get_oauthlib_core()
    return made


def _address(parameters: Mapping[str, str]) -> str:
    return f"{reverse('oauth_authorize')}?{urlencode(_known(parameters))}"


def _known(parameters: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in parameters.items() if name in KNOWN}
