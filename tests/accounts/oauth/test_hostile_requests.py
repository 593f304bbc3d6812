"""Hostile requests get the error of the RFC and write nothing (RFC 6749 §3.1, §3.2, §4.1.2.1, §5.2)."""

from typing import Any
from urllib.parse import urlencode

import pytest

from accounts import models as rows
from tests.accounts.oauth.acting import error_of, is_error_page, parameters_in
from tests.accounts.oauth.hostile import AUTHORIZE, PAGE, TOKEN
from tests.support.application import Application
from tests.support.browsing import Response
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


def row_counts() -> dict[str, int]:
    return {row.__name__: row.objects.count() for row in KEPT}


def outcome_of(response: Response) -> str | None:
    """The error of an authorization request, whether it is shown or sent to the client; None if it has another form."""
    if is_error_page(response):
        return PAGE
    if response.status != 303 or not response.leads_to.startswith(f"{CALLBACK}?"):
        return None
    answer = parameters_in(response.leads_to)
    is_error = set(answer) <= {"error", "error_description", "state", "iss"}
    return " ".join(answer["error"]) if is_error else None


def test_hostile_authorization_requests_get_an_error_and_write_nothing(app: RelyingParty) -> None:
    before, good = row_counts(), app.authorize().parameters

    outcomes = {}
    for case, different, added, _ in AUTHORIZE:
        query = {name: value for name, value in (good | different).items() if value is not None}
        response = app.browser.get(f"/oauth/authorize?{urlencode(query)}{added}")
        outcomes[case] = (outcome_of(response), row_counts() == before)

    assert outcomes == {case: (error, True) for case, _, _, error in AUTHORIZE}


def test_hostile_token_requests_get_an_error_and_write_nothing(application: Application) -> None:
    app = a_relying_party(application)
    before = row_counts()

    outcomes = {}
    for case, body, headers, _, _ in TOKEN:
        answer = post_form("/oauth/token", body, **{"Authorization": app.basic()} | headers)
        assert set(answer.json) <= {"error", "error_description"}, case
        challenges = "WWW-Authenticate" in answer.headers
        outcomes[case] = (error_of(answer), challenges, row_counts() == before)

    assert outcomes == {
        case: ((status, error), status == 401, True) for case, _, _, status, error in TOKEN
    }


def test_the_token_endpoint_rejects_parameters_in_the_url(app: RelyingParty) -> None:
    """RFC 6749 §3.2: they are sent in the body."""
    attempt = app.allowed()
    query = urlencode({"grant_type": "authorization_code", "code": attempt.code})

    answer = post_form(f"/oauth/token?{query}", query, Authorization=app.basic())

    assert error_of(answer) == (400, "invalid_request")


def test_parameters_with_names_of_internals_are_ignored(app: RelyingParty) -> None:
    names = ("user", "client", "exchange", "grant", "scopes", "headers", "uri", "http_method")
    internals: dict[str, Any] = dict.fromkeys(names, "x") | {"extra_credentials": "x"}

    assert app.exchange(app.allowed(**internals), **internals).status == 200
