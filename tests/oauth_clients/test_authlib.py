"""Authlib, unmodified, as a client of the provider."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from secrets import token_urlsafe
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.support.forms import WireBrowser
from tests.support.provider import LANDING, Registered
from tests.support.school import School

pytestmark = pytest.mark.any_database

SCOPE = "openid profile email offline_access courses:read"


def metadata_of(provider: School) -> dict[str, Any]:
    """The provider metadata (OpenID Connect Discovery)."""
    response: dict[str, Any] = httpx.get(
        f"{provider.server.url}/.well-known/openid-configuration", trust_env=False
    ).json()
    return response


@pytest.fixture
def new_session(opened: ExitStack) -> Callable[..., OAuth2Session]:
    """Makes a session of Authlib for a client."""

    def make(client: Registered, *, scope: str = SCOPE, **options: Any) -> OAuth2Session:
        session = opened.enter_context(
            OAuth2Session(
                client.client_id,
                client.secret or None,
                scope=scope,
                redirect_uri=LANDING,
                code_challenge_method="S256",
                **options,
            )
        )
        session.trust_env = False
        return session

    return make


def signed_in(
    session: OAuth2Session, provider: School, anna: WireBrowser
) -> tuple[dict[str, Any], str]:
    """The tokens that the session gets for Anna, and the nonce of its request."""
    metadata, verifier, nonce = metadata_of(provider), token_urlsafe(48), token_urlsafe(16)
    address, state = session.create_authorization_url(
        metadata["authorization_endpoint"], code_verifier=verifier, nonce=nonce
    )
    landed = anna.go_along(address)
    assert landed.is_elsewhere, landed
    assert parse_qs(urlsplit(landed.address).query)["iss"] == [metadata["issuer"]]
    tokens = session.fetch_token(
        metadata["token_endpoint"],
        authorization_response=landed.address,
        state=state,
        code_verifier=verifier,
    )
    return tokens, nonce


@dataclass(frozen=True)
class SignedIn:
    """A session with the tokens of Anna, and the nonce of its request."""

    session: OAuth2Session
    tokens: dict[str, Any]
    nonce: str


@pytest.fixture
def signed(
    provider: School,
    new_session: Callable[..., OAuth2Session],
    anna: WireBrowser,
    notebook: Registered,
) -> SignedIn:
    """Anna, signed in to the confidential client."""
    session = new_session(notebook)
    return SignedIn(session, *signed_in(session, provider, anna))


def claims_in(id_token: str, client: Registered, provider: School, *, nonce: str) -> CodeIDToken:
    """The claims of the ID token, which Authlib verifies with the published keys."""
    metadata = metadata_of(provider)
    keys = KeySet.import_key_set(httpx.get(metadata["jwks_uri"], trust_env=False).json())
    token = jwt.decode(id_token, keys, algorithms=metadata["id_token_signing_alg_values_supported"])
    wanted = {
        "iss": {"values": [metadata["issuer"]]},
        "aud": {"values": [client.client_id]},
        "nonce": {"value": nonce},
    }
    claims = CodeIDToken(token.claims, token.header, wanted, {"client_id": client.client_id})
    claims.validate()
    return claims


WAYS: Final = [
    ("notebook", "client_secret_basic"),
    ("notebook", "client_secret_post"),
    ("app", "none"),
]


@pytest.mark.parametrize("way", WAYS, ids=[method for _, method in WAYS])
def test_a_user_signs_in(
    provider: School,
    anna: WireBrowser,
    new_session: Callable[..., OAuth2Session],
    clients: dict[str, Registered],
    way: tuple[str, str],
) -> None:
    client = clients[way[0]]
    session = new_session(client, token_endpoint_auth_method=way[1])

    tokens, nonce = signed_in(session, provider, anna)

    claims = claims_in(tokens["id_token"], client, provider, nonce=nonce)
    person = session.get(metadata_of(provider)["userinfo_endpoint"]).json()
    assert person.pop("updated_at") > 0
    assert person == {
        "sub": claims["sub"],
        "name": "Anna",
        "email_verified": False,
    }
    assert tokens["scope"].split() == sorted(SCOPE.split())


def test_the_tokens_give_access_to_our_api(provider: School, signed: SignedIn) -> None:
    courses = signed.session.get(f"{provider.server.url}/v1/courses")
    account = signed.session.get(f"{provider.server.url}/v1/me")

    assert courses.status_code == 200
    assert account.status_code == 403


def test_a_token_is_refreshed(provider: School, signed: SignedIn) -> None:
    renewed = signed.session.refresh_token(metadata_of(provider)["token_endpoint"])

    assert renewed["refresh_token"] != signed.tokens["refresh_token"]
    assert renewed["access_token"] != signed.tokens["access_token"]
    assert signed.session.get(f"{provider.server.url}/v1/courses").status_code == 200


def test_a_session_refreshes_an_expired_token_by_itself(
    provider: School,
    new_session: Callable[..., OAuth2Session],
    anna: WireBrowser,
    notebook: Registered,
) -> None:
    endpoint, updates = metadata_of(provider)["token_endpoint"], []
    session = new_session(
        notebook, token_endpoint=endpoint, update_token=lambda token, **_: updates.append(token)
    )
    tokens, _ = signed_in(session, provider, anna)
    session.token = tokens | {"expires_at": 1}

    answer = session.get(f"{provider.server.url}/v1/courses")

    assert answer.status_code == 200
    assert [token["refresh_token"] == tokens["refresh_token"] for token in updates] == [False]


def test_client_credentials_issue_a_token(
    provider: School, new_session: Callable[..., OAuth2Session], robot: Registered
) -> None:
    session = new_session(robot, scope="courses:read")

    tokens = session.fetch_token(
        metadata_of(provider)["token_endpoint"], grant_type="client_credentials"
    )

    assert "refresh_token" not in tokens
    assert session.get(f"{provider.server.url}/v1/courses").status_code == 200


def test_a_token_is_introspected(provider: School, signed: SignedIn, notebook: Registered) -> None:
    metadata, tokens = metadata_of(provider), signed.tokens
    endpoint = metadata["introspection_endpoint"]

    of_access = signed.session.introspect_token(endpoint, tokens["access_token"]).json()
    of_refresh = signed.session.introspect_token(endpoint, tokens["refresh_token"]).json()

    claims = claims_in(tokens["id_token"], notebook, provider, nonce=signed.nonce)
    for response in (of_access, of_refresh):
        assert (response["active"], response["client_id"]) == (True, notebook.client_id)
        assert (response["sub"], response["iss"]) == (claims["sub"], metadata["issuer"])


@pytest.mark.parametrize("name", ["access_token", "refresh_token"])
def test_a_token_is_revoked(provider: School, signed: SignedIn, name: str) -> None:
    session, metadata = signed.session, metadata_of(provider)

    revocation = session.revoke_token(
        metadata["revocation_endpoint"], signed.tokens[name], token_type_hint=name
    )

    assert revocation.status_code == 200
    for other in ("access_token", "refresh_token"):
        response = session.introspect_token(
            metadata["introspection_endpoint"], signed.tokens[other]
        )
        assert response.json() == {"active": False}
    assert session.get(f"{provider.server.url}/v1/courses").status_code == 401
