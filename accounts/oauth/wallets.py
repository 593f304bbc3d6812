"""The pre-authorized code grant, and what token responses tell wallets (OpenID4VCI §6)."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.http import HttpRequest, HttpResponseBase
from oauthlib.oauth2 import InvalidClientError, InvalidGrantError, InvalidRequestError

from accounts.domain.access import PRE_AUTHORIZED_CODE, UserId, scope_of_credential
from accounts.domain.identity.services.login_attempts import LimitName
from accounts.oauth.endpoints import error_response, json_response, open_to_all
from accounts.oauth.errors import SlowDown, missing
from accounts.oauth.parameters import body_of
from authsvc.composition.container import services
from authsvc.http.client_ip import client_ip_of

CODE: Final = "pre-authorized_code"
PIN: Final = "tx_code"
_OF_CLIENTS: Final = frozenset({"client_secret", "client_assertion", "client_assertion_type"})


def is_of_wallet(request: HttpRequest) -> bool:
    """Whether the token request is one of a wallet with a pre-authorized code. Raises OAuth2Error."""
    return body_of(request).get("grant_type") == PRE_AUTHORIZED_CODE


def token_response(request: HttpRequest) -> HttpResponseBase:
    """Redeem a pre-authorized code and its PIN, for a wallet that nobody has registered.

    A `client_id` is ignored. Credentials of a client are refused rather than ignored: whoever sends them expects that
    they are verified. Raises OAuth2Error.
    """
    form = body_of(request)
    if "Authorization" in request.headers or _OF_CLIENTS & form.keys():
        raise InvalidClientError(description="This grant type authenticates no client.")
    for name in (CODE, PIN):
        if name not in form:
            raise InvalidRequestError(description=missing(name))
    redeemed = services().pre_authorized_codes.redeem(form[CODE], form[PIN])
    if redeemed is None:
        return _refused(request)
    identifier = str(redeemed.credential_id)
    members = {
        "access_token": redeemed.tokens.access_token,
        "token_type": "Bearer",
        "expires_in": redeemed.tokens.expires_in_seconds,
        "scope": scope_of_credential(redeemed.credential_id),
        "authorization_details": details_of({redeemed.configuration_id: [identifier]}),
    }
    return open_to_all(json_response(members))


def collectable_details(user_id: UserId) -> list[dict[str, Any]]:
    """The authorization details of a token for all credentials that the user can copy into a wallet."""
    return details_of(services().wallets.identifiers_of(user_id))


def details_of(identifiers: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    """Authorization details (RFC 9396) with the identifiers of credentials by their configuration (§6.2)."""
    return [
        {
            "type": "openid_credential",
            "credential_configuration_id": configuration_id,
            "credential_identifiers": list(named),
        }
        for configuration_id, named in identifiers.items()
    ]


def _refused(request: HttpRequest) -> HttpResponseBase:
    """The error for a wrong code or PIN, which are counted by client IP address, too."""
    state = services().limits.count(LimitName.TOKEN, "address", client_ip_of(request))
    if not state.is_allowed:
        raise SlowDown(seconds=state.forgotten_in_seconds)
    description = "The code or its PIN is wrong, expired or used. Start again with a new offer."
    return open_to_all(error_response(InvalidGrantError(description=description)))
