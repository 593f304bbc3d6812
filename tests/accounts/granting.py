"""Builders and steps for clients, codes, devices, consents and their tokens."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, Final
from uuid import uuid4

from accounts.domain.access import Authentication, Principal, SessionId
from accounts.domain.identity.entities.sessions import Session
from accounts.domain.identity.entities.tokens import TokenPair
from accounts.domain.identity.entities.users import User
from accounts.domain.oauth.entities.authorizations import (
    AuthorizationCode,
    Consent,
    DeviceCode,
    Permission,
    PreAuthorizedCode,
    PushedRequest,
)
from accounts.domain.oauth.entities.clients import OAuthClient
from authsvc.kernel.paging import all_items
from authsvc.kernel.tenancy import ALL_TENANTS
from tests.support.builders import NOON, a_client_of, a_session, some_client_terms
from tests.support.worlds import World

BROWSER: Final = SessionId(uuid4())
HOW: Final = Authentication(
    at=NOON - timedelta(minutes=5), methods=("pwd", "otp", "mfa"), browser_id=BROWSER
)
OPENID: Final = frozenset({"openid"})


def has_client(world: World, **parts: Any) -> OAuthClient:
    """A registered client. Parts that are not its own are terms."""
    own = {name: parts.pop(name) for name in ("id", "is_active", "created_at") if name in parts}
    client = a_client_of(some_client_terms(**parts), **own)
    world.repositories.clients.add(client, scope=ALL_TENANTS)
    return client


def grants_of(world: World, by: Principal) -> list[tuple[Consent, OAuthClient]]:
    """The consents that the caller has given, and their clients, oldest first."""
    return list(all_items(partial(world.services.authorizations.page_of_grants, by=by)))


def has_session(
    world: World, user: User, client: OAuthClient | None = None, **parts: Any
) -> Session:
    """A session of the user, with our own client by default."""
    if client is not None:
        parts["client_id"] = client.client_id
    session = a_session(user_id=user.id, **parts)
    world.repositories.sessions.add(session)
    return session


def stored_session(world: World, session: Session) -> Session:
    return world.repositories.sessions.get_for_update(session.id)


def a_code(client: OAuthClient, user: User, **parts: Any) -> AuthorizationCode:
    code = AuthorizationCode(
        hash=uuid4().hex * 2,
        client_pk=client.id,
        permission=Permission(user_id=user.id, scopes=OPENID),
        authentication=HOW,
        redirect_uri="https://app.example/callback",
        code_challenge="c" * 43,
        expires_at=NOON + timedelta(seconds=60),
        session_id=SessionId(uuid4()),
    )
    return replace(code, **parts)


def a_device(client: OAuthClient, **parts: Any) -> DeviceCode:
    device = DeviceCode(
        hash=uuid4().hex * 2,
        user_code_hash=uuid4().hex * 2,
        client_pk=client.id,
        scopes=OPENID,
        expires_at=NOON + timedelta(minutes=10),
        session_id=SessionId(uuid4()),
    )
    return replace(device, **parts)


def a_request(client: OAuthClient, **parts: Any) -> PushedRequest:
    request = PushedRequest(
        hash=uuid4().hex * 2,
        client_pk=client.id,
        parameters={"response_type": "code", "state": "å&b"},
        expires_at=NOON + timedelta(seconds=90),
    )
    return replace(request, **parts)


def a_wallet_code(user: User, **parts: Any) -> PreAuthorizedCode:
    code = PreAuthorizedCode(
        hash=uuid4().hex * 2,
        pin_hash=uuid4().hex * 2,
        user_id=user.id,
        credential_id=uuid4(),
        configuration_id="open-badge-badge",
        session_id=SessionId(uuid4()),
        expires_at=NOON + timedelta(minutes=10),
    )
    return replace(code, **parts)


def a_consent(user: User, client: OAuthClient, **parts: Any) -> Consent:
    consent = Consent(user_id=user.id, client_pk=client.id, scopes=OPENID, given_at=NOON)
    return replace(consent, **parts)


def code_for(world: World, client: OAuthClient, user: User, **permission: Any) -> str:
    """The code that the client gets when the user consents."""
    given = {"scopes": OPENID} | permission
    return world.services.authorizations.issue_code(
        client,
        Permission(user_id=user.id, **given),
        authentication=HOW,
        redirect_uri="https://app.example/callback",
        code_challenge="c" * 43,
    )


def tokens_for(world: World, client: OAuthClient, user: User, **permission: Any) -> TokenPair:
    """The tokens that the client gets for such a code."""
    code = code_for(world, client, user, **permission)
    tokens = exchanged(world, client, code)
    assert tokens is not None
    return tokens


def exchanged(world: World, client: OAuthClient, code: str) -> TokenPair | None:
    grants = world.services.grants

    def exchange() -> TokenPair | None:
        redemption = grants.find_code(code, client)
        return grants.redeem_code(redemption, client) if redemption else None

    return grants.atomically(exchange)
