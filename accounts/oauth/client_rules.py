"""Who a client is, and what it may ask for, as oauthlib asks it."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from oauthlib.common import Request

from accounts.domain.access import GrantType
from accounts.domain.oauth.entities.clients import IdentityScope, OAuthClient
from accounts.oauth.credentials import credentials_of
from accounts.oauth.resources import resource_of
from authsvc.composition.container import services


class ClientRules:
    """The part of accounts.oauth.validator that is asked first; `request.client` is our entity from then on."""

    def client_authentication_required(self, request: Request, *_: Any, **__: Any) -> bool:
        """Every client shows who it is by `authenticate_client`, a public one by its name."""
        return True

    def authenticate_client(self, request: Request, *_: Any, **__: Any) -> bool:
        said = credentials_of(request)
        clients = services().clients
        if said.secret is None:
            found = clients.find(said.client_id)
            client = found if found is not None and found.terms.is_public else None
        else:
            client = clients.authenticated(said.client_id, said.secret)
        if client is None:
            return False
        request.client, request.client_id = client, client.client_id
        return True

    def authenticate_client_id(self, client_id: str, request: Request, *_: Any, **__: Any) -> bool:
        return self.authenticate_client(request)

    def validate_client_id(self, client_id: str, request: Request, *_: Any, **__: Any) -> bool:
        request.client = services().clients.find(client_id)
        return request.client is not None

    def validate_grant_type(
        self,
        client_id: str,
        grant_type: str,
        client: OAuthClient,
        request: Request,
        *_: Any,
        **__: Any,
    ) -> bool:
        return client.may_use(grant_type)

    def validate_response_type(
        self,
        client_id: str,
        response_type: str,
        client: OAuthClient,
        request: Request,
        *_: Any,
        **__: Any,
    ) -> bool:
        return client.may_use(GrantType.AUTHORIZATION_CODE)

    def validate_redirect_uri(
        self, client_id: str, redirect_uri: str, request: Request, *_: Any, **__: Any
    ) -> bool:
        client: OAuthClient = request.client
        return client.may_redirect_to(redirect_uri)

    def get_default_redirect_uri(
        self, client_id: str, request: Request, *_: Any, **__: Any
    ) -> str | None:
        """The only one, of a client that has one; a code is exchanged with the address that it was asked for with."""
        uris = request.client.terms.redirect_uris
        return uris[0] if len(uris) == 1 and request.grant_type is None else None

    def is_pkce_required(self, client_id: str, request: Request) -> bool:
        return True

    def get_default_scopes(
        self, client_id: str, request: Request, *_: Any, **__: Any
    ) -> Sequence[str]:
        """Who asks for nothing gets nothing."""
        return []

    def validate_scopes(
        self,
        client_id: str,
        scopes: list[str],
        client: OAuthClient,
        request: Request,
        *_: Any,
        **__: Any,
    ) -> bool:
        if request.grant_type == GrantType.DEVICE_CODE:
            return True  # settled when the device began
        if request.grant_type == GrantType.CLIENT_CREDENTIALS:
            request.take = partial(
                services().grants.act_for_itself,
                client,
                scopes=scopes,
                resource=resource_of(request),
            )
            return client.may_ask_for(scopes) and not set(scopes) & set(IdentityScope)
        request.resource = resource_of(request)
        return client.may_ask_for(scopes)
