"""Dynamic client registration (RFC 7591 §2, §3)."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings

from accounts.domain.access import OPERATOR
from tests.accounts.oauth.acting import accepted, error_of, me, tokens_of
from tests.support.application import Answer, Application, Caller
from tests.support.relying import RelyingParty

pytestmark = pytest.mark.database

PATH = "/oauth/register"
METADATA: dict[str, Any] = {
    "client_name": "Study Buddy",
    "redirect_uris": ["https://app.example/callback"],
}
WRONG_METADATA = (400, "invalid_client_metadata")
WRONG_ADDRESS = (400, "invalid_redirect_uri")


@pytest.fixture
def guest(application: Application) -> Caller:
    """A caller with an initial access token."""
    resource = f"{settings.ENVIRONMENT.public_url}{PATH}"
    return Caller(application.services.registrations.invite(resource=resource, by=OPERATOR))


def register(guest: Caller, **more: Any) -> Answer:
    return guest.post(PATH, METADATA | more)


def test_the_response_has_all_registered_metadata(guest: Caller) -> None:
    """RFC 7591 §3.2.1."""
    answer = register(guest, scope="openid courses:read", contacts=["unknown@app.example"])

    assert answer.status == 201
    assert answer.headers["Cache-Control"] == "no-store"
    members = answer.json
    assert members.pop("registration_access_token")
    assert members.pop("registration_client_uri").endswith(f"{PATH}/{members['client_id']}")
    assert members.pop("client_id")
    assert members.pop("client_secret")
    assert members.pop("client_id_issued_at")
    assert members == METADATA | {
        "client_secret_expires_at": 0,
        "post_logout_redirect_uris": [],
        "grant_types": ["authorization_code"],
        "response_types": ["code"],
        "scope": "courses:read openid",
        "token_endpoint_auth_method": "client_secret_basic",
        "id_token_signed_response_alg": "RS256",
        "require_pushed_authorization_requests": False,
        "allowed_origins": [],
        "resources": [],
        "claims_in_id_token": False,
    }


@pytest.mark.usefixtures("anna")
def test_a_registered_client_works_at_once(guest: Caller) -> None:
    grants = ["authorization_code", "refresh_token"]
    client = register(guest, grant_types=grants).json

    app = RelyingParty(client["client_id"], client["client_secret"])
    app.browser.sign_in()

    assert app.refresh(tokens_of(app)["refresh_token"]).status == 200


def test_a_registered_public_client_has_no_secret(guest: Caller) -> None:
    client = register(guest, token_endpoint_auth_method="none").json

    assert client["token_endpoint_auth_method"] == "none"
    assert {"client_secret", "client_secret_expires_at"}.isdisjoint(client)


def test_an_initial_access_token_works_repeatedly_for_a_day(guest: Caller) -> None:
    assert register(guest).json["client_id"] != register(guest).json["client_id"]

    with time_machine.travel(timedelta(days=1, seconds=1)):
        assert error_of(register(guest)) == (401, "invalid_token")


def test_an_initial_access_token_gives_no_other_access(guest: Caller) -> None:
    assert me(guest.token).status == 401


def test_registration_needs_an_initial_access_token(application: Application) -> None:
    answer = register(application.stranger)

    assert error_of(answer) == (401, "invalid_token")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="authsvc"'


def test_other_tokens_do_not_register_clients(application: Application, app: RelyingParty) -> None:
    tokens = [
        "x",
        "a.b.c",
        "",
        application.signed_in().caller.token,
        tokens_of(app)["access_token"],
        application.services.registrations.invite(
            resource="https://elsewhere.example", by=OPERATOR
        ),
    ]

    answers = [Caller().post(PATH, METADATA, Authorization=f"Bearer {token}") for token in tokens]

    assert {error_of(answer) for answer in answers} == {(401, "invalid_token")}


HOSTILE = [
    ("no-name", {"client_name": ""}, WRONG_METADATA),
    ("name-null", {"client_name": None}, WRONG_METADATA),
    ("name-list", {"client_name": ["a"]}, WRONG_METADATA),
    ("name-object", {"client_name": {"a": 1}}, WRONG_METADATA),
    ("name-nul", {"client_name": "a\0b"}, WRONG_METADATA),
    ("name-surrogate", {"client_name": "\ud800"}, WRONG_METADATA),
    ("name-long", {"client_name": "x" * 201}, WRONG_METADATA),
    ("no-address", {"redirect_uris": []}, WRONG_ADDRESS),
    ("address-text", {"redirect_uris": "https://app.example"}, WRONG_METADATA),
    ("address-number", {"redirect_uris": [1]}, WRONG_ADDRESS),
    ("address-nested", {"redirect_uris": [["https://app.example"]]}, WRONG_METADATA),
    ("address-http", {"redirect_uris": ["http://app.example/"]}, WRONG_ADDRESS),
    ("address-fragment", {"redirect_uris": ["https://app.example/#a"]}, WRONG_ADDRESS),
    ("address-script", {"redirect_uris": ["javascript:alert(1)"]}, WRONG_ADDRESS),
    ("address-data", {"redirect_uris": ["data:text/html,a"]}, WRONG_ADDRESS),
    ("address-relative", {"redirect_uris": ["/callback"]}, WRONG_ADDRESS),
    ("address-password", {"redirect_uris": ["https://a:b@app.example/"]}, WRONG_ADDRESS),
    ("address-space", {"redirect_uris": ["https://app.example/a b"]}, WRONG_ADDRESS),
    ("address-nul", {"redirect_uris": ["https://app.example/\0"]}, WRONG_METADATA),
    ("address-localhost", {"redirect_uris": ["http://localhost/"]}, WRONG_ADDRESS),
    ("address-port", {"redirect_uris": ["https://app.example:99999/"]}, WRONG_ADDRESS),
    ("address-long", {"redirect_uris": [f"https://app.example/{'x' * 2000}"]}, WRONG_METADATA),
    ("addresses-many", {"redirect_uris": ["https://app.example/"] * 11}, WRONG_METADATA),
    ("return-http", {"post_logout_redirect_uris": ["http://app.example/"]}, WRONG_METADATA),
    ("logout-http", {"backchannel_logout_uri": "http://app.example/"}, WRONG_METADATA),
    ("logout-scheme", {"backchannel_logout_uri": "com.example:/a"}, WRONG_METADATA),
    ("password-grant", {"grant_types": ["password"]}, WRONG_METADATA),
    ("implicit-grant", {"grant_types": ["implicit"]}, WRONG_METADATA),
    ("for-itself", {"grant_types": ["client_credentials"]}, WRONG_METADATA),
    ("no-grant", {"grant_types": []}, WRONG_METADATA),
    ("grants-text", {"grant_types": "authorization_code"}, WRONG_METADATA),
    ("response-token", {"response_types": ["token"]}, WRONG_METADATA),
    ("response-hybrid", {"response_types": ["code id_token"]}, WRONG_METADATA),
    ("origin-path", {"allowed_origins": ["https://app.example/a"]}, WRONG_METADATA),
    ("resource-unknown", {"resources": ["https://notes.example/api"]}, WRONG_METADATA),
    ("scope-unknown", {"scope": "openid nonsense"}, WRONG_METADATA),
    ("scope-list", {"scope": ["openid"]}, WRONG_METADATA),
    ("scope-nul", {"scope": "openid\0"}, WRONG_METADATA),
    ("method-unknown", {"token_endpoint_auth_method": "private_key_jwt"}, WRONG_METADATA),
    ("algorithm-none", {"id_token_signed_response_alg": "none"}, WRONG_METADATA),
    ("algorithm-hmac", {"id_token_signed_response_alg": "HS256"}, WRONG_METADATA),
    ("push-text", {"require_pushed_authorization_requests": "perhaps"}, WRONG_METADATA),
]


@pytest.mark.parametrize(
    ("wrong", "error"), [case[1:] for case in HOSTILE], ids=[case[0] for case in HOSTILE]
)
def test_unsafe_client_metadata_is_rejected(
    guest: Caller, wrong: dict[str, Any], error: tuple[int, str]
) -> None:
    """RFC 7591 §3.2.2."""
    answer = register(guest, **wrong)

    assert error_of(answer) == error
    assert answer.json["error_description"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"\xff\xfe",
        b"[" * 50_000,
        b'{"a":' * 10_000,
        b'{"client_name": "a", "client_name": {}}',
        b'{"client_name": ' + b"1" * 5000 + b"}",
    ],
    ids=[
        *("empty", "cut", "null", "list", "text", "not-utf-8", "deep-list", "deep-object"),
        *("twice", "endless-number"),
    ],
)
def test_malformed_bodies_are_rejected(guest: Caller, body: bytes) -> None:
    assert error_of(guest.send("POST", PATH, body)) == WRONG_METADATA


def test_a_body_that_is_too_large_is_rejected(guest: Caller) -> None:
    body = json.dumps(METADATA | {"more": "x" * 65_536}).encode()

    assert error_of(guest.send("POST", PATH, body)) == (413, "invalid_client_metadata")


def test_a_form_is_rejected(guest: Caller) -> None:
    answer = guest.send(
        "POST",
        PATH,
        b"client_name=a",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )

    assert error_of(answer) == WRONG_METADATA


def test_a_client_cannot_register_as_trusted(application: Application, guest: Caller) -> None:
    answer = register(guest, is_trusted=True, pkce_waived_because="Old library.")

    client = application.services.clients.find(answer.json["client_id"])

    assert client
    assert not client.terms.is_trusted
    assert client.needs_pkce


@pytest.mark.parametrize(
    ("uri", "name"),
    [
        ("https://app.example:8443/callback", "app.example:8443"),
        ("http://127.0.0.1/callback", "127.0.0.1"),
        ("com.example.app:/callback", "com.example.app"),
    ],
)
def test_a_client_without_a_name_is_called_by_its_redirect_uri(
    guest: Caller, uri: str, name: str
) -> None:
    """RFC 7591 §2: all metadata is optional."""
    answer = guest.post(PATH, {"redirect_uris": [uri]})

    assert (answer.status, answer.json["client_name"]) == (201, name)


def test_a_client_registers_for_origins_and_for_resources_of_the_platform(
    application: Application, guest: Caller
) -> None:
    notes = "https://notes.example/api"
    application.services.registrations = replace(
        application.services.registrations, resources=frozenset({notes})
    )
    wishes = {"allowed_origins": ["https://app.example"], "resources": [notes]}

    answer = register(guest, **wishes, claims_in_id_token=True)

    assert answer.status == 201
    assert answer.json.items() >= wishes.items()
    client = application.services.clients.find(answer.json["client_id"])
    assert client is not None
    assert client.terms.allowed_origins == ("https://app.example",)
    assert client.terms.resources == (notes,)
    assert client.terms.claims_in_id_token


def test_registration_accepts_post_alone(guest: Caller) -> None:
    assert guest.get(PATH).status == 405
    assert accepted(guest.get("/.well-known/openid-configuration"))


@pytest.mark.parametrize("host", ["169.254.169.254", "0x7f.1", "localhost", "intranet"])
def test_a_private_host_is_rejected_in_production(
    application: Application, guest: Caller, host: str
) -> None:
    clients = replace(application.services.clients, allows_private_hosts=False)
    application.services.registrations = replace(
        application.services.registrations, registrar=clients
    )

    answer = register(guest, backchannel_logout_uri=f"https://{host}/out")

    assert error_of(answer) == WRONG_METADATA
    assert f"{host} is not a public host." in answer.json["error_description"]
