"""Endpoints for wallets: OpenID for Verifiable Credential Issuance 1.0 (OpenID4VCI), for the VC-JWT.

They are outside of the API, because the standard defines their errors. Pages of any origin may use them: none depends
on a cookie.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from accounts.public import (
    PIN_DIGITS,
    PRE_AUTHORIZED_CODE,
    InvalidToken,
    Principal,
    WalletScope,
)
from authsvc.composition.container import services
from authsvc.http.converters import id_in
from authsvc.http.methods import read_only
from authsvc.kernel.errors import DomainError
from authsvc.kernel.proportion import Disproportionate, require_proportionate
from credentials.domain.entities.credentials import IssuedCredentialId
from credentials.domain.entities.definitions import CredentialType
from credentials.domain.entities.wallets import CONFIGURATIONS
from credentials.domain.errors import (
    CollectionNotCovered,
    IssuedCredentialAltered,
    IssuedCredentialNotFound,
    IssuerKeyUnreadable,
    NotCollectable,
)
from credentials.domain.services.wallets import credential_of

FORMAT: Final = "jwt_vc_json"
TYPES: Final = ("VerifiableCredential", "OpenBadgeCredential")
ALGORITHM: Final = "RS256"
NAMES: Final = {
    CredentialType.CERTIFICATE: "Certificate",
    CredentialType.BADGE: "Badge",
    CredentialType.MICROCREDENTIAL: "Microcredential",
}
"""What wallets call a credential before they have it."""
CHALLENGE: Final = 'Bearer realm="authsvc"'
LONGEST_BODY: Final = 64 * 1024
NO_STORE: Final[Mapping[str, str]] = {"Cache-Control": "no-store", "Pragma": "no-cache"}


@read_only
def issuer_metadata(request: HttpRequest) -> HttpResponseBase:
    """`GET /.well-known/openid-credential-issuer` (§12.2): where and how wallets collect credentials.

    Without `authorization_servers`, this service is the authorization server itself.
    """
    issuer = settings.ENVIRONMENT.public_url
    members = {
        "credential_issuer": issuer,
        "credential_endpoint": f"{issuer}{reverse('wallet_credential')}",
        "credential_configurations_supported": {
            id_: _configuration(type_, issuer) for id_, type_ in CONFIGURATIONS.items()
        },
    }
    return JsonResponse(members, headers={"Cache-Control": "public, max-age=3600"})


@require_safe
def show_offer(request: HttpRequest) -> HttpResponseBase:
    """`GET /wallets/offer?code=…` (§4.1.3): the offer to which a link or a QR code leads.

    The code is in the query, because Django logs the paths of requests that fail.
    """
    code = request.GET.get("code", "")
    configuration_id = services().wallets.configuration_offered(code)
    if configuration_id is None:
        return _json(
            {"error": "not_found", "error_description": "The offer has expired or was used."},
            status=HTTPStatus.NOT_FOUND,
        )
    grant = {
        "pre-authorized_code": code,
        "tx_code": {
            "input_mode": "numeric",
            "length": PIN_DIGITS,
            "description": "Enter the PIN that is shown beside the QR code.",
        },
    }
    return _json(
        {
            "credential_issuer": settings.ENVIRONMENT.public_url,
            "credential_configuration_ids": [configuration_id],
            "grants": {PRE_AUTHORIZED_CODE: grant},
        }
    )


class RequestError(Exception):
    """An error response of the credential endpoint (§8.3.1)."""

    def __init__(
        self,
        error: str,
        description: str,
        *,
        status: HTTPStatus = HTTPStatus.BAD_REQUEST,
        challenge: str = "",
    ) -> None:
        super().__init__(error)
        self.response = _json({"error": error, "error_description": description}, status=status)
        if challenge:
            self.response["WWW-Authenticate"] = challenge


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialRequest:
    """A credential request (§8.2): exactly one of both names the credential. Other members are ignored."""

    identifier: str | None
    configuration_id: str | None

    @classmethod
    def of(cls, body: bytes) -> "CredentialRequest":
        """Raises RequestError."""
        try:
            members = json.loads(body.decode())
            require_proportionate(members)
        except (ValueError, RecursionError, Disproportionate):
            raise _malformed("The body must be JSON.") from None
        if not isinstance(members, dict):
            raise _malformed("The body must be a JSON object.")
        if "credential_response_encryption" in members:
            description = "Encrypted responses are not supported."
            raise RequestError("invalid_encryption_parameters", description)
        named = {
            name: members[name]
            for name in ("credential_identifier", "credential_configuration_id")
            if name in members
        }
        if len(named) != 1 or not all(isinstance(value, str) for value in named.values()):
            raise _malformed("Send either credential_identifier or credential_configuration_id.")
        return cls(
            identifier=named.get("credential_identifier"),
            configuration_id=named.get("credential_configuration_id"),
        )

    def credential_for(self, by: Principal) -> IssuedCredentialId:
        """The id of the requested credential, if the caller's token names one. Raises RequestError."""
        if self.identifier is not None:
            id_ = id_in(self.identifier)
            if id_ is None:
                raise _unknown_identifier()
            return IssuedCredentialId(id_)
        if self.configuration_id not in CONFIGURATIONS:
            description = "There is no such credential configuration."
            raise RequestError("unknown_credential_configuration", description)
        only = credential_of(by)
        if only is None:
            raise _malformed("Send a credential_identifier of the token response.")
        return only


@method_decorator(csrf_exempt, name="dispatch")
class CredentialEndpoint(View):
    """`POST /wallets/credential` (§8)."""

    def post(self, request: HttpRequest) -> HttpResponseBase:
        try:
            by = _principal_of(request)
            wanted = CredentialRequest.of(_body_of(request))
            credential = _collected(wanted, by)
        except RequestError as error:
            return error.response
        return _json({"credentials": [{"credential": credential}]})


def _collected(wanted: CredentialRequest, by: Principal) -> str:
    """Raises RequestError."""
    try:
        return services().wallets.collect(
            wanted.credential_for(by), configuration_id=wanted.configuration_id, by=by
        )
    except IssuedCredentialNotFound:
        raise _unknown_identifier() from None
    except CollectionNotCovered as error:
        raise _insufficient(error) from None
    except (NotCollectable, IssuedCredentialAltered, IssuerKeyUnreadable) as error:
        raise RequestError("credential_request_denied", error.detail) from None


def _principal_of(request: HttpRequest) -> Principal:
    """The caller; their token is accepted in the header alone. Raises RequestError (RFC 6750 §3)."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise RequestError(
            "invalid_token",
            "The access token is missing.",
            status=HTTPStatus.UNAUTHORIZED,
            challenge=CHALLENGE,
        )
    try:
        by = services().access.principal_of(token.strip())
    except InvalidToken:
        raise RequestError(
            "invalid_token",
            "The access token is malformed, expired or revoked.",
            status=HTTPStatus.UNAUTHORIZED,
            challenge=f'{CHALLENGE}, error="invalid_token"',
        ) from None
    if by.user_id is None:
        raise _insufficient(CollectionNotCovered())
    return by


def _body_of(request: HttpRequest) -> bytes:
    """Raises RequestError."""
    if request.content_type != "application/json":
        raise _malformed("The body must be application/json.")
    try:
        body = request.body
    except RequestDataTooBig:
        body = None
    if body is None or len(body) > LONGEST_BODY:
        raise RequestError(
            "invalid_credential_request",
            "The body is too large.",
            status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        )
    return body


def _insufficient(error: DomainError) -> RequestError:
    scope = f'error="insufficient_scope", scope="{WalletScope.COLLECT}"'
    return RequestError(
        "insufficient_scope",
        error.detail,
        status=HTTPStatus.FORBIDDEN,
        challenge=f"{CHALLENGE}, {scope}",
    )


def _malformed(description: str) -> RequestError:
    return RequestError("invalid_credential_request", description)


def _unknown_identifier() -> RequestError:
    return RequestError("unknown_credential_identifier", "There is no such credential.")


def _configuration(type_: CredentialType, issuer: str) -> dict[str, Any]:
    """A configuration without key binding (Appendix A.1.1), so that wallets send no proofs."""
    logo = f"{issuer}{static(f'credentials/{type_.value}.svg')}"
    return {
        "format": FORMAT,
        "scope": WalletScope.COLLECT.value,
        "credential_signing_alg_values_supported": [ALGORITHM],
        "credential_definition": {"type": list(TYPES)},
        "credential_metadata": {
            "display": [
                {
                    "name": NAMES[type_],
                    "locale": "en",
                    "logo": {"uri": logo, "alt_text": f"{NAMES[type_]} image"},
                }
            ]
        },
    }


def _json(members: Mapping[str, Any], *, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    return JsonResponse(members, status=status, headers=dict(NO_STORE))
