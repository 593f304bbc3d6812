"""Redirect URIs (RFC 9700 §2.1, §4.1; RFC 8252 §7)."""

import pytest

from accounts.domain.identity.entities.users import User
from accounts.domain.oauth.errors import UnsuitableClient
from tests.accounts.oauth.acting import accepted, an_app, is_error_page, tokens_of
from tests.support.application import Application
from tests.support.relying import RelyingParty, a_relying_party

pytestmark = pytest.mark.database

VARIANTS = [
    "https://app.example/callback/",
    "https://app.example/callback?extra=1",
    "https://app.example/callback#fragment",
    "https://app.example/callback/../callback",
    "https://app.example/Callback",
    "https://app.example/callback%2F",
    "https://app.example/%63allback",
    "https://app.example:443/callback",
    "https://APP.example/callback",
    "http://app.example/callback",
    "https://app.example.evil.example/callback",
    "https://app.example@evil.example/callback",
    "https://evil.example/callback",
    "https://sub.app.example/callback",
    "https://app.example\\@evil.example/callback",
    "//app.example/callback",
    "/callback",
    "javascript:alert(1)",
    "data:text/html,hello",
    "https://app.example/callback\t",
    " https://app.example/callback",
    "https://app.example/callback https://evil.example/",
]


def test_a_redirect_uri_must_equal_the_registered_one(app: RelyingParty) -> None:
    """RFC 6749 §3.1.2.4: no redirect; module oidcc-ensure-registered-redirect-uri."""
    tokens_of(app)

    assert {
        variant: is_error_page(app.authorize(redirect_uri=variant).response) for variant in VARIANTS
    } == dict.fromkeys(VARIANTS, True)


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]"])
@pytest.mark.usefixtures("anna")
def test_a_loopback_redirect_uri_can_have_any_port(application: Application, host: str) -> None:
    """RFC 8252 §7.3."""
    app = an_app(application, is_public=True, redirect_uris=(f"http://{host}:7777/cb",))
    statuses = {}

    for port in ("", ":1", ":51234", ":65535"):
        attempt = app.allowed(redirect_uri=f"http://{host}{port}/cb")
        statuses[port] = app.exchange(attempt).status

    assert statuses == {"": 200, ":1": 200, ":51234": 200, ":65535": 200}


LOOPBACK_VARIANTS = [
    "http://127.0.0.1:51234/other",
    "http://127.0.0.1:51234/cb?x=1",
    "http://[::1]:51234/cb",
    "http://localhost:51234/cb",
    "https://127.0.0.1:51234/cb",
    "http://127.0.0.1.evil.example:51234/cb",
    "http://127.0.0.1:51234@evil.example/cb",
    "http://127.0.0.2:51234/cb",
    "http://127.1:51234/cb",
    "http://127.0.0.1:512345/cb",
    "http://127.0.0.1:/cb",
]


def test_a_loopback_redirect_uri_must_match_in_host_and_path(application: Application) -> None:
    app = a_relying_party(application, is_public=True, redirect_uris=("http://127.0.0.1/cb",))

    assert {
        variant: is_error_page(app.authorize(redirect_uri=variant).response)
        for variant in LOOPBACK_VARIANTS
    } == dict.fromkeys(LOOPBACK_VARIANTS, True)


def test_a_code_is_bound_to_the_requested_port(application: Application, anna: User) -> None:
    app = an_app(application, is_public=True, redirect_uris=("http://127.0.0.1/cb",))
    attempt = app.allowed(redirect_uri="http://127.0.0.1:51234/cb")

    answer = app.tokens(
        grant_type="authorization_code",
        code=attempt.code,
        redirect_uri="http://127.0.0.1:51235/cb",
        code_verifier=attempt.verifier,
    )

    assert (answer.status, answer.json["error"]) == (400, "invalid_grant")


def test_a_mobile_app_can_have_a_private_use_scheme(application: Application, anna: User) -> None:
    """RFC 8252 §7.1."""
    app = an_app(application, is_public=True, redirect_uris=("com.example.app:/cb",))

    attempt = app.allowed()

    assert attempt.response.leads_to.startswith("com.example.app:/cb?")
    assert accepted(app.exchange(attempt))


def test_parameters_of_a_registered_redirect_uri_are_kept(
    application: Application, anna: User
) -> None:
    """RFC 6749 §3.1.2."""
    app = an_app(application, redirect_uris=("https://app.example/cb?tenant=7",))

    assert app.allowed().answer["tenant"] == "7"


def test_redirect_uris_are_not_patterns(application: Application) -> None:
    """RFC 9700 §4.1.1: no patterns."""
    with pytest.raises(UnsuitableClient):
        a_relying_party(application, redirect_uris=("https://*.app.example/callback",))


@pytest.mark.usefixtures("anna")
def test_a_native_client_can_use_localhost_on_any_port(application: Application) -> None:
    """RFC 8252 §7.3, §8.3."""
    app = an_app(application, is_public=True, redirect_uris=("http://localhost/cb",))

    assert accepted(app.exchange(app.allowed(redirect_uri="http://localhost:51234/cb")))
    assert is_error_page(app.authorize(redirect_uri="http://127.0.0.1:51234/cb").response)
