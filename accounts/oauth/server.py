"""OAuth server: the supported grants and response types, and the way from Django to oauthlib and back."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse
from oauth2_provider.oauth2_backends import OAuthLibCore, get_oauthlib_core
from oauthlib.common import Request
from oauthlib.oauth2 import (
    AuthorizationCodeGrant,
    AuthorizationEndpoint,
    BearerToken,
    ClientCredentialsGrant,
    DeviceCodeGrant,
    InvalidRequestError,
    RefreshTokenGrant,
    TokenEndpoint,
    UnsupportedResponseTypeError,
)
from oauthlib.oauth2.rfc6749.grant_types.authorization_code import code_challenge_method_s256

from accounts.domain.access import GrantType
from accounts.domain.oauth.entities.claims import ClaimsRequest, scopes_covering
from accounts.domain.oauth.entities.clients import OAuthClient
from accounts.oauth.errors import (
    RequestNotSupported,
    RequestUriNotSupported,
    description_of,
    missing,
)
from accounts.oauth.exchange import Approval, Exchange, client_of, exchange_of, scopes_of
from accounts.oauth.parameters import body_of, form_of, known
from authsvc.composition.container import services

TokenResponse = tuple[Mapping[str, str], str, int]
"""Headers, body and status."""

OAuthlibParameters = tuple[str, str, Mapping[str, str], Mapping[str, str]]
"""Path, method, parameters and headers."""

_CHALLENGE: Final = re.compile(r"[\w-]{43}", re.ASCII)  # SHA-256 in base64url
_HEADERS: Final = ("Authorization", "Content-Type")


class CodeGrant(AuthorizationCodeGrant):
    """Authorization codes with the code challenge method S256 alone (RFC 9700 §2.1.1)."""

    _code_challenge_methods: Final = {"S256": code_challenge_method_s256}

    def __init__(self, validator: Any) -> None:
        super().__init__(validator, pre_auth=[reject_unsupported])


class Server(AuthorizationEndpoint, TokenEndpoint):
    """Code, refresh, client credentials and device code: no implicit, hybrid or password grant."""

    def __init__(self, request_validator: Any, **kwargs: Any) -> None:
        bearer = _bearer(request_validator, **kwargs)
        self.request_validator = request_validator
        self.code_grant = CodeGrant(request_validator)
        AuthorizationEndpoint.__init__(
            self,
            default_response_type="code",
            default_token_type=bearer,
            response_types={"code": self.code_grant},
        )
        TokenEndpoint.__init__(
            self,
            default_grant_type=GrantType.AUTHORIZATION_CODE.value,
            default_token_type=bearer,
            grant_types={
                GrantType.AUTHORIZATION_CODE.value: self.code_grant,
                GrantType.REFRESH_TOKEN.value: RefreshTokenGrant(request_validator),
                GrantType.CLIENT_CREDENTIALS.value: ClientCredentialsGrant(request_validator),
                GrantType.DEVICE_CODE.value: DeviceCodeGrant(request_validator),
            },
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationRequest:
    """A valid authorization request; `resource` is empty for our own API."""

    parameters: Mapping[str, str]
    client: OAuthClient
    redirect_uri: str
    scopes: frozenset[str]
    resource: str
    claims: ClaimsRequest

    @property
    def shown_scopes(self) -> frozenset[str]:
        """The scopes to which the user consents: the requested ones, and those that cover the requested claims."""
        requested = self.claims.requested
        return self.scopes | scopes_covering(requested.userinfo | requested.id_token)


class Backend(OAuthLibCore):
    """The toolkit's backend: `Server` for requests of Django, with our parsing of parameters."""

    def _extract_params(self, request: HttpRequest) -> OAuthlibParameters:
        """The toolkit's hook. Raises InvalidRequestError."""
        form = body_of(request)
        headers = {name: request.headers[name] for name in _HEADERS if name in request.headers}
        return request.path, request.method or "", known(form), headers

    def token_response(self, request: HttpRequest) -> TokenResponse:
        """Redeem a grant (RFC 6749 §3.2). Raises OAuth2Error."""
        form = form_of(request)
        if "grant_type" not in form:
            raise InvalidRequestError(description=missing("grant_type"))
        if form["grant_type"] == GrantType.CLIENT_CREDENTIALS:
            return self._redeem(request)
        return services().grants.atomically(lambda: self._redeem(request))

    def authorization_request(self, parameters: Mapping[str, str]) -> AuthorizationRequest:
        """The authorization request with these parameters.

        Raises FatalClientError when the error must not be sent to the client, OAuth2Error otherwise.
        """
        scopes, facts = self.server.validate_authorization_request(
            reverse("oauth_authorize"), body=known(parameters)
        )
        request = facts["request"]
        return AuthorizationRequest(
            parameters=parameters,
            client=client_of(request),
            redirect_uri=facts["redirect_uri"],
            scopes=frozenset(scopes),
            resource=exchange_of(request).resource,
            claims=_claims_request(parameters.get("claims"), request),
        )

    def issue_code(self, authorization: AuthorizationRequest, approval: Approval) -> str:
        """Issue a code, and return the URL that takes it to the client."""
        headers, _, _ = self.server.create_authorization_response(
            reverse("oauth_authorize"),
            body=known(authorization.parameters),
            scopes=sorted(authorization.scopes),
            credentials={
                "exchange": Exchange(approval=approval, claims=authorization.claims.requested)
            },
        )
        location: str = headers["Location"]
        return location

    def _redeem(self, request: HttpRequest) -> TokenResponse:
        _, headers, body, status = self.create_token_response(request)
        return headers, body if status == HTTPStatus.OK else _described(body), status


@cache
def backend() -> Backend:
    """The backend of this process."""
    created: Backend = get_oauthlib_core()
    return created


def reject_unsupported(request: Request) -> dict[str, str]:
    """Reject, rather than ignore, parameters that would change the meaning of an authorization request."""
    if hasattr(request, "request"):
        raise RequestNotSupported(request=request)
    if hasattr(request, "request_uri"):
        raise RequestUriNotSupported(request=request)
    if request.response_type not in {None, "code"}:
        raise UnsupportedResponseTypeError(request=request)
    if request.response_mode not in {None, "query"}:
        request.response_mode = "query"  # the mode in which oauthlib sends the error
        raise InvalidRequestError(
            description="Only the response mode query is supported.", request=request
        )
    challenge, method = request.code_challenge, request.code_challenge_method
    if challenge is not None and (method != "S256" or not _CHALLENGE.fullmatch(challenge)):
        raise InvalidRequestError(
            description="The code challenge method must be S256.", request=request
        )
    return {}


def _claims_request(text: str | None, request: Request) -> ClaimsRequest:
    """The parameter `claims` (OpenID Connect Core §5.5). Raises InvalidRequestError."""
    if text is None:
        return ClaimsRequest()
    try:
        members = json.loads(text)
    except (ValueError, RecursionError):
        description = "The parameter claims must be JSON."
        raise InvalidRequestError(description=description, request=request) from None
    try:
        return ClaimsRequest.of(members, allowed_scopes=client_of(request).terms.allowed_scopes)
    except ValueError as error:
        raise InvalidRequestError(description=str(error), request=request) from None


def access_token(request: Request) -> str:
    """The toolkit's generator of access tokens: redeems the grant that the validator has accepted."""
    return exchange_of(request).redeem(scopes_of(request)).access_token


def refresh_token(request: Request) -> str:
    """The toolkit's generator of refresh tokens, called second; empty when the client gets none."""
    return exchange_of(request).issued.refresh_token


def _described(body: str) -> str:
    """The error response of oauthlib with a description."""
    members = json.loads(body)
    description = description_of(members["error"], members.get("error_description"))
    return json.dumps(members | {"error_description": description})


def _bearer(validator: Any, **kwargs: Any) -> BearerToken:
    """The token type, with the settings that the toolkit passes under these names."""
    return BearerToken(
        validator,
        kwargs["token_generator"],
        kwargs["token_expires_in"],
        kwargs["refresh_token_generator"],
    )
