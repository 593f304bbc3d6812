"""Request validator: the questions of oauthlib, answered by our services."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from oauth2_provider.oauth2_validators import OAuth2Validator
from oauthlib.common import Request
from oauthlib.oauth2 import DeviceCodeGrant, InvalidGrantError

from accounts.domain.access import Authentication, GrantType, WalletScope
from accounts.domain.oauth.entities.authorizations import Permission
from accounts.domain.oauth.entities.clients import PERSONAL_SCOPES, IdentityScope, OAuthClient
from accounts.domain.oauth.entities.id_tokens import IdClaims
from accounts.domain.oauth.services.grants import ApprovedDevice
from accounts.oauth.client_authentication import authenticate, credentials_of
from accounts.oauth.errors import InvalidTarget, missing
from accounts.oauth.exchange import (
    ValidGrant,
    accept,
    client_of,
    exchange_of,
    requested_resource,
    scopes_of,
)
from accounts.oauth.wallets import collectable_details
from authsvc.composition.container import services


class ClientValidator:
    """The questions about the client; `request.client` is our entity once it is identified."""

    def client_authentication_required(self, request: Request, *_: Any, **__: Any) -> bool:
        """Always: `authenticate_client` also identifies public clients."""
        return True

    def authenticate_client(self, request: Request, *_: Any, **__: Any) -> bool:
        form = dict(request.decoded_body or [])
        client = authenticate(credentials_of(request.headers.get("Authorization"), form))
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
        return client_of(request).may_redirect_to(redirect_uri)

    def get_default_redirect_uri(
        self, client_id: str, request: Request, *_: Any, **__: Any
    ) -> str | None:
        """The redirect URI of a client that has registered only one.

        A token request has no default: its redirect URI is compared with that of the authorization request.
        """
        uris = client_of(request).terms.redirect_uris
        return uris[0] if len(uris) == 1 and request.grant_type is None else None

    def is_pkce_required(self, client_id: str, request: Request) -> bool:
        return client_of(request).needs_pkce

    def get_default_scopes(
        self, client_id: str, request: Request, *_: Any, **__: Any
    ) -> Sequence[str]:
        """The client's default scopes at the authorization endpoint; elsewhere only those that it requests."""
        is_authorization = request.grant_type is None
        return sorted(client_of(request).default_scopes) if is_authorization else []

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
            return True  # checked when the device flow started
        exchange = exchange_of(request)
        exchange.resource = requested_resource(request)
        if request.grant_type == GrantType.CLIENT_CREDENTIALS:
            exchange.grant = _client_credentials(client, scopes, resource=exchange.resource)
            return client.may_ask_for(scopes) and not PERSONAL_SCOPES & set(scopes)
        return client.may_ask_for(scopes)

    def is_origin_allowed(self, client_id: str, origin: str, *_: Any, **__: Any) -> bool:
        """False: `Endpoint` sets the CORS headers, on error responses too."""
        return False


class GrantValidator:
    """The questions about a grant, which come once the client is authenticated.

    An accepted grant is attached to the exchange; the token generator of accounts.oauth.server redeems it.
    """

    def save_authorization_code(
        self, client_id: str, code: dict[str, str], request: Request, *_: Any, **__: Any
    ) -> None:
        """Replace the code of oauthlib by ours, which is bound to more facts."""
        exchange = exchange_of(request)
        approval = exchange.approved_by
        code["code"] = services().authorizations.issue_code(
            client_of(request),
            Permission(
                user_id=approval.user_id,
                scopes=frozenset(scopes_of(request)),
                resource=exchange.resource,
                nonce=request.nonce or "",
                claims=exchange.claims,
            ),
            authentication=approval.authentication,
            redirect_uri=request.redirect_uri,
            code_challenge=request.code_challenge or "",
        )

    def validate_code(
        self, client_id: str, code: str, client: OAuthClient, request: Request, *_: Any, **__: Any
    ) -> bool:
        redemption = services().grants.find_code(code, client)
        if redemption is None:
            return False
        stored = redemption.code
        if stored.code_challenge and request.code_verifier is None:
            raise InvalidGrantError(description=missing("code_verifier"), request=request)
        if request.code_verifier is not None and not stored.code_challenge:
            # Otherwise an attacker could remove the challenge from the request of the client (RFC 9700 §4.8.2).
            raise InvalidGrantError(
                description="The request had no code_challenge.", request=request
            )
        if request.redirect_uri not in {None, stored.redirect_uri}:
            return False
        _require_same_resource(request, stored.permission.resource)
        request.code_challenge = stored.code_challenge
        grant = ValidGrant(
            scopes=tuple(sorted(stored.permission.scopes)),
            redeem=lambda _: services().grants.redeem_code(redemption, client),
            claims=_id_claims(client, stored.permission, stored.authentication),
        )
        accept(request, grant)
        return True

    def get_code_challenge(self, code: str, request: Request) -> str | None:
        challenge: str = request.code_challenge
        return challenge or None

    def get_code_challenge_method(self, code: str, request: Request) -> str:
        return "S256"

    def confirm_redirect_uri(self, *_: Any, **__: Any) -> bool:
        """True: `validate_code` has compared it, so that the error is `invalid_grant` (RFC 6749 §5.2)."""
        return True

    def invalidate_authorization_code(self, *_: Any, **__: Any) -> None:
        """Do nothing: redeeming the code has marked it as used."""

    def validate_refresh_token(
        self, refresh_token: str, client: OAuthClient, request: Request, *_: Any, **__: Any
    ) -> bool:
        renewal = services().grants.find_renewal(refresh_token, client)
        if renewal is None:
            return False
        session = renewal.session
        _require_same_resource(request, session.resource)
        permission = Permission(
            user_id=renewal.user.id, scopes=session.scopes, claims=session.claims
        )
        exchange_of(request).grant = ValidGrant(
            scopes=tuple(sorted(session.scopes)),
            redeem=lambda scopes: services().grants.redeem_renewal(renewal, scopes=scopes),
            claims=_id_claims(client, permission, session.authentication),
        )
        return True

    def get_original_scopes(
        self, refresh_token: str, request: Request, *_: Any, **__: Any
    ) -> list[str]:
        return list(exchange_of(request).valid_grant.scopes)

    def is_within_original_scope(self, *_: Any, **__: Any) -> bool:
        return False

    def rotate_refresh_token(self, request: Request) -> bool:
        return True

    def validate_device_code(
        self, client_id: str, device_code: str, request: Request, *_: Any, **__: Any
    ) -> str | None:
        client = client_of(request)
        answer = services().grants.find_device(device_code, client)
        if not isinstance(answer, ApprovedDevice):
            return answer
        device = answer.device
        permission = Permission(user_id=answer.user.id, scopes=device.scopes)
        grant = ValidGrant(
            scopes=tuple(sorted(device.scopes)),
            redeem=lambda _: services().grants.redeem_device(answer, client),
            claims=_id_claims(client, permission, device.authentication),
        )
        accept(request, grant)
        status: str = DeviceCodeGrant.DEVICE_CODE_AUTHORIZED
        return status

    def save_bearer_token(
        self, token: dict[str, Any], request: Request, *_: Any, **__: Any
    ) -> None:
        """Complete the token response. Nothing is left to save: redeeming the grant has done that."""
        exchange = exchange_of(request)
        token["expires_in"] = exchange.issued.expires_in_seconds
        for name in ("refresh_token", "scope"):
            if not token.get(name):
                token.pop(name, None)
        claims = exchange.valid_grant.claims
        if claims is not None and IdentityScope.OPENID in scopes_of(request):
            claims = replace(claims, scopes=frozenset(scopes_of(request)))
            token["id_token"] = services().claims.id_token(
                client_of(request), claims, access_token=exchange.issued.access_token
            )
        if claims is not None and WalletScope.COLLECT in scopes_of(request):
            details = collectable_details(claims.user_id)
            token |= {"authorization_details": details} if details else {}


class Validator(ClientValidator, GrantValidator, OAuth2Validator):
    """The validator of accounts.oauth.server.

    oauthlib's RequestValidator gives the methods their names. The toolkit's validator comes last; the endpoints that
    would call what is left of it do not exist here.
    """


def _client_credentials(client: OAuthClient, scopes: Sequence[str], *, resource: str) -> ValidGrant:
    return ValidGrant(
        scopes=tuple(scopes),
        redeem=lambda granted: services().grants.redeem_client_credentials(
            client, scopes=granted, resource=resource
        ),
    )


def _require_same_resource(request: Request, resource: str) -> None:
    """A grant is valid for the resource that it was given for (RFC 8707 §2.2). Raises InvalidTarget."""
    if request.resource is not None and requested_resource(request) != resource:
        raise InvalidTarget(request=request)


def _id_claims(
    client: OAuthClient, permission: Permission, authentication: Authentication | None
) -> IdClaims:
    return IdClaims(
        user_id=permission.user_id,
        client_id=client.client_id,
        nonce=permission.nonce,
        authentication=authentication,
        requested=permission.claims,
    )
