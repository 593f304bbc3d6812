"""Dynamic client registration, with an initial access token (RFC 7591)."""

import json
from http import HTTPStatus
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from oauthlib.oauth2 import OAuth2Error
from rest_framework import serializers

from accounts.domain.access import GrantType
from accounts.domain.identity.errors import InvalidToken
from accounts.domain.oauth.entities.clients import (
    LONGEST_URI,
    MOST_URIS,
    ClientTerms,
    IdentityScope,
    IdTokenAlgorithm,
    RegisteredClient,
)
from accounts.domain.oauth.errors import UnsuitableClient
from accounts.oauth import errors
from accounts.oauth.client_authentication import METHODS, PUBLIC
from accounts.oauth.endpoints import Endpoint, json_response
from authsvc.composition.container import services
from authsvc.http.fields import NameField

LONGEST_BODY: Final = 64 * 1024
GRANTS: Final = (GrantType.AUTHORIZATION_CODE, GrantType.REFRESH_TOKEN, GrantType.DEVICE_CODE)


def _uris() -> serializers.ListField:
    return serializers.ListField(
        child=serializers.CharField(max_length=LONGEST_URI), max_length=MOST_URIS, default=list
    )


class MetadataSerializer(serializers.Serializer[Any]):
    """The supported client metadata. Unknown members are ignored (RFC 7591 §2)."""

    client_name = NameField(max_length=200)
    redirect_uris = _uris()
    post_logout_redirect_uris = _uris()
    backchannel_logout_uri = serializers.CharField(max_length=LONGEST_URI, default="")
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


class RegistrationView(Endpoint):
    """`POST /oauth/register`."""

    challenge = 'Bearer realm="authsvc"'

    def respond(self, request: HttpRequest) -> HttpResponseBase:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise errors.InvalidToken(description="Registration needs an initial access token.")
        terms = _terms_in(request)
        resource = f"{settings.ENVIRONMENT.public_url}{reverse('oauth_register')}"
        try:
            registered = services().registrations.register(
                terms, initial_access_token=token, resource=resource
            )
        except InvalidToken:
            raise errors.InvalidToken from None
        except UnsuitableClient as error:
            raise _protocol_error(error) from None
        return json_response(_members(registered), status=HTTPStatus.CREATED)


def _terms_in(request: HttpRequest) -> ClientTerms:
    """The metadata of the client. Raises InvalidClientMetadata."""
    serializer = MetadataSerializer(data=_json_in(request))
    if not serializer.is_valid():
        name = next(iter(serializer.errors))
        raise errors.InvalidClientMetadata(description=f"{name} is invalid.")
    metadata = serializer.validated_data
    return ClientTerms(
        name=metadata["client_name"],
        is_public=metadata["token_endpoint_auth_method"] == PUBLIC,
        redirect_uris=tuple(metadata["redirect_uris"]),
        post_logout_redirect_uris=tuple(metadata["post_logout_redirect_uris"]),
        backchannel_logout_uri=metadata["backchannel_logout_uri"],
        allowed_scopes=frozenset(metadata["scope"].split()),
        grant_types=frozenset(GrantType(grant) for grant in metadata["grant_types"]),
        id_token_algorithm=IdTokenAlgorithm(metadata["id_token_signed_response_alg"]),
        must_push=metadata["require_pushed_authorization_requests"],
    )


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
    }
    if terms.backchannel_logout_uri:
        members["backchannel_logout_uri"] = terms.backchannel_logout_uri
    if registered.secret:
        members |= {"client_secret": registered.secret, "client_secret_expires_at": 0}
    return members
