"""Authorization endpoint (RFC 6749 §4.1; OpenID Connect Core §3.1.2; RFC 9207)."""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client

from accounts.domain.identity.entities.users import User
from tests.accounts.oauth.acting import accepted, an_app, is_error_page, parameters_in, tokens_of
from tests.support.application import Application
from tests.support.relying import FORM, Attempt, RelyingParty

pytestmark = pytest.mark.database

UNSIGNED = "eyJhbGciOiJub25lIn0.eyJzdGF0ZSI6Imluc2lkZSJ9."


def test_the_response_has_code_state_and_issuer_and_nothing_else(app: RelyingParty) -> None:
    """RFC 6749 §4.1.2; RFC 9207 §2."""
    attempt = app.allowed()

    assert set(attempt.answer) == {"code", "state", "iss"}
    assert attempt.answer["state"] == attempt.parameters["state"]
    assert attempt.answer["iss"] == settings.ENVIRONMENT.public_url
    assert attempt.response.status == 303


def test_a_code_cannot_be_guessed(app: RelyingParty) -> None:
    """RFC 6749 §10.10: 128 bits at least."""
    assert len(app.allowed().code) >= 43


def test_a_request_without_state_gets_none_back(app: RelyingParty) -> None:
    assert set(app.allowed(drop=("state",)).answer) == {"code", "iss"}


@pytest.mark.parametrize("state", ["a b&c=d", "%2F%zz", "å∂ƒ😀", "x" * 3000, "#", "<script>"])
def test_the_state_is_returned_unchanged(app: RelyingParty, state: str) -> None:
    assert app.allowed(state=state).answer["state"] == state


@pytest.mark.parametrize(
    "wrong",
    [
        {"prompt": "none login"},
        {"response_type": "token"},
        {"scope": "openid nonsense"},
        {"code_challenge_method": "plain"},
        {"resource": "https://elsewhere.example/"},
        {"request": UNSIGNED},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_error_responses_name_the_issuer(app: RelyingParty, wrong: dict[str, Any]) -> None:
    """RFC 9207 §2: in error responses as well."""
    attempt = app.authorize(**wrong)

    assert attempt.answer["iss"] == settings.ENVIRONMENT.public_url
    assert attempt.answer["state"] == attempt.parameters["state"]
    assert "code" not in attempt.answer


def test_denying_consent_returns_access_denied(app: RelyingParty) -> None:
    """RFC 6749 §4.1.2.1."""
    attempt = app.authorize()
    address = f"/oauth/authorize?{urlencode(attempt.parameters)}"

    denied = Attempt("", attempt.parameters, app.browser.post(address, decision="deny"))

    assert denied.answer["error"] == "access_denied"
    assert denied.answer["iss"] == settings.ENVIRONMENT.public_url
    assert app.authorize().response.heading == "Allow Study Buddy to access your account?"


def test_a_consent_is_remembered(app: RelyingParty) -> None:
    tokens_of(app, scope="openid profile")

    assert app.authorize(scope="openid").code


def test_a_consent_covers_only_the_scopes_that_were_shown(app: RelyingParty) -> None:
    tokens_of(app, scope="openid")

    response = app.authorize(scope="openid email").response

    assert response.heading == "Allow Study Buddy to access your account?"
    assert "see your e-mail address" in response.text


def test_a_client_cannot_consent_for_the_user(app: RelyingParty) -> None:
    assert app.authorize(decision="allow", approval_prompt="auto").response.status == 200


def test_a_decision_needs_a_csrf_token(app: RelyingParty) -> None:
    """RFC 6749 §10.12."""
    attempt = app.authorize()
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = app.browser.client.cookies

    response = browser.post(
        f"/oauth/authorize?{urlencode(attempt.parameters)}", {"decision": "allow"}
    )

    assert response.status_code == 403
    assert app.authorize().response.heading == "Allow Study Buddy to access your account?"


def test_a_request_can_be_posted(app: RelyingParty) -> None:
    """OpenID Connect Core §3.1.2.1; module oidcc-ensure-post-request-succeeds."""
    tokens_of(app)
    request = app.authorize()

    response = app.browser.client.generic(
        "POST", "/oauth/authorize", urlencode(request.parameters), content_type=FORM
    )

    assert response.status_code == 303
    assert parameters_in(app.browser.get(response.headers["Location"]).leads_to)["code"]


@pytest.mark.parametrize(
    "more",
    [
        {"extra": "foobar"},
        {"display": "page"},
        {"display": "popup"},
        {"ui_locales": "se"},
        {"claims_locales": "se"},
        {"claims": '{"userinfo":{"name":{"essential":true}}}'},
        {"scope": "email profile openid"},
        {"login_hint": "buffy@example.com"},
    ],
    ids=lambda more: "-".join(*more.items()),
)
def test_unsupported_parameters_are_ignored(app: RelyingParty, more: dict[str, Any]) -> None:
    """Modules oidcc-ensure-request-with-unknown-parameter-succeeds, -display-page, -ui-locales, -claims-essential."""
    assert accepted(app.exchange(app.allowed(**more)))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("request", UNSIGNED),
        ("request_uri", "https://app.example/request.jwt"),
    ],
)
def test_request_objects_are_rejected_and_not_ignored(
    app: RelyingParty, name: str, value: str
) -> None:
    """OpenID Connect Core §6.1, §6.2, §3.1.2.6; modules oidcc-unsigned-request-object-…, -request-uri-unsigned-…."""
    wrong: dict[str, Any] = {name: value}

    assert app.authorize(**wrong).answer["error"] == f"{name}_not_supported"


def test_a_request_needs_a_response_type(app: RelyingParty) -> None:
    """Module oidcc-response-type-missing."""
    assert app.authorize(drop=("response_type",)).answer["error"] == "invalid_request"


def test_a_client_with_one_redirect_uri_can_omit_it(app: RelyingParty) -> None:
    """RFC 6749 §3.1.2.3."""
    attempt = app.authorize(drop=("redirect_uri",))

    assert attempt.response.heading == "Allow Study Buddy to access your account?"


def test_a_client_with_two_redirect_uris_must_send_one(
    application: Application, anna: User
) -> None:
    app = an_app(application, redirect_uris=("https://app.example/a", "https://app.example/b"))

    assert is_error_page(app.authorize(drop=("redirect_uri",)).response)


def test_the_form_can_redirect_to_the_client_alone(app: RelyingParty) -> None:
    policy = app.authorize().response.headers["Content-Security-Policy"]

    assert "form-action 'self' https://app.example" in policy.split("; ")


def test_the_consent_page_cannot_be_framed_or_cached(app: RelyingParty) -> None:
    """RFC 9700 §4.16."""
    response = app.authorize().response

    assert response.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
    assert "no-store" in response.headers["Cache-Control"]


def test_the_consent_page_shows_the_user_the_client_and_the_scopes(
    app: RelyingParty, anna: User
) -> None:
    page = app.authorize(scope="openid courses:read").response

    assert page.heading == "Allow Study Buddy to access your account?"
    assert anna.email in page.text
    assert "see the courses available to you" in page.text
    assert "redirected to app.example" in page.text


def test_the_name_of_a_client_is_escaped(application: Application, anna: User) -> None:
    app = an_app(application, name="<b>Study</b>")
    attempt = app.authorize()

    page = app.browser.client.get(f"/oauth/authorize?{urlencode(attempt.parameters)}")

    assert "Allow &lt;b&gt;Study&lt;/b&gt; to access your account?" in page.content.decode()
    assert "<b>" not in page.content.decode()
