"""ID tokens over HTTP (OpenID Connect Core §2, §3.1.3.6, §12.2)."""

from base64 import urlsafe_b64encode
from hashlib import sha256
from time import time
from typing import Any

import pytest
from django.conf import settings
from jwcrypto.jws import JWS

from accounts.domain.identity.entities.users import User
from accounts.domain.oauth.entities.clients import IdTokenAlgorithm
from tests.accounts.oauth.acting import accepted, an_app, id_claims, tokens_of
from tests.support.application import Application
from tests.support.relying import RelyingParty, claims_in

pytestmark = pytest.mark.database


def header_of(token: str) -> dict[str, Any]:
    jws = JWS()
    jws.deserialize(token)
    header: dict[str, Any] = jws.jose_header
    return header


def test_an_id_token_names_the_user_and_the_client(
    application: Application, app: RelyingParty, anna: User
) -> None:
    """Module oidcc-server."""
    claims = id_claims(app, application)

    assert claims["iss"] == settings.ENVIRONMENT.public_url
    assert claims["sub"] == str(anna.id)
    assert claims["aud"] == app.client_id
    assert abs(time() - claims["iat"]) < 60
    assert claims["exp"] - claims["iat"] == settings.ENVIRONMENT.access_token.total_seconds()


def test_an_id_token_has_no_other_claims(application: Application, app: RelyingParty) -> None:
    """Claims of scopes are in the UserInfo response (OpenID Connect Core §5.4); module oidcc-server."""
    claims = id_claims(app, application, scope="openid profile email")

    assert set(claims) == {
        *("iss", "sub", "aud", "exp", "iat", "nonce", "at_hash"),
        *("auth_time", "acr", "amr", "sid"),
    }


def test_an_id_token_repeats_the_nonce(application: Application, app: RelyingParty) -> None:
    assert id_claims(app, application, nonce="n-å %&+'\"")["nonce"] == "n-å %&+'\""


def test_an_id_token_has_no_nonce_without_a_requested_one(
    application: Application, app: RelyingParty
) -> None:
    """Module oidcc-ensure-request-without-nonce-succeeds-for-code-flow."""
    assert "nonce" not in id_claims(app, application, drop=("nonce",))


def test_an_id_token_is_bound_to_the_access_token(
    application: Application, app: RelyingParty
) -> None:
    """OpenID Connect Core §3.1.3.6."""
    granted = tokens_of(app)

    half = sha256(granted["access_token"].encode()).digest()[:16]
    expected = urlsafe_b64encode(half).decode().rstrip("=")
    assert claims_in(granted["id_token"], application)["at_hash"] == expected


@pytest.mark.usefixtures("anna")
@pytest.mark.parametrize("algorithm", list(IdTokenAlgorithm))
def test_an_id_token_is_signed_with_the_registered_algorithm(
    application: Application, algorithm: IdTokenAlgorithm
) -> None:
    """Module oidcc-idtoken-signature."""
    token = tokens_of(an_app(application, id_token_algorithm=algorithm))["id_token"]

    assert claims_in(token, application)
    assert (header_of(token)["alg"], header_of(token)["typ"]) == (algorithm, "JWT")


@pytest.mark.usefixtures("anna")
def test_the_default_algorithm_is_rs256(application: Application) -> None:
    assert header_of(tokens_of(an_app(application))["id_token"])["alg"] == "RS256"


def test_without_the_scope_openid_there_is_no_id_token(app: RelyingParty) -> None:
    """OpenID Connect Core §3.1.2.1: without `openid` it is a plain OAuth request."""
    assert "id_token" not in tokens_of(app, scope="courses:read")


def test_after_a_refresh_the_id_token_states_the_same_sign_in(
    application: Application, app: RelyingParty
) -> None:
    """OpenID Connect Core §12.2; module oidcc-refresh-token."""
    granted = tokens_of(app)
    before = claims_in(granted["id_token"], application)

    after = claims_in(accepted(app.refresh(granted["refresh_token"]))["id_token"], application)

    for name in ("iss", "sub", "aud", "auth_time", "acr", "amr", "sid"):
        assert after[name] == before[name]
    assert after["at_hash"] != before["at_hash"]


def test_id_tokens_of_one_browser_have_the_same_session_id(
    application: Application, app: RelyingParty
) -> None:
    """OpenID Connect Back-Channel Logout §2.1: `sid`."""
    assert id_claims(app, application)["sid"] == id_claims(app, application)["sid"]


def test_another_browser_has_another_session_id(
    application: Application, app: RelyingParty
) -> None:
    assert id_claims(app, application)["sid"] != id_claims(an_app(application), application)["sid"]
