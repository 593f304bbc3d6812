"""Dynamic client registration, with an initial access token (RFC 7591), and its management (RFC 7592)."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from oauthlib.oauth2 import OAuth2Error
from rest_framework import serializers

from accounts.domain.access import GrantType
from accounts.domain.identity.errors import InvalidToken
from accounts.domain.oauth.entities.clients import (
    LONGEST_NAME,
    MOST_URIS,
    ClientTerms,
    IdentityScope,
    IdTokenAlgorithm,
    RegisteredClient,
)
from accounts.domain.oauth.errors import UnsuitableClient
from accounts.oauth import errors
from accounts.oauth.client_authentication import METHODS, PUBLIC
from accounts.oauth.endpoints import NO_STORE, Endpoint, json_response
from accounts.oauth.parameters import has_control_character
from authsvc.composition.container import services
from authsvc.http.fields import NameField
from authsvc.kernel.urls import LONGEST_URL

LONGEST_BODY: Final = 64 * 1024
CHALLENGE: Final = 'Bearer realm="authsvc"'
UNNAMED: Final = "Unnamed application"
SET_BY_SERVER: Final = (
    "registration_access_token",
    "registration_client_uri",
    "client_secret_expires_at",
    "client_id_issued_at",
)
GRANTS: Final = (GrantType.AUTHORIZATION_CODE, GrantType.REFRESH_TOKEN, GrantType.DEVICE_CODE)


def _uris() -> serializers.ListField:
    return serializers.ListField(
        child=serializers.CharField(max_length=LONGEST_URL), max_length=MOST_URIS, default=list
    )


class MetadataSerializer(serializers.Serializer[Any]):
    """The supported client metadata. Unknown members are ignored (RFC 7591 §2).

    `allowed_origins`, `resources` and `claims_in_id_token` are extensions of ours. docs/clients.md describes them.
    """

    client_name = NameField(max_length=200, required=False)
    redirect_uris = _uris()
    post_logout_redirect_uris = _uris()
    backchannel_logout_uri = serializers.CharField(max_length=LONGEST_URL, default="")
    grant_types = serializers.ListField(
        child=serializers.ChoiceField([grant.value for grant in GRANTS]),
        default=[GrantType.AUTHORIZATION_CODE.value],
    )
    response_types = serializers.ListField(
        child=serializers.ChoiceField(["code"]), default=["code"]
    )
    scope = serializers.CharField(max_length=1000, default=IdentityScope.OPENID.value)
    token_endpoint_auth_method = serializers.ChoiceField(METHODS, default=METHODS[0])
    id_token_signed_response_alg = serializers.ChoiceField(
        [algorithm.value for algorithm in IdTokenAlgorithm], default=IdTokenAlgorithm.RS256.value
    )
    require_pushed_authorization_requests = serializers.BooleanField(default=False)
    allowed_origins = _uris()
    resources = _uris()
    claims_in_id_token = serializers.BooleanField(default=False)


class RegistrationView(Endpoint):
    """`POST /oauth/register`."""

    challenge = CHALLENGE

    def respond(self, request: HttpRequest) -> HttpResponseBase:
        token = _token_in(request, name="an initial access token")
        terms = _terms_in(_json_in(request))
        resource = f"{settings.ENVIRONMENT.public_url}{reverse('oauth_register')}"
        with _protocol_errors():
            registered = services().registrations.register(
                terms, initial_access_token=token, resource=resource
            )
        return json_response(_members(registered), status=HTTPStatus.CREATED)


class RegistrationManagementView(Endpoint):
    """`GET`, `PUT` and `DELETE /oauth/register/{client_id}`, with the registration access token (RFC 7592 §2)."""

    challenge = CHALLENGE

    def get(self, request: HttpRequest, client_id: str) -> HttpResponseBase:
        return self._answer_about(request, self._read, client_id)

    def put(self, request: HttpRequest, client_id: str) -> HttpResponseBase:
        return self._answer_about(request, self._replace, client_id)

    def delete(self, request: HttpRequest, client_id: str) -> HttpResponseBase:
        return self._answer_about(request, self._remove, client_id)

    def _answer_about(
        self,
        request: HttpRequest,
        respond: Callable[[HttpRequest, str], HttpResponseBase],
        client_id: str,
    ) -> HttpResponseBase:
        def respond_about_client(request: HttpRequest) -> HttpResponseBase:
            if has_control_character(client_id):  # PostgreSQL cannot look for NUL
                raise errors.InvalidToken
            return respond(request, client_id)

        return self.answer(request, respond_about_client)

    def _read(self, request: HttpRequest, client_id: str) -> HttpResponseBase:
        token = _registration_token_in(request)
        with _protocol_errors():
            client = services().registrations.get(client_id, registration_token=token)
        registered = RegisteredClient(client=client, secret="", registration_token=token)
        return json_response(_members(registered))

    def _replace(self, request: HttpRequest, client_id: str) -> HttpResponseBase:
        token, metadata = _registration_token_in(request), _json_in(request)
        self._require_unchanged(metadata, client_id)
        with _protocol_errors():
            amended = services().registrations.amend(
                client_id, _terms_in(metadata), registration_token=token
            )
        return json_response(_members(amended))

    def _remove(self, request: HttpRequest, client_id: str) -> HttpResponseBase:
        token = _registration_token_in(request)
        with _protocol_errors():
            services().registrations.remove(client_id, registration_token=token)
        return HttpResponse(status=HTTPStatus.NO_CONTENT, headers=dict(NO_STORE))

    def _require_unchanged(self, metadata: Any, client_id: str) -> None:
        """Raise InvalidClientMetadata if members that the server alone sets would change (RFC 7592 §2.2)."""
        members = metadata if isinstance(metadata, dict) else {}
        if members.get("client_id") != client_id:
            raise errors.InvalidClientMetadata(description="client_id must be that of the client.")
        if "client_secret" in members and not _is_secret_of(client_id, members["client_secret"]):
            raise errors.InvalidClientMetadata(description="client_secret cannot be changed.")
        for name in SET_BY_SERVER:
            if name in members:
                raise errors.InvalidClientMetadata(description=f"{name} must be left out.")


def _is_secret_of(client_id: str, secret: object) -> bool:
    is_possible = isinstance(secret, str) and secret.isascii()
    return is_possible and bool(services().clients.authenticated(client_id, str(secret)))


def _token_in(request: HttpRequest, *, name: str) -> str:
    """The bearer token of the request. Raises InvalidToken."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise errors.InvalidToken(description=f"Registration needs {name}.")
    return token


def _registration_token_in(request: HttpRequest) -> str:
    return _token_in(request, name="the registration access token of the client")


@contextmanager
def _protocol_errors() -> Iterator[None]:
    """Raise the errors of the service as those of the protocol."""
    try:
        yield
    except InvalidToken:
        raise errors.InvalidToken from None
    except UnsuitableClient as error:
        raise _protocol_error(error) from None


def _terms_in(members: Any) -> ClientTerms:
    """The metadata of the client. Raises InvalidClientMetadata."""
    serializer = MetadataSerializer(data=members)
    if not serializer.is_valid():
        name = next(iter(serializer.errors))
        raise errors.InvalidClientMetadata(description=f"{name} is invalid.")
    metadata = serializer.validated_data
    return ClientTerms(
        name=metadata.get("client_name") or _default_name(metadata["redirect_uris"]),
        is_public=metadata["token_endpoint_auth_method"] == PUBLIC,
        redirect_uris=tuple(metadata["redirect_uris"]),
        post_logout_redirect_uris=tuple(metadata["post_logout_redirect_uris"]),
        backchannel_logout_uri=metadata["backchannel_logout_uri"],
        allowed_scopes=frozenset(metadata["scope"].split()),
        grant_types=frozenset(GrantType(grant) for grant in metadata["grant_types"]),
        id_token_algorithm=IdTokenAlgorithm(metadata["id_token_signed_response_alg"]),
        must_push=metadata["require_pushed_authorization_requests"],
        allowed_origins=tuple(metadata["allowed_origins"]),
        resources=tuple(metadata["resources"]),
        claims_in_id_token=metadata["claims_in_id_token"],
    )


def _default_name(redirect_uris: Sequence[str]) -> str:
    """The name that users see of a client without one: where it redirects them to."""
    for uri in redirect_uris:
        scheme, _, rest = uri.partition(":")
        host = rest.lstrip("/").partition("/")[0]
        return host[:LONGEST_NAME] if scheme in {"http", "https"} else scheme[:LONGEST_NAME]
    return UNNAMED


def _json_in(request: HttpRequest) -> Any:
    if request.content_type != "application/json":
        raise errors.InvalidClientMetadata(description="The body must be application/json.")
    if int(request.headers.get("Content-Length") or 0) > LONGEST_BODY:
        raise errors.InvalidClientMetadata(
            description="The body is too large.", status_code=HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        )
    try:
        return json.loads(request.body)
    except (ValueError, RecursionError):
        raise errors.InvalidClientMetadata(description="The body must be JSON.") from None


def _protocol_error(error: UnsuitableClient) -> OAuth2Error:
    """The first field error, with its code in RFC 7591 §3.2.2."""
    field_error = error.field_errors[0]
    if field_error.path == "redirect_uris":
        return errors.InvalidRedirectUri(description=field_error.detail)
    return errors.InvalidClientMetadata(description=field_error.detail)


def _members(registered: RegisteredClient) -> dict[str, Any]:
    client, terms = registered.client, registered.client.terms
    members: dict[str, Any] = {
        "client_id": client.client_id,
        "client_id_issued_at": int(client.created_at.timestamp()),
        "client_name": terms.name,
        "redirect_uris": list(terms.redirect_uris),
        "post_logout_redirect_uris": list(terms.post_logout_redirect_uris),
        "grant_types": sorted(terms.grant_types),
        "response_types": ["code"] if client.may_use(GrantType.AUTHORIZATION_CODE) else [],
        "scope": " ".join(sorted(terms.allowed_scopes)),
        "token_endpoint_auth_method": PUBLIC if terms.is_public else METHODS[0],
        "id_token_signed_response_alg": terms.id_token_algorithm.value,
        "require_pushed_authorization_requests": terms.must_push,
        "allowed_origins": list(terms.allowed_origins),
        "resources": list(terms.resources),
        "claims_in_id_token": terms.claims_in_id_token,
        "registration_access_token": registered.registration_token,
        "registration_client_uri": _management_url(client.client_id),
    }
    if terms.backchannel_logout_uri:
        members["backchannel_logout_uri"] = terms.backchannel_logout_uri
    if registered.secret:
        members |= {"client_secret": registered.secret, "client_secret_expires_at": 0}
    return members


def _management_url(client_id: str) -> str:
    path = reverse("oauth_registration", kwargs={"client_id": client_id})
    return f"{settings.ENVIRONMENT.public_url}{path}"
