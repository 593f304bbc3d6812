"""Whatever comes, it gets the error of the RFC, and nothing is kept (RFC 6749 §3.1, §3.2, §4.1.2.1, §5.2)."""

from typing import Any
from urllib.parse import urlencode

import pytest

from accounts import models as rows
from tests.accounts.oauth.acting import is_page_of_error, parameters_in, refusal
from tests.accounts.oauth.hostile import AUTHORIZE, PAGE, TOKEN
from tests.support.application import Application
from tests.support.relying import CALLBACK, RelyingParty, a_relying_party, post_form

pytestmark = pytest.mark.database

KEPT = (
    rows.OAuthClient,
    rows.Consent,
    rows.AuthorizationCode,
    rows.PushedRequest,
    rows.DeviceCode,
    rows.Session,
    rows.RefreshToken,
)


def kept() -> dict[str, int]:
    return {row.__name__: row.objects.count() for row in KEPT}


@pytest.mark.parametrize(
    ("different", "added", "error"), [case[1:] for case in AUTHORIZE], ids=[c[0] for c in AUTHORIZE]
)
def test_to_authorize(
    app: RelyingParty, different: dict[str, str | None], added: str, error: str
) -> None:
    before = kept()
    good = app.authorize().parameters
    query = {name: value for name, value in (good | different).items() if value is not None}

    seen = app.browser.get(f"/oauth/authorize?{urlencode(query)}{added}")

    assert kept() == before
    if error == PAGE:
        assert is_page_of_error(seen)
        return
    assert seen.status == 303
    assert seen.leads_to.startswith(f"{CALLBACK}?")
    answer = parameters_in(seen.leads_to)
    assert answer["error"] == [error]
    assert set(answer) <= {"error", "error_description", "state", "iss"}


@pytest.mark.parametrize(
    ("body", "headers", "status", "error"), [case[1:] for case in TOKEN], ids=[c[0] for c in TOKEN]
)
def test_for_tokens(
    application: Application, body: str | bytes, headers: dict[str, Any], status: int, error: str
) -> None:
    app = a_relying_party(application)
    before = kept()

    answer = post_form("/oauth/token", body, **{"Authorization": app.basic()} | headers)

    assert refusal(answer) == (status, error)
    assert set(answer.json) <= {"error", "error_description"}
    assert ("WWW-Authenticate" in answer.headers) is (status == 401)
    assert kept() == before


def test_parameters_of_the_token_endpoint_are_not_read_from_its_address(app: RelyingParty) -> None:
    """RFC 6749 §3.2: they are sent in the body."""
    attempt = app.allowed()
    query = urlencode({"grant_type": "authorization_code", "code": attempt.code})

    answer = post_form(f"/oauth/token?{query}", query, Authorization=app.basic())

    assert refusal(answer) == (400, "invalid_request")


def test_names_of_internals_get_in_the_way_of_nothing(app: RelyingParty) -> None:
    names = ("user", "client", "take", "scopes", "pair", "headers", "uri", "http_method")
    internals: dict[str, Any] = dict.fromkeys(names, "x") | {
        "authentication": "x",
        "id_claims": "x",
    }

    assert app.exchange(app.allowed(**internals), **internals).status == 200
