"""Common steps of OAuth tests: what Anna and the application in use do."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.support.application import PASSWORD, Answer, Application, Caller
from tests.support.browsing import EMAIL, Response
from tests.support.relying import Attempt, RelyingParty, a_relying_party, claims_in


def an_app(application: Application, **terms: Any) -> RelyingParty:
    """A client, with Anna signed in at its browser."""
    app = a_relying_party(application, **terms)
    app.browser.begin_session(application.user_with(EMAIL))
    return app


def tokens_of(app: RelyingParty, **wishes: Any) -> dict[str, Any]:
    """The token response for a request that Anna allows."""
    return accepted(app.exchange(app.allowed(**wishes)))


def accepted(answer: Answer) -> dict[str, Any]:
    assert answer.status == 200, answer.text
    members: dict[str, Any] = answer.json
    return members


def id_claims(app: RelyingParty, application: Application, **wishes: Any) -> dict[str, Any]:
    return claims_in(tokens_of(app, **wishes)["id_token"], application)


def confirm_password(app: RelyingParty, attempt: Attempt) -> Attempt:
    """Anna confirms the password and is redirected back to the authorization endpoint."""
    response = app.browser.post(attempt.response.leads_to, password=PASSWORD)
    assert response.leads_to.startswith("/oauth/authorize?"), response
    return Attempt(attempt.verifier, attempt.parameters, app.browser.get(response.leads_to))


def error_of(answer: Answer) -> tuple[int, str]:
    """The status and the error code of an error response (RFC 6749 §5.2)."""
    assert answer.headers["Content-Type"] == "application/json"
    assert "no-store" in answer.headers["Cache-Control"]
    return answer.status, answer.json["error"]


def is_error_page(response: Response) -> bool:
    return (response.status, response.leads_to, response.heading) == (400, "", "Invalid request")


def parameters_in(address: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(address).query, keep_blank_values=True)


def me(token: str) -> Answer:
    return Caller(token).get("/v1/me")


def userinfo(token: str) -> Answer:
    return Caller(token).get("/oauth/userinfo")
