"""Pushed authorization requests over HTTP (RFC 9126 §2, §4, §5)."""

from datetime import timedelta
from secrets import token_urlsafe
from urllib.parse import urlencode

import pytest
import time_machine

from accounts.domain.identity.entities.users import User
from tests.accounts.oauth.acting import accepted, an_app, error_of, is_error_page, tokens_of
from tests.support.application import Answer, Application
from tests.support.relying import (
    CALLBACK,
    Attempt,
    RelyingParty,
    a_relying_party,
    challenge_of,
    post_form,
)

pytestmark = pytest.mark.database

VERIFIER = token_urlsafe(48)
REQUEST = {
    "response_type": "code",
    "redirect_uri": CALLBACK,
    "scope": "openid",
    "state": "pushed",
    "code_challenge": challenge_of(VERIFIER),
    "code_challenge_method": "S256",
}


def push(app: RelyingParty, **more: str) -> Answer:
    return app.post("/oauth/par", **REQUEST | more)


def reference_of(app: RelyingParty, **more: str) -> str:
    answer = push(app, **more)
    assert answer.status == 201, answer.text
    reference: str = answer.json["request_uri"]
    return reference


def authorize_with(app: RelyingParty, reference: str, **more: str) -> Attempt:
    """The browser brings the reference and these parameters, and Anna consents."""
    query = urlencode({"client_id": app.client_id, "request_uri": reference} | more)
    address = f"/oauth/authorize?{query}"
    response = app.browser.get(address)
    if response.status == 200:
        response = app.browser.post(address, decision="allow")
    return Attempt(VERIFIER, REQUEST, response)


def test_the_pushed_parameters_are_used(app: RelyingParty) -> None:
    """RFC 9126 §4; RFC 9101 §6.3."""
    attempt = authorize_with(app, reference_of(app), scope="openid email", state="of the browser")

    assert attempt.answer["state"] == "pushed"
    assert accepted(app.exchange(attempt))["scope"] == "openid"


def test_the_response_states_when_the_reference_expires(app: RelyingParty) -> None:
    """RFC 9126 §2.2."""
    answer = push(app)

    assert answer.status == 201
    assert answer.json["expires_in"] == 90
    assert answer.json["request_uri"].startswith("urn:ietf:params:oauth:request_uri:")
    assert len(answer.json["request_uri"]) > 70
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_reference_works_once(app: RelyingParty) -> None:
    """RFC 9126 §7.3; module PARAttemptReuseRequestUri."""
    reference = reference_of(app)
    assert authorize_with(app, reference).code

    assert is_error_page(authorize_with(app, reference).response)


def test_a_denial_uses_up_the_reference(app: RelyingParty) -> None:
    reference = reference_of(app)
    query = urlencode({"client_id": app.client_id, "request_uri": reference})
    app.browser.post(f"/oauth/authorize?{query}", decision="deny")

    assert is_error_page(authorize_with(app, reference).response)


@pytest.mark.parametrize(("seconds", "status"), [(89, 303), (90, 400)])
def test_a_reference_expires_if_no_browser_brings_it(
    app: RelyingParty, seconds: int, status: int
) -> None:
    """Module PARAttemptToUseExpiredRequestUri."""
    tokens_of(app)
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        app.browser.sign_in()
        reference = reference_of(app)
        clock.shift(seconds)

        assert authorize_with(app, reference).response.status == status


def test_the_user_has_more_time_once_the_browser_has_brought_the_reference(
    app: RelyingParty,
) -> None:
    query = urlencode({"client_id": app.client_id, "request_uri": reference_of(app)})
    assert app.browser.get(f"/oauth/authorize?{query}").status == 200

    with time_machine.travel(timedelta(minutes=9)):
        response = app.browser.post(f"/oauth/authorize?{query}", decision="allow")

    assert "code=" in response.leads_to


def test_it_is_of_use_to_its_client_alone(application: Application, app: RelyingParty) -> None:
    """Module PAREnsureRequestUriIsBoundToClient."""
    reference = reference_of(app)
    other = RelyingParty(a_relying_party(application).client_id, "", browser=app.browser)

    assert is_error_page(authorize_with(other, reference).response)
    assert authorize_with(app, reference).code


def test_a_reference_cannot_be_pushed(app: RelyingParty) -> None:
    """RFC 9126 §2.1; module PARRejectRequestUriInParAuthorizationRequest."""
    assert error_of(push(app, request_uri=reference_of(app))) == (400, "invalid_request")


def test_a_request_object_cannot_be_pushed(app: RelyingParty) -> None:
    assert error_of(push(app, request="a.b.c")) == (400, "request_not_supported")


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"redirect_uri": "https://evil.example/"}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "nonsense"}, "invalid_scope"),
        ({"resource": "https://elsewhere.example"}, "invalid_target"),
    ],
    ids=lambda value: value if isinstance(value, str) else next(iter(value)),
)
def test_invalid_requests_are_rejected_when_they_are_pushed(
    app: RelyingParty, wrong: dict[str, str], error: str
) -> None:
    """RFC 9126 §2.3; module PAREnsurePlainPKCERejected."""
    assert error_of(push(app, **wrong)) == (400, error)


def test_pushing_needs_client_authentication(app: RelyingParty) -> None:
    answer = post_form("/oauth/par", urlencode(REQUEST | {"client_id": app.client_id}))

    assert error_of(answer) == (401, "invalid_client")


def test_a_public_client_can_push(application: Application, anna: User) -> None:
    app = an_app(application, is_public=True)

    assert accepted(app.exchange(authorize_with(app, reference_of(app))))


@pytest.mark.parametrize(
    "reference",
    ["urn:ietf:params:oauth:request_uri:", "urn:ietf:params:oauth:request_uri:unknown"],
)
def test_an_unknown_reference_is_an_error(app: RelyingParty, reference: str) -> None:
    assert is_error_page(authorize_with(app, reference).response)


def test_a_client_that_must_push_cannot_send_parameters_directly(
    application: Application, anna: User
) -> None:
    """RFC 9126 §5."""
    app = an_app(application, must_push=True)

    assert is_error_page(app.authorize().response)
    assert accepted(app.exchange(authorize_with(app, reference_of(app))))


def test_the_client_secret_is_not_stored_with_the_request(
    application: Application, app: RelyingParty
) -> None:
    secret = reference_of(app, client_secret="").rpartition(":")[2]
    body = urlencode(REQUEST | {"client_id": app.client_id, "client_secret": app.secret})
    posted = post_form("/oauth/par", body).json["request_uri"].rpartition(":")[2]
    client = application.services.clients.find(app.client_id)
    assert client

    for reference in (secret, posted):
        stored = application.services.pushed_requests.open(reference, client)
        assert stored == REQUEST | {"client_id": app.client_id}
