"""Provider metadata, the same for both documents (OpenID Connect Discovery; RFC 8414)."""

from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.urls import reverse

from accounts.domain.access import (
    PASSWORD,
    PRE_AUTHORIZED_CODE,
    SECOND_FACTOR,
    GrantType,
    Scope,
    WalletScope,
)
from accounts.domain.oauth.entities.claims import SCOPE_OF_CLAIM
from accounts.domain.oauth.entities.clients import IdentityScope, IdTokenAlgorithm
from accounts.oauth.authorize import PROMPTS
from accounts.oauth.client_authentication import METHODS, PUBLIC
from accounts.oauth.exchange import agents_endpoint, our_api
from authsvc.composition.container import services
from authsvc.http.methods import read_only

ENDPOINTS: Final = {
    "authorization_endpoint": "oauth_authorize",
    "token_endpoint": "oauth_token",
    "userinfo_endpoint": "oauth_userinfo",
    "jwks_uri": "jwks",
    "revocation_endpoint": "oauth_revoke",
    "introspection_endpoint": "oauth_introspect",
    "pushed_authorization_request_endpoint": "oauth_par",
    "device_authorization_endpoint": "oauth_device_authorization",
    "registration_endpoint": "oauth_register",
    "end_session_endpoint": "oauth_logout",
}
SECRET_METHODS: Final = [method for method in METHODS if method != PUBLIC]

CLAIMS: Final = (
    *("iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "at_hash", "sid"),
    *SCOPE_OF_CLAIM,
)
SWITCHES: Final = {
    "authorization_response_iss_parameter_supported": True,
    "backchannel_logout_supported": True,
    "backchannel_logout_session_supported": True,
    "claims_parameter_supported": True,
    "pre-authorized_grant_anonymous_access_supported": True,
    "request_parameter_supported": False,
    "request_uri_parameter_supported": False,
    "require_pushed_authorization_requests": False,
}


@read_only
def metadata(request: HttpRequest) -> HttpResponseBase:
    issuer = settings.ENVIRONMENT.public_url
    endpoints = {name: f"{issuer}{reverse(view)}" for name, view in ENDPOINTS.items()}
    response = JsonResponse({"issuer": issuer} | endpoints | _features())
    response["Cache-Control"] = "public, max-age=3600"
    return response


def _features() -> dict[str, Any]:
    return {
        "scopes_supported": [*IdentityScope, *WalletScope, *Scope],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": [*GrantType, PRE_AUTHORIZED_CODE],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": list(IdTokenAlgorithm),
        "token_endpoint_auth_methods_supported": list(METHODS),
        "revocation_endpoint_auth_methods_supported": list(METHODS),
        "introspection_endpoint_auth_methods_supported": SECRET_METHODS,
        "code_challenge_methods_supported": ["S256"],
        "prompt_values_supported": sorted(PROMPTS),
        "acr_values_supported": [PASSWORD, SECOND_FACTOR],
        "claims_supported": list(CLAIMS),
        "protected_resources": [our_api(), agents_endpoint()],
        "client_id_metadata_document_supported": services().described_clients.is_supported(),
        **SWITCHES,
    }
