"""The grants and response types that there are, and how their tokens are made."""

import re
from typing import Any, Final

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
from accounts.oauth.errors import RequestNotSupported, RequestUriNotSupported

_CHALLENGE: Final = re.compile(r"[\w-]{43}", re.ASCII)  # SHA-256 in base64url


class CodeGrant(AuthorizationCodeGrant):
    """With a challenge by S256, and no other (RFC 9700 §2.1.1)."""

    _code_challenge_methods: Final = {"S256": code_challenge_method_s256}

    def __init__(self, validator: Any) -> None:
        super().__init__(validator, pre_auth=[refuse_what_is_not_supported])


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


def _bearer(validator: Any, **kwargs: Any) -> BearerToken:
    """The toolkit hands its settings over under these names."""
    return BearerToken(
        validator,
        kwargs["token_generator"],
        kwargs["token_expires_in"],
        kwargs["refresh_token_generator"],
    )


def refuse_what_is_not_supported(request: Request) -> dict[str, str]:
    """Refuse rather than ignore what would change the meaning of a request to authorize."""
    if hasattr(request, "request"):
        raise RequestNotSupported(request=request)
    if hasattr(request, "request_uri"):
        raise RequestUriNotSupported(request=request)
    if request.response_type not in {None, "code"}:
        raise UnsupportedResponseTypeError(request=request)
    if request.response_mode not in {None, "query"}:
        raise InvalidRequestError(
            description="Only the response mode query is supported.", request=_by_query(request)
        )
    challenge, method = request.code_challenge, request.code_challenge_method
    if challenge is not None and (method != "S256" or not _CHALLENGE.fullmatch(challenge)):
        raise InvalidRequestError(
            description="The code challenge method must be S256.", request=request
        )
    return {}


def access_token(request: Request) -> str:
    """The toolkit's generator: carries the grant out that the validator has found good."""
    request.pair = request.take()
    token: str = request.pair.access_token
    return token


def refresh_token(request: Request) -> str:
    """The toolkit's generator, called after the other one; empty when the client gets none."""
    token: str = request.pair.refresh_token
    return token


def _by_query(request: Request) -> Request:
    """The answer to a request for another way goes by the only one there is."""
    request.response_mode = "query"
    return request
