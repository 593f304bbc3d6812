"""A client signs somebody out of his browser (OpenID Connect RP-Initiated Logout §2, §3)."""

from urllib.parse import urlencode

import pytest
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS

from accounts.domain.identity.entities.users import User
from tests.accounts.forgery import encoded
from tests.accounts.oauth.acting import an_app, is_page_of_error, me, refusal, tokens_of
from tests.support.application import Application
from tests.support.browsing import Seen
from tests.support.relying import FORM, RelyingParty, a_relying_party, claims_in
from tests.support.staff import a_user_of

pytestmark = pytest.mark.database

AFTERWARDS = "https://app.example/goodbye"


@pytest.fixture
def app(application: Application, anna: User) -> RelyingParty:
    """A client that says where to go after log-out; at its browser Anna is signed in."""
    return an_app(application, post_logout_redirect_uris=(AFTERWARDS,))


def sign_out(app: RelyingParty, **parameters: str) -> Seen:
    query = f"?{urlencode(parameters)}" if parameters else ""
    return app.browser.get(f"/oauth/logout{query}")


def is_signed_in(app: RelyingParty) -> bool:
    return app.authorize(prompt="none").answer.get("error") != "login_required"


def test_whom_the_hint_names_is_signed_out_and_led_on(app: RelyingParty) -> None:
    """Module oidcc-rp-initiated-logout."""
    hint = tokens_of(app)["id_token"]

    seen = sign_out(app, id_token_hint=hint, post_logout_redirect_uri=AFTERWARDS, state="S&1")

    assert (seen.status, seen.leads_to) == (303, f"{AFTERWARDS}?state=S%261")
    assert not is_signed_in(app)


def test_without_a_state_nothing_is_added(app: RelyingParty) -> None:
    """Module oidcc-rp-initiated-logout-no-state."""
    hint = tokens_of(app)["id_token"]

    assert sign_out(app, id_token_hint=hint, post_logout_redirect_uri=AFTERWARDS).leads_to == (
        AFTERWARDS
    )


def test_a_request_may_be_posted(app: RelyingParty) -> None:
    """OpenID Connect RP-Initiated Logout §2: GET and POST."""
    hint = tokens_of(app)["id_token"]
    body = urlencode({"id_token_hint": hint, "post_logout_redirect_uri": AFTERWARDS})

    response = app.browser.client.generic("POST", "/oauth/logout", body, content_type=FORM)

    assert response.status_code == 303
    assert app.browser.get(response.headers["Location"]).leads_to == AFTERWARDS


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        f"{AFTERWARDS}?foo=bar",
        f"{AFTERWARDS}/",
        "javascript:alert(1)",
        "https://app.example/callback",
    ],
)
def test_nobody_is_led_where_the_client_has_not_said(app: RelyingParty, address: str) -> None:
    """Modules oidcc-rp-initiated-logout-bad-post-logout-redirect-uri, -query-added-to-…."""
    hint = tokens_of(app)["id_token"]

    assert is_page_of_error(sign_out(app, id_token_hint=hint, post_logout_redirect_uri=address))
    assert is_signed_in(app)


def unsigned(token: str) -> str:
    return f"{encoded({'alg': 'none'})}.{token.split('.')[1]}."


def signed_by_a_stranger(token: str) -> str:
    jws = JWS()
    jws.deserialize(token)
    payload = jws.objects["payload"]
    forged = JWS(payload)
    header = '{"alg":"ES256","typ":"JWT","kid":"z"}'
    forged.add_signature(JWK.generate(kty="EC", crv="P-256"), None, header)
    return str(forged.serialize(compact=True))


@pytest.mark.parametrize("forge", [unsigned, signed_by_a_stranger, lambda _: "a.b.c"])
def test_a_hint_that_is_not_ours_leads_nowhere(app: RelyingParty, forge: object) -> None:
    """Modules oidcc-rp-initiated-logout-modified-id-token-hint, -bad-id-token-hint."""
    assert callable(forge)
    hint = forge(tokens_of(app)["id_token"])

    assert is_page_of_error(sign_out(app, id_token_hint=hint, post_logout_redirect_uri=AFTERWARDS))
    assert is_signed_in(app)


def test_without_a_hint_nobody_is_led_on(app: RelyingParty) -> None:
    """Module oidcc-rp-initiated-logout-no-id-token-hint."""
    seen = sign_out(app, client_id=app.client_id, post_logout_redirect_uri=AFTERWARDS)

    assert is_page_of_error(seen)
    assert is_signed_in(app)


@pytest.mark.parametrize("parameters", [{}, {"state": "x"}], ids=["nothing", "state"])
def test_whoever_is_not_named_is_asked_first(app: RelyingParty, parameters: dict[str, str]) -> None:
    """Modules oidcc-rp-initiated-logout-no-params, -only-state."""
    assert sign_out(app, **parameters).status == 200
    assert is_signed_in(app)

    seen = app.browser.post("/oauth/logout", decision="sign-out")

    assert seen.status == 303
    assert seen.leads_to.startswith("/")
    assert not is_signed_in(app)


def test_a_hint_alone_ends_on_a_page_of_ours(app: RelyingParty) -> None:
    """Module oidcc-rp-initiated-logout-no-post-logout-redirect-uri."""
    seen = sign_out(app, id_token_hint=tokens_of(app)["id_token"], state="x")

    assert (seen.status, seen.leads_to[:1]) == (303, "/")
    assert app.browser.get(seen.leads_to).status == 200
    assert not is_signed_in(app)


def test_somebody_else_than_the_hint_names_is_asked(
    application: Application, app: RelyingParty
) -> None:
    hint = tokens_of(app)["id_token"]
    bo = a_user_of(application, name="Bo")
    other = RelyingParty(app.client_id, app.secret)
    other.browser.sign_in(bo.email)

    assert sign_out(other, id_token_hint=hint, post_logout_redirect_uri=AFTERWARDS).status == 200
    assert is_signed_in(other)


def test_a_hint_for_another_client_is_refused(application: Application, app: RelyingParty) -> None:
    hint = tokens_of(app)["id_token"]
    other = a_relying_party(application)

    assert is_page_of_error(sign_out(app, id_token_hint=hint, client_id=other.client_id))


@pytest.mark.parametrize("client_id", ["unknown", "å", "x" * 5000])
def test_a_client_that_nobody_knows(app: RelyingParty, client_id: str) -> None:
    assert is_page_of_error(sign_out(app, client_id=client_id))
    assert is_signed_in(app)


@pytest.mark.parametrize("query", ["client_id=%00", "state=a&state=b", "state=%ff", "state=%0d%0a"])
def test_a_request_that_cannot_be_read(app: RelyingParty, query: str) -> None:
    assert is_page_of_error(app.browser.get(f"/oauth/logout?{query}"))
    assert is_signed_in(app)


def test_tokens_of_the_browser_end_with_it(app: RelyingParty) -> None:
    granted = tokens_of(app, scope="openid accounts:read")

    sign_out(app, id_token_hint=granted["id_token"])

    assert me(granted["access_token"]).status == 401
    assert refusal(app.refresh(granted["refresh_token"])) == (400, "invalid_grant")


def test_but_for_those_that_may_go_on(app: RelyingParty) -> None:
    """OpenID Connect Core §11."""
    granted = tokens_of(app, scope="openid accounts:read offline_access")

    sign_out(app, id_token_hint=granted["id_token"])

    assert me(granted["access_token"]).status == 200
    assert app.refresh(granted["refresh_token"]).status == 200


def test_those_of_another_browser_go_on(application: Application, app: RelyingParty) -> None:
    other = an_app(application)
    kept = tokens_of(other, scope="openid accounts:read")

    sign_out(app, id_token_hint=tokens_of(app)["id_token"])

    assert me(kept["access_token"]).status == 200


def test_who_signs_in_again_is_in_another_session(
    application: Application, app: RelyingParty
) -> None:
    before = tokens_of(app)["id_token"]
    sign_out(app, id_token_hint=before)
    app.browser.sign_in()

    after = tokens_of(app)["id_token"]

    assert claims_in(after, application)["sid"] != claims_in(before, application)["sid"]
