"""Which pages of others may read our answers (Fetch Standard §3.3)."""

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
    """A public client that runs in a page."""
    return an_app(application, is_public=True, allowed_origins=(OURS,))


def asked_from(origin: str, path: str, body: str) -> Answer:
    return post_form(path, body, Origin=origin)


def allowed_of(answer: Answer) -> object:
    return answer.headers.get(ALLOWED)


@pytest.mark.parametrize("path", [*FORMS, "/oauth/userinfo", "/oauth/register"])
def test_a_page_may_ask(path: str) -> None:
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
def test_a_page_of_the_client_may_read_the_answer_and_a_refusal(
    page: RelyingParty, path: str
) -> None:
    answer = asked_from(OURS, path, f"client_id={page.client_id}&grant_type=nonsense&token=x")

    assert allowed_of(answer) == OURS
    assert "Origin" in answer.headers["Vary"]
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize("origin", [EVIL, "null", "https://app.example.evil.example", f"{OURS}/"])
def test_a_page_of_somebody_else_may_not(page: RelyingParty, path: str, origin: str) -> None:
    answer = asked_from(origin, path, f"client_id={page.client_id}&token=x")

    assert allowed_of(answer) is None
    assert "Origin" in answer.headers["Vary"]


def test_nor_may_that_of_another_client(application: Application, page: RelyingParty) -> None:
    other = an_app(application, is_public=True, allowed_origins=(EVIL,))

    assert allowed_of(asked_from(OURS, "/oauth/token", f"client_id={other.client_id}")) is None


def test_nor_when_nobody_knows_whose_it_is(page: RelyingParty) -> None:
    assert allowed_of(asked_from(OURS, "/oauth/token", "client_id=unknown")) is None
    assert allowed_of(asked_from(OURS, "/oauth/token", "")) is None


def test_a_page_gets_its_tokens(page: RelyingParty) -> None:
    attempt = page.allowed()
    body = (
        f"grant_type=authorization_code&client_id={page.client_id}&code={attempt.code}"
        f"&code_verifier={attempt.verifier}&redirect_uri={attempt.parameters['redirect_uri']}"
    )

    answer = asked_from(OURS, "/oauth/token", body)

    assert (answer.status, allowed_of(answer)) == (200, OURS)


def test_every_page_with_a_token_may_read_userinfo(page: RelyingParty) -> None:
    token = tokens_of(page)["access_token"]

    answer = Caller(token).get("/oauth/userinfo", Origin=EVIL)

    assert (answer.status, allowed_of(answer)) == (200, "*")


def test_no_page_reads_what_depends_on_a_cookie(page: RelyingParty) -> None:
    for path in ("/oauth/authorize", "/oauth/logout", "/device", "/account"):
        assert ALLOWED not in page.browser.get(path, Origin=OURS).headers
