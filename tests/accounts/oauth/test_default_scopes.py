"""Requests that name no scope (RFC 6749 §3.3)."""

import pytest

from accounts.domain.access import GrantType
from accounts.domain.identity.entities.users import User
from tests.accounts.oauth.acting import an_app, parameters_in
from tests.support.application import Application

pytestmark = pytest.mark.database

SCOPES = frozenset({"openid", "email", "offline_access", "courses:read", "courses:write"})
DEFAULT = "courses:read email openid"


def test_an_authorization_request_without_a_scope_gets_the_default_scopes(
    application: Application, anna: User
) -> None:
    app = an_app(application, allowed_scopes=SCOPES)

    page = app.authorize(drop=("scope",)).response
    answer = app.exchange(app.allowed(drop=("scope",)))

    assert "see your e-mail address" in page.text
    assert answer.json["scope"] == DEFAULT
    assert answer.json["id_token"]


def test_a_pushed_request_without_a_scope_gets_the_default_scopes(
    application: Application, anna: User
) -> None:
    app = an_app(application, allowed_scopes=SCOPES)
    attempt = app.allowed(drop=("scope",))
    pushed = app.post("/oauth/par", **attempt.parameters).json["request_uri"]

    response = app.browser.get(f"/oauth/authorize?client_id={app.client_id}&request_uri={pushed}")

    assert parameters_in(response.leads_to)["code"]


def test_a_device_without_a_scope_gets_the_default_scopes(
    application: Application, anna: User
) -> None:
    app = an_app(application, allowed_scopes=SCOPES, grant_types=frozenset({GrantType.DEVICE_CODE}))
    started = app.post("/oauth/device", device="television").json
    app.browser.post("/device", user_code=started["user_code"], decision="allow")

    tokens = app.tokens(grant_type=GrantType.DEVICE_CODE.value, device_code=started["device_code"])

    assert tokens.json["scope"] == DEFAULT
