"""Provider metadata (OpenID Connect Discovery §3, §4; RFC 8414 §2, §3)."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from accounts.domain.access import OPERATOR
from accounts.domain.identity.entities.profiles import PROFILE_MEMBERS
from accounts.domain.identity.entities.users import User, UserChanges
from tests.accounts.oauth.acting import accepted, an_app, id_claims, tokens_of, userinfo
from tests.support.application import Application
from tests.support.relying import RelyingParty

pytestmark = pytest.mark.database

VALUES = dict.fromkeys(["profile", "picture", "website"], "https://anna.example/") | {
    "birthdate": "2001-12-31",
    "zoneinfo": "Europe/Stockholm",
    "locale": "sv",
    "phone_number": "+468123456",
}
OPENID = "/.well-known/openid-configuration"
OAUTH = "/.well-known/oauth-authorization-server"


@pytest.fixture
def metadata(application: Application) -> dict[str, Any]:
    return accepted(application.stranger.get(OPENID))


def test_both_documents_say_the_same(application: Application, metadata: dict[str, Any]) -> None:
    assert accepted(application.stranger.get(OAUTH)) == metadata


def test_the_issuer_is_exact(metadata: dict[str, Any]) -> None:
    """OpenID Connect Discovery §4.3; module oidcc-discovery-endpoint-verification."""
    assert metadata["issuer"] == settings.ENVIRONMENT.public_url


def test_every_endpoint_is_below_the_issuer(metadata: dict[str, Any]) -> None:
    urls = [value for name, value in metadata.items() if name.endswith(("_endpoint", "_uri"))]

    assert len(urls) == 10
    assert all(url.startswith(f"{metadata['issuer']}/") for url in urls)


def test_every_endpoint_responds(application: Application, metadata: dict[str, Any]) -> None:
    urls = [value for name, value in metadata.items() if name.endswith(("_endpoint", "_uri"))]

    statuses = {
        url: application.stranger.send(method, urlsplit(url).path).status
        for url in urls
        for method in ("GET", "POST")
    }

    assert not {url for url, status in statuses.items() if status in {404, 500}}


def test_the_metadata_and_the_protected_resource_name_each_other(
    application: Application, metadata: dict[str, Any]
) -> None:
    """RFC 9728 §4."""
    resources = [
        accepted(application.stranger.get(f"/.well-known/oauth-protected-resource/{path}"))
        for path in ("v1", "mcp")
    ]

    assert metadata["protected_resources"] == [resource["resource"] for resource in resources]
    for resource in resources:
        assert resource["authorization_servers"] == [metadata["issuer"]]


@pytest.mark.parametrize("path", [OPENID, OAUTH])
def test_the_documents_are_public_json_that_can_be_cached(
    application: Application, path: str
) -> None:
    answer = application.stranger.get(path)

    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_the_keys_have_distinct_ids_and_no_private_part(
    application: Application, metadata: dict[str, Any]
) -> None:
    """RFC 7517 §4.5; module oidcc-discovery-endpoint-verification."""
    keys = accepted(application.stranger.get(urlsplit(metadata["jwks_uri"]).path))["keys"]

    assert {key["alg"] for key in keys} == set(metadata["id_token_signing_alg_values_supported"])
    assert len({key["kid"] for key in keys}) == len(keys)
    assert all({"d", "p", "q", "dp", "dq", "qi", "k"}.isdisjoint(key) for key in keys)


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("response_types_supported", ["code"]),
        ("response_modes_supported", ["query"]),
        ("subject_types_supported", ["public"]),
        ("code_challenge_methods_supported", ["S256"]),
        ("claims_parameter_supported", True),
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
def test_the_metadata_states_what_is_supported(
    metadata: dict[str, Any], member: str, value: object
) -> None:
    assert metadata[member] == value


def test_implicit_and_password_grants_are_not_offered(metadata: dict[str, Any]) -> None:
    """RFC 9700 §2.1.2, §2.4."""
    assert metadata["grant_types_supported"] == [
        "authorization_code",
        "refresh_token",
        "client_credentials",
        "urn:ietf:params:oauth:grant-type:device_code",
        "urn:ietf:params:oauth:grant-type:pre-authorized_code",
    ]


def test_every_announced_scope_can_be_granted(
    application: Application, anna: User, metadata: dict[str, Any]
) -> None:
    app = an_app(application)

    granted = tokens_of(app, scope=" ".join(metadata["scopes_supported"]))

    assert set(granted["scope"].split()) == set(metadata["scopes_supported"])


@pytest.mark.usefixtures("anna")
def test_every_announced_algorithm_signs(
    application: Application, metadata: dict[str, Any]
) -> None:
    for algorithm in metadata["id_token_signing_alg_values_supported"]:
        assert id_claims(an_app(application, id_token_algorithm=algorithm), application)["aud"]


def test_every_announced_claim_is_provided(
    application: Application, app: RelyingParty, anna: User, metadata: dict[str, Any]
) -> None:
    scope = "openid profile email phone address organizations"
    profile = dict.fromkeys(PROFILE_MEMBERS, "Ann") | VALUES
    application.services.users.edit(anna.id, UserChanges(profile=profile), by=OPERATOR)
    granted = tokens_of(app, scope=scope)

    claims = id_claims(app, application, scope=scope) | accepted(userinfo(granted["access_token"]))

    assert set(metadata["claims_supported"]) == set(claims)


@pytest.mark.parametrize("path", [OPENID, OAUTH])
def test_the_documents_are_read_only(application: Application, path: str) -> None:
    assert application.stranger.post(path).status == 405
