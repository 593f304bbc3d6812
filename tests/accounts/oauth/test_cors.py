"""CORS headers of the endpoints (Fetch Standard §3.3)."""

import pytest

from accounts.domain.identity.entities.users import User
from tests.accounts.oauth.acting import an_app, tokens_of
from tests.support.application import Answer, Application, Caller
from tests.support.relying import RelyingParty, post_form

pytestmark = pytest.mark.database

OURS = "https://app.example"
EVIL = "https://evil.example"
FORMS = ["/oauth/token", "/oauth/revoke", "/oauth/introspect", "/oauth/par", "/oauth/device"]
ALLOWED = "Access-Control-Allow-Origin"


@pytest.fixture
def page(application: Application, anna: User) -> RelyingParty:
    """A public client that runs in a browser page."""
    return an_app(application, is_public=True, allowed_origins=(OURS,))


def post_from(origin: str, path: str, body: str) -> Answer:
    return post_form(path, body, Origin=origin)


def allowed_origin(answer: Answer) -> object:
    return answer.headers.get(ALLOWED)


@pytest.mark.parametrize("path", [*FORMS, "/oauth/userinfo", "/oauth/register"])
def test_every_page_may_send_requests(path: str) -> None:
    answer = Caller().send(
        "OPTIONS",
        path,
        headers={
            "Origin": OURS,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization",
        },
    )

    assert answer.status == 204
    assert answer.headers[ALLOWED] == "*"
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize("path", FORMS)
def test_an_allowed_origin_can_read_responses_and_errors(page: RelyingParty, path: str) -> None:
    answer = post_from(OURS, path, f"client_id={page.client_id}&grant_type=nonsense&token=x")

    assert allowed_origin(answer) == OURS
    assert "Origin" in answer.headers["Vary"]
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize("origin", [EVIL, "null", "https://app.example.evil.example", f"{OURS}/"])
def test_other_origins_cannot_read_responses(page: RelyingParty, path: str, origin: str) -> None:
    answer = post_from(origin, path, f"client_id={page.client_id}&token=x")

    assert allowed_origin(answer) is None
    assert "Origin" in answer.headers["Vary"]


def test_the_origin_of_another_client_cannot_read_responses(
    application: Application, page: RelyingParty
) -> None:
    other = an_app(application, is_public=True, allowed_origins=(EVIL,))

    assert allowed_origin(post_from(OURS, "/oauth/token", f"client_id={other.client_id}")) is None


def test_responses_to_unknown_clients_cannot_be_read(page: RelyingParty) -> None:
    assert allowed_origin(post_from(OURS, "/oauth/token", "client_id=unknown")) is None
    assert allowed_origin(post_from(OURS, "/oauth/token", "")) is None


def test_a_page_gets_tokens(page: RelyingParty) -> None:
    attempt = page.allowed()
    body = (
        f"grant_type=authorization_code&client_id={page.client_id}&code={attempt.code}"
        f"&code_verifier={attempt.verifier}&redirect_uri={attempt.parameters['redirect_uri']}"
    )

    answer = post_from(OURS, "/oauth/token", body)

    assert (answer.status, allowed_origin(answer)) == (200, OURS)


def test_every_page_with_a_token_can_read_userinfo(page: RelyingParty) -> None:
    token = tokens_of(page)["access_token"]

    answer = Caller(token).get("/oauth/userinfo", Origin=EVIL)

    assert (answer.status, allowed_origin(answer)) == (200, "*")


def test_responses_that_depend_on_a_cookie_have_no_cors_headers(page: RelyingParty) -> None:
    for path in ("/oauth/authorize", "/oauth/logout", "/device", "/account"):
        assert ALLOWED not in page.browser.get(path, Origin=OURS).headers
