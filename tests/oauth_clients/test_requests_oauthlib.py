"""requests-oauthlib, unmodified, as a client of the provider."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from oauthlib.oauth2 import InvalidGrantError
from requests_oauthlib import OAuth2Session

from tests.support.forms import WireBrowser
from tests.support.provider import LANDING, Registered
from tests.support.school import School

pytestmark = pytest.mark.any_database

SCOPE = ["courses:read", "email", "openid", "profile"]


@pytest.fixture
def new_session(opened: ExitStack) -> Callable[..., OAuth2Session]:
    """Makes a session of requests-oauthlib for a client."""

    def make(client: Registered, **options: Any) -> OAuth2Session:
        session = opened.enter_context(
            OAuth2Session(
                client.client_id, scope=SCOPE, redirect_uri=LANDING, pkce="S256", **options
            )
        )
        session.trust_env = False
        return session

    return make


def shown(client: Registered) -> dict[str, Any]:
    """The library's client authentication: HTTP Basic with a secret, the client ID alone without one."""
    secret: dict[str, Any] = {"client_secret": client.secret}
    return secret if client.secret else {"include_client_id": True}


def signed_in(
    session: OAuth2Session, client: Registered, provider: School, anna: WireBrowser
) -> tuple[dict[str, Any], str]:
    """The tokens that the session gets for Anna, and the URL to which the browser was redirected."""
    address, _ = session.authorization_url(f"{provider.server.url}/oauth/authorize")
    landed = anna.go_along(address)
    assert landed.is_elsewhere, landed
    tokens = session.fetch_token(
        f"{provider.server.url}/oauth/token",
        authorization_response=landed.address,
        **shown(client),
    )
    return tokens, landed.address


@dataclass(frozen=True)
class SignedIn:
    """A session with the tokens of Anna."""

    session: OAuth2Session
    tokens: dict[str, Any]


@pytest.fixture
def signed(
    provider: School,
    new_session: Callable[..., OAuth2Session],
    anna: WireBrowser,
    client: Registered,
) -> SignedIn:
    """Anna, signed in to the client."""
    session = new_session(client)
    return SignedIn(session, signed_in(session, client, provider, anna)[0])


def test_a_user_signs_in(provider: School, signed: SignedIn, anna: WireBrowser) -> None:
    person = signed.session.get(f"{provider.server.url}/oauth/userinfo").json()

    assert (person["name"], person["email_verified"]) == ("Anna", False)
    assert signed.tokens["scope"] == SCOPE
    assert signed.session.get(f"{provider.server.url}/v1/courses").status_code == 200


def test_a_token_is_refreshed(provider: School, signed: SignedIn, client: Registered) -> None:
    by_name = {} if client.secret else {"client_id": client.client_id}
    by_secret = {"auth": (client.client_id, client.secret)} if client.secret else {}
    endpoint = f"{provider.server.url}/oauth/token"

    renewed = signed.session.refresh_token(endpoint, **by_name, **by_secret)

    assert renewed["refresh_token"] != signed.tokens["refresh_token"]
    assert signed.session.get(f"{provider.server.url}/v1/courses").status_code == 200


def test_a_session_refreshes_an_expired_token_by_itself(
    provider: School, new_session: Callable[..., OAuth2Session], anna: WireBrowser, app: Registered
) -> None:
    updates: list[dict[str, Any]] = []
    session = new_session(
        app,
        auto_refresh_url=f"{provider.server.url}/oauth/token",
        auto_refresh_kwargs={"client_id": app.client_id},
        token_updater=updates.append,
    )
    tokens, _ = signed_in(session, app, provider, anna)
    session.token = tokens | {"expires_at": 1, "expires_in": -1}

    answer = session.get(f"{provider.server.url}/v1/courses")

    assert answer.status_code == 200
    assert [token["refresh_token"] == tokens["refresh_token"] for token in updates] == [False]


def test_a_reused_code_is_rejected_and_ends_the_session(
    provider: School, new_session: Callable[..., OAuth2Session], anna: WireBrowser, app: Registered
) -> None:
    session = new_session(app)
    _, address = signed_in(session, app, provider, anna)
    token = session.token
    code = parse_qs(urlsplit(address).query)["code"][0]

    with pytest.raises(InvalidGrantError):
        session.fetch_token(f"{provider.server.url}/oauth/token", code=code, **shown(app))

    session.token = token
    assert session.get(f"{provider.server.url}/v1/courses").status_code == 401
