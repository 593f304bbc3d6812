"""What the provider says of itself (OpenID Connect Discovery §3, §4; RFC 8414 §2, §3)."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from accounts.domain.identity.entities.users import User
from tests.accounts.oauth.acting import accepted, an_app, id_claims, tokens_of, userinfo
from tests.support.application import Application
from tests.support.relying import RelyingParty

pytestmark = pytest.mark.database

OPENID = "/.well-known/openid-configuration"
OAUTH = "/.well-known/oauth-authorization-server"


@pytest.fixture
def said(application: Application) -> dict[str, Any]:
    return accepted(application.stranger.get(OPENID))


def test_both_documents_say_the_same(application: Application, said: dict[str, Any]) -> None:
    assert accepted(application.stranger.get(OAUTH)) == said


def test_the_issuer_is_exact(said: dict[str, Any]) -> None:
    """OpenID Connect Discovery §4.3; module oidcc-discovery-endpoint-verification."""
    assert said["issuer"] == settings.ENVIRONMENT.public_url


def test_every_address_is_the_issuers(said: dict[str, Any]) -> None:
    addresses = [value for name, value in said.items() if name.endswith(("_endpoint", "_uri"))]

    assert len(addresses) == 10
    assert all(address.startswith(f"{said['issuer']}/") for address in addresses)


def test_every_address_answers(application: Application, said: dict[str, Any]) -> None:
    addresses = [value for name, value in said.items() if name.endswith(("_endpoint", "_uri"))]

    statuses = {
        address: application.stranger.send(method, urlsplit(address).path).status
        for address in addresses
        for method in ("GET", "POST")
    }

    assert not {address for address, status in statuses.items() if status in {404, 500}}


@pytest.mark.parametrize("path", [OPENID, OAUTH])
def test_the_documents_are_json_that_anybody_may_read_and_keep(
    application: Application, path: str
) -> None:
    answer = application.stranger.get(path)

    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_the_keys_have_names_of_their_own_and_no_private_part(
    application: Application, said: dict[str, Any]
) -> None:
    """RFC 7517 §4.5; module oidcc-discovery-endpoint-verification."""
    keys = accepted(application.stranger.get(urlsplit(said["jwks_uri"]).path))["keys"]

    assert {key["alg"] for key in keys} == set(said["id_token_signing_alg_values_supported"])
    assert len({key["kid"] for key in keys}) == len(keys)
    assert all({"d", "p", "q", "dp", "dq", "qi", "k"}.isdisjoint(key) for key in keys)


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("response_types_supported", ["code"]),
        ("response_modes_supported", ["query"]),
        ("subject_types_supported", ["public"]),
        ("code_challenge_methods_supported", ["S256"]),
        ("claims_parameter_supported", False),
        ("request_parameter_supported", False),
        ("request_uri_parameter_supported", False),
        ("require_pushed_authorization_requests", False),
        ("authorization_response_iss_parameter_supported", True),
        ("backchannel_logout_supported", True),
        ("backchannel_logout_session_supported", True),
        ("prompt_values_supported", ["consent", "login", "none", "select_account"]),
        (
            "token_endpoint_auth_methods_supported",
            ["client_secret_basic", "client_secret_post", "none"],
        ),
        (
            "introspection_endpoint_auth_methods_supported",
            ["client_secret_basic", "client_secret_post"],
        ),
    ],
)
def test_what_stands_by_default_elsewhere_is_said(
    said: dict[str, Any], member: str, value: object
) -> None:
    assert said[member] == value


def test_no_grant_is_offered_that_hands_out_tokens_by_the_browser_or_for_a_password(
    said: dict[str, Any],
) -> None:
    """RFC 9700 §2.1.2, §2.4."""
    assert said["grant_types_supported"] == [
        "authorization_code",
        "refresh_token",
        "client_credentials",
        "urn:ietf:params:oauth:grant-type:device_code",
    ]


def test_every_scope_that_is_announced_can_be_had(
    application: Application, anna: User, said: dict[str, Any]
) -> None:
    app = an_app(application)

    granted = tokens_of(app, scope=" ".join(said["scopes_supported"]))

    assert set(granted["scope"].split()) == set(said["scopes_supported"])


@pytest.mark.usefixtures("anna")
def test_every_algorithm_that_is_announced_signs(
    application: Application, said: dict[str, Any]
) -> None:
    for algorithm in said["id_token_signing_alg_values_supported"]:
        assert id_claims(an_app(application, id_token_algorithm=algorithm), application)["aud"]


def test_every_claim_that_is_announced_is_given(
    application: Application, app: RelyingParty, said: dict[str, Any]
) -> None:
    scope = "openid profile email"
    granted = tokens_of(app, scope=scope)

    told = id_claims(app, application, scope=scope) | accepted(userinfo(granted["access_token"]))

    assert set(said["claims_supported"]) == set(told)


@pytest.mark.parametrize("path", [OPENID, OAUTH])
def test_the_documents_are_only_read(application: Application, path: str) -> None:
    assert application.stranger.post(path).status == 405
