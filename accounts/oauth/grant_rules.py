"""Whether a grant is good, and what it is good for, as oauthlib asks it."""

from functools import partial
from typing import Any

from oauthlib.common import Request
from oauthlib.oauth2 import DeviceCodeGrant

from accounts.domain.access import UserId
from accounts.domain.identity.entities.sessions import Authentication
from accounts.domain.identity.entities.tokens import TokenPair
from accounts.domain.oauth.entities.authorizations import Permission
from accounts.domain.oauth.entities.clients import IdentityScope, OAuthClient
from accounts.domain.oauth.entities.id_tokens import IdClaims
from accounts.domain.oauth.services.grants import Admission
from accounts.oauth.errors import InvalidTarget
from accounts.oauth.resources import resource_of
from authsvc.composition.container import services


class GrantRules:
    """The part of accounts.oauth.validator that is asked once the client is known.

    A grant that is found good leaves on the request what carries it out: `take`, which accounts.oauth.server calls.
    """

    def save_authorization_code(
        self, client_id: str, code: dict[str, str], request: Request, *_: Any, **__: Any
    ) -> None:
        """Our own code takes the place of oauthlib's, which has less to it."""
        code["code"] = services().authorizations.issue_code(
            request.client,
            Permission(
                user_id=UserId(request.user.pk),
                scopes=frozenset(request.scopes),
                resource=request.resource,
                nonce=request.nonce or "",
            ),
            authentication=request.authentication,
            redirect_uri=request.redirect_uri,
            code_challenge=request.code_challenge,
        )

    def validate_code(
        self, client_id: str, code: str, client: OAuthClient, request: Request, *_: Any, **__: Any
    ) -> bool:
        found = services().grants.find_code(code, client)
        if found is None or request.code_verifier is None:
            return False
        kept = found.code
        if request.redirect_uri not in {None, kept.redirect_uri}:
            return False
        _require_same_resource(request, kept.permission.resource)
        request.code_challenge = kept.code_challenge
        request.scopes = sorted(kept.permission.scopes)
        request.id_claims = _id_claims(client, kept.permission, kept.authentication)
        request.take = partial(services().grants.redeem_code, found, client)
        return True

    def get_code_challenge(self, code: str, request: Request) -> str:
        challenge: str = request.code_challenge
        return challenge

    def get_code_challenge_method(self, code: str, request: Request) -> str:
        return "S256"

    def confirm_redirect_uri(self, *_: Any, **__: Any) -> bool:
        """Compared by `validate_code`, for that answers `invalid_grant` (RFC 6749 §5.2)."""
        return True

    def invalidate_authorization_code(self, *_: Any, **__: Any) -> None:
        """Taking it has used it up."""

    def validate_refresh_token(
        self, refresh_token: str, client: OAuthClient, request: Request, *_: Any, **__: Any
    ) -> bool:
        found = services().grants.find_renewal(refresh_token, client)
        if found is None:
            return False
        session = found.session
        _require_same_resource(request, session.resource)
        request.original_scopes = sorted(session.scopes)
        permission = Permission(user_id=found.user.id, scopes=session.scopes)
        request.id_claims = _id_claims(client, permission, session.authentication)
        request.take = lambda: services().grants.take_renewal(found, scopes=request.scopes)
        return True

    def get_original_scopes(
        self, refresh_token: str, request: Request, *_: Any, **__: Any
    ) -> list[str]:
        scopes: list[str] = request.original_scopes
        return scopes

    def is_within_original_scope(self, *_: Any, **__: Any) -> bool:
        return False

    def rotate_refresh_token(self, request: Request) -> bool:
        return True

    def validate_device_code(
        self, client_id: str, device_code: str, request: Request, *_: Any, **__: Any
    ) -> str | None:
        found = services().grants.find_device(device_code, request.client)
        if not isinstance(found, Admission):
            return found
        device = found.device
        request.scopes = sorted(device.scopes)
        permission = Permission(user_id=found.user.id, scopes=device.scopes)
        request.id_claims = _id_claims(request.client, permission, device.authentication)
        request.take = partial(services().grants.redeem_device, found, request.client)
        status: str = DeviceCodeGrant.DEVICE_CODE_AUTHORIZED
        return status

    def save_bearer_token(
        self, token: dict[str, Any], request: Request, *_: Any, **__: Any
    ) -> None:
        """Taking the grant has kept what there is to keep; this completes the answer, of which oauthlib knows less."""
        pair: TokenPair = request.pair
        token["expires_in"] = pair.expires_in_seconds
        for name in ("refresh_token", "scope"):
            if not token.get(name):
                token.pop(name, None)
        claims: IdClaims | None = getattr(request, "id_claims", None)
        if claims is not None and IdentityScope.OPENID in request.scopes:
            token["id_token"] = services().claims.id_token(
                request.client, claims, access_token=pair.access_token
            )

    def is_origin_allowed(self, client_id: str, origin: str, *_: Any, **__: Any) -> bool:
        """accounts.oauth.cors answers that, for refusals too."""
        return False


def _require_same_resource(request: Request, resource: str) -> None:
    """What the person has let the client do was for one resource (RFC 8707 §2.2)."""
    if request.resource is not None and resource_of(request) != resource:
        raise InvalidTarget(request=request)


def _id_claims(
    client: OAuthClient, permission: Permission, authentication: Authentication | None
) -> IdClaims:
    return IdClaims(
        user_id=permission.user_id,
        client_id=client.client_id,
        nonce=permission.nonce,
        authentication=authentication,
    )
