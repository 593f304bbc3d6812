"""Requests that a client leaves with us ahead of the browser (RFC 9126 §2, §4, §5)."""

from datetime import timedelta
from secrets import token_urlsafe
from urllib.parse import urlencode

import pytest
import time_machine

from accounts.domain.identity.entities.users import User
from tests.accounts.oauth.acting import accepted, an_app, is_page_of_error, refusal, tokens_of
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


def brought(app: RelyingParty, reference: str, **more: str) -> Attempt:
    """The browser comes with the reference and nothing else but what is said, and Anna allows what she is asked."""
    query = urlencode({"client_id": app.client_id, "request_uri": reference} | more)
    address = f"/oauth/authorize?{query}"
    seen = app.browser.get(address)
    if seen.status == 200:
        seen = app.browser.post(address, decision="allow")
    return Attempt(VERIFIER, REQUEST, seen)


def test_what_was_pushed_is_what_counts(app: RelyingParty) -> None:
    """RFC 9126 §4; RFC 9101 §6.3."""
    attempt = brought(app, reference_of(app), scope="openid email", state="of the browser")

    assert attempt.answer["state"] == "pushed"
    assert accepted(app.exchange(attempt))["scope"] == "openid"


def test_the_answer_says_how_long_it_keeps(app: RelyingParty) -> None:
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
    assert brought(app, reference).code

    assert is_page_of_error(brought(app, reference).seen)


def test_a_denial_uses_it_up_too(app: RelyingParty) -> None:
    reference = reference_of(app)
    query = urlencode({"client_id": app.client_id, "request_uri": reference})
    app.browser.post(f"/oauth/authorize?{query}", decision="deny")

    assert is_page_of_error(brought(app, reference).seen)


@pytest.mark.parametrize(("seconds", "status"), [(89, 303), (90, 400)])
def test_a_browser_must_come_soon(app: RelyingParty, seconds: int, status: int) -> None:
    """Module PARAttemptToUseExpiredRequestUri."""
    tokens_of(app)
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        app.browser.sign_in()
        reference = reference_of(app)
        clock.shift(seconds)

        assert brought(app, reference).seen.status == status


def test_its_person_may_take_longer(app: RelyingParty) -> None:
    query = urlencode({"client_id": app.client_id, "request_uri": reference_of(app)})
    assert app.browser.get(f"/oauth/authorize?{query}").status == 200

    with time_machine.travel(timedelta(minutes=9)):
        seen = app.browser.post(f"/oauth/authorize?{query}", decision="allow")

    assert "code=" in seen.leads_to


def test_it_is_of_use_to_its_client_alone(application: Application, app: RelyingParty) -> None:
    """Module PAREnsureRequestUriIsBoundToClient."""
    reference = reference_of(app)
    other = RelyingParty(a_relying_party(application).client_id, "", browser=app.browser)

    assert is_page_of_error(brought(other, reference).seen)
    assert brought(app, reference).code


def test_a_reference_cannot_be_pushed(app: RelyingParty) -> None:
    """RFC 9126 §2.1; module PARRejectRequestUriInParAuthorizationRequest."""
    assert refusal(push(app, request_uri=reference_of(app))) == (400, "invalid_request")


def test_a_request_object_cannot_be_pushed(app: RelyingParty) -> None:
    assert refusal(push(app, request="a.b.c")) == (400, "request_not_supported")


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
def test_what_is_wrong_is_refused_when_it_is_pushed(
    app: RelyingParty, wrong: dict[str, str], error: str
) -> None:
    """RFC 9126 §2.3; module PAREnsurePlainPKCERejected."""
    assert refusal(push(app, **wrong)) == (400, error)


def test_who_pushes_must_show_who_it_is(app: RelyingParty) -> None:
    answer = post_form("/oauth/par", urlencode(REQUEST | {"client_id": app.client_id}))

    assert refusal(answer) == (401, "invalid_client")


def test_a_public_client_pushes_by_its_name(application: Application, anna: User) -> None:
    app = an_app(application, is_public=True)

    assert accepted(app.exchange(brought(app, reference_of(app))))


@pytest.mark.parametrize(
    "reference",
    ["urn:ietf:params:oauth:request_uri:", "urn:ietf:params:oauth:request_uri:unknown"],
)
def test_a_reference_to_nothing(app: RelyingParty, reference: str) -> None:
    assert is_page_of_error(brought(app, reference).seen)


def test_a_client_that_must_push_is_not_heard_otherwise(
    application: Application, anna: User
) -> None:
    """RFC 9126 §5."""
    app = an_app(application, must_push=True)

    assert is_page_of_error(app.authorize().seen)
    assert accepted(app.exchange(brought(app, reference_of(app))))


def test_the_secret_of_the_client_is_not_kept(application: Application, app: RelyingParty) -> None:
    secret = reference_of(app, client_secret="").rpartition(":")[2]
    body = urlencode(REQUEST | {"client_id": app.client_id, "client_secret": app.secret})
    posted = post_form("/oauth/par", body).json["request_uri"].rpartition(":")[2]
    client = application.services.clients.find(app.client_id)
    assert client

    for each in (secret, posted):
        kept = application.services.pushed_requests.open(each, client)
        assert kept == REQUEST | {"client_id": app.client_id}
