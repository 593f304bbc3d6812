"""Logout endpoint (OpenID Connect RP-Initiated Logout §2, §3)."""

from urllib.parse import urlencode

import pytest
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS

from accounts.domain.identity.entities.users import User
from tests.accounts.forgery import encoded
from tests.accounts.oauth.acting import an_app, error_of, is_error_page, me, tokens_of
from tests.support.application import Application
from tests.support.browsing import Response
from tests.support.relying import FORM, RelyingParty, a_relying_party, claims_in
from tests.support.staff import a_user_of

pytestmark = pytest.mark.database

AFTERWARDS = "https://app.example/goodbye"


@pytest.fixture
def app(application: Application, anna: User) -> RelyingParty:
    """A client with a post-logout redirect URI, and Anna signed in at its browser."""
    return an_app(application, post_logout_redirect_uris=(AFTERWARDS,))


def sign_out(app: RelyingParty, **parameters: str) -> Response:
    query = f"?{urlencode(parameters)}" if parameters else ""
    return app.browser.get(f"/oauth/logout{query}")


def is_signed_in(app: RelyingParty) -> bool:
    return app.authorize(prompt="none").answer.get("error") != "login_required"


def test_the_user_of_the_hint_is_signed_out_and_redirected(app: RelyingParty) -> None:
    """Module oidcc-rp-initiated-logout."""
    hint = tokens_of(app)["id_token"]

    response = sign_out(app, id_token_hint=hint, post_logout_redirect_uri=AFTERWARDS, state="S&1")

    assert (response.status, response.leads_to) == (303, f"{AFTERWARDS}?state=S%261")
    assert not is_signed_in(app)


def test_without_a_state_no_parameter_is_added(app: RelyingParty) -> None:
    """Module oidcc-rp-initiated-logout-no-state."""
    hint = tokens_of(app)["id_token"]

    assert sign_out(app, id_token_hint=hint, post_logout_redirect_uri=AFTERWARDS).leads_to == (
        AFTERWARDS
    )


def test_a_request_can_be_posted(app: RelyingParty) -> None:
    """OpenID Connect RP-Initiated Logout §2: GET and POST."""
    hint = tokens_of(app)["id_token"]
    body = urlencode({"id_token_hint": hint, "post_logout_redirect_uri": AFTERWARDS})

    response = app.browser.client.generic("POST", "/oauth/logout", body, content_type=FORM)

    assert response.status_code == 303
    assert app.browser.get(response.headers["Location"]).leads_to == AFTERWARDS


UNREGISTERED = [
    "https://evil.example/",
    f"{AFTERWARDS}?foo=bar",
    f"{AFTERWARDS}/",
    "javascript:alert(1)",
    "https://app.example/callback",
]


def test_an_unregistered_redirect_uri_is_an_error(app: RelyingParty) -> None:
    """Modules oidcc-rp-initiated-logout-bad-post-logout-redirect-uri, -query-added-to-…."""
    hint, outcomes = tokens_of(app)["id_token"], {}

    for address in UNREGISTERED:
        response = sign_out(app, id_token_hint=hint, post_logout_redirect_uri=address)
        outcomes[address] = (is_error_page(response), is_signed_in(app))

    assert outcomes == dict.fromkeys(UNREGISTERED, (True, True))


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


def test_a_forged_hint_is_an_error(app: RelyingParty) -> None:
    """Modules oidcc-rp-initiated-logout-modified-id-token-hint, -bad-id-token-hint."""
    token, outcomes = tokens_of(app)["id_token"], {}
    hints = [unsigned(token), signed_by_a_stranger(token), "a.b.c"]

    for hint in hints:
        response = sign_out(app, id_token_hint=hint, post_logout_redirect_uri=AFTERWARDS)
        outcomes[hint] = (is_error_page(response), is_signed_in(app))

    assert outcomes == dict.fromkeys(hints, (True, True))


@pytest.mark.parametrize("address", [AFTERWARDS, "https://evil.example/"])
def test_without_a_hint_the_user_is_asked_and_stays_here(app: RelyingParty, address: str) -> None:
    """Module oidcc-rp-initiated-logout-no-id-token-hint: anybody could have made the request."""
    parameters = {"client_id": app.client_id, "post_logout_redirect_uri": address, "state": "x"}

    assert sign_out(app, **parameters).status == 200
    assert is_signed_in(app)

    response = app.browser.post(f"/oauth/logout?{urlencode(parameters)}", decision="sign-out")

    assert (response.status, response.leads_to) == (303, "/signout/done")
    assert not is_signed_in(app)


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]"])
def test_a_loopback_post_logout_redirect_uri_can_have_any_port(
    application: Application, anna: User, host: str
) -> None:
    """RFC 8252 §7.3, as for redirect URIs."""
    app = an_app(application, post_logout_redirect_uris=(f"http://{host}/bye",))
    hint, outcomes = tokens_of(app)["id_token"], {}
    addresses = [f"http://{host}{port}/bye" for port in ("", ":1", ":54321", ":65535")]

    for address in addresses:
        app.browser.begin_session(anna)
        response = sign_out(app, id_token_hint=hint, post_logout_redirect_uri=address, state="zz")
        outcomes[address] = (response.status, response.leads_to, is_signed_in(app))

    assert outcomes == {address: (303, f"{address}?state=zz", False) for address in addresses}


@pytest.mark.parametrize("parameters", [{}, {"state": "x"}], ids=["nothing", "state"])
def test_without_a_hint_the_user_is_asked(app: RelyingParty, parameters: dict[str, str]) -> None:
    """Modules oidcc-rp-initiated-logout-no-params, -only-state."""
    assert sign_out(app, **parameters).status == 200
    assert is_signed_in(app)

    response = app.browser.post("/oauth/logout", decision="sign-out")

    assert response.status == 303
    assert response.leads_to.startswith("/")
    assert not is_signed_in(app)


def test_a_hint_alone_ends_on_the_signed_out_page(app: RelyingParty) -> None:
    """Module oidcc-rp-initiated-logout-no-post-logout-redirect-uri."""
    response = sign_out(app, id_token_hint=tokens_of(app)["id_token"], state="x")

    assert (response.status, response.leads_to[:1]) == (303, "/")
    assert app.browser.get(response.leads_to).status == 200
    assert not is_signed_in(app)


def test_a_user_other_than_the_one_in_the_hint_is_asked(
    application: Application, app: RelyingParty
) -> None:
    hint = tokens_of(app)["id_token"]
    bo = a_user_of(application, name="Bo")
    other = RelyingParty(app.client_id, app.secret)
    other.browser.sign_in(bo.email)

    assert sign_out(other, id_token_hint=hint, post_logout_redirect_uri=AFTERWARDS).status == 200
    assert is_signed_in(other)


def test_a_hint_for_another_client_is_an_error(application: Application, app: RelyingParty) -> None:
    hint = tokens_of(app)["id_token"]
    other = a_relying_party(application)

    assert is_error_page(sign_out(app, id_token_hint=hint, client_id=other.client_id))


@pytest.mark.parametrize("client_id", ["unknown", "å", "x" * 5000])
def test_an_unknown_client_is_an_error(app: RelyingParty, client_id: str) -> None:
    assert is_error_page(sign_out(app, client_id=client_id))
    assert is_signed_in(app)


@pytest.mark.parametrize("query", ["client_id=%00", "state=a&state=b", "state=%ff", "state=%0d%0a"])
def test_a_malformed_request_is_an_error(app: RelyingParty, query: str) -> None:
    assert is_error_page(app.browser.get(f"/oauth/logout?{query}"))
    assert is_signed_in(app)


def test_tokens_of_the_browser_session_are_revoked(app: RelyingParty) -> None:
    granted = tokens_of(app, scope="openid accounts:read")

    sign_out(app, id_token_hint=granted["id_token"])

    assert me(granted["access_token"]).status == 401
    assert error_of(app.refresh(granted["refresh_token"])) == (400, "invalid_grant")


def test_tokens_with_offline_access_stay_valid(app: RelyingParty) -> None:
    """OpenID Connect Core §11."""
    granted = tokens_of(app, scope="openid accounts:read offline_access")

    sign_out(app, id_token_hint=granted["id_token"])

    assert me(granted["access_token"]).status == 200
    assert app.refresh(granted["refresh_token"]).status == 200


def test_tokens_of_another_browser_stay_valid(application: Application, app: RelyingParty) -> None:
    other = an_app(application)
    other_tokens = tokens_of(other, scope="openid accounts:read")

    sign_out(app, id_token_hint=tokens_of(app)["id_token"])

    assert me(other_tokens["access_token"]).status == 200


def test_another_sign_in_starts_another_session(
    application: Application, app: RelyingParty
) -> None:
    before = tokens_of(app)["id_token"]
    sign_out(app, id_token_hint=before)
    app.browser.sign_in()

    after = tokens_of(app)["id_token"]

    assert claims_in(after, application)["sid"] != claims_in(before, application)["sid"]
