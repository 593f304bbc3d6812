"""The parameter `claims`, and claims in ID tokens (OpenID Connect Core §5.4, §5.5)."""

import json
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest

from accounts.domain.access import OPERATOR
from accounts.domain.identity.entities.users import User, UserChanges
from tests.accounts.oauth.acting import accepted, an_app, tokens_of, userinfo
from tests.support.application import Application
from tests.support.browsing import EMAIL
from tests.support.relying import RelyingParty, claims_in

pytestmark = pytest.mark.database


@pytest.fixture(autouse=True)
def profile(application: Application, anna: User) -> None:
    changes = UserChanges(profile={"nickname": "Ann", "locale": "sv"})
    application.services.users.edit(anna.id, changes, by=OPERATOR)


def asking(*, userinfo: Any = None, id_token: Any = None) -> dict[str, Any]:
    places = {"userinfo": userinfo, "id_token": id_token}
    wishes = {place: wish for place, wish in places.items() if wish is not None}
    return {"claims": json.dumps(wishes)}


def test_a_client_gets_the_claims_that_it_requests_one_by_one(
    application: Application, app: RelyingParty
) -> None:
    """Module oidcc-claims-essential."""
    wishes = asking(userinfo={"nickname": {"essential": True}}, id_token={"email": None})

    tokens = tokens_of(app, **wishes)

    id_token = claims_in(tokens["id_token"], application)
    about_anna = accepted(userinfo(tokens["access_token"]))
    assert (id_token["email"], id_token.get("nickname")) == (EMAIL, None)
    assert about_anna == {"sub": id_token["sub"], "nickname": "Ann"}
    assert tokens["scope"] == "openid"


def test_a_refreshed_token_covers_the_same_claims(
    application: Application, app: RelyingParty
) -> None:
    tokens = tokens_of(app, **asking(userinfo={"nickname": None}, id_token={"name": None}))

    refreshed = accepted(app.refresh(tokens["refresh_token"]))

    assert accepted(userinfo(refreshed["access_token"]))["nickname"] == "Ann"
    assert claims_in(refreshed["id_token"], application)["name"] == "Anna"


def test_the_user_consents_to_what_the_claims_belong_to(app: RelyingParty) -> None:
    tokens_of(app)

    page = app.authorize(**asking(userinfo={"email": None})).response

    assert "see your e-mail address" in page.text
    assert "see your profile" not in page.text
    assert app.authorize(prompt="none", **asking(id_token={"email": None})).answer["error"] == (
        "consent_required"
    )
    assert app.authorize().code


def test_a_client_gets_no_claims_of_scopes_that_it_is_not_registered_for(
    application: Application,
) -> None:
    app = an_app(application, allowed_scopes=frozenset({"openid"}))

    tokens = tokens_of(app, **asking(userinfo={"email": None}, id_token={"roles": None}))

    assert set(accepted(userinfo(tokens["access_token"]))) == {"sub"}
    assert "roles" not in claims_in(tokens["id_token"], application)


def test_requested_claims_can_be_pushed(application: Application, app: RelyingParty) -> None:
    parameters = app.authorize(**asking(id_token={"name": None})).parameters
    pushed = app.post("/oauth/par", **parameters).json["request_uri"]
    address = f"/oauth/authorize?client_id={app.client_id}&request_uri={pushed}"

    assert "see your profile" in app.browser.get(address).text


@pytest.mark.parametrize("text", ["x", "[]", "null", "1" * 5000, '{"userinfo": 1}', "[" * 100_000])
def test_a_malformed_parameter_is_an_error(app: RelyingParty, text: str) -> None:
    answer = app.post("/oauth/par", **app.authorize().parameters, claims=text)

    assert (answer.status, answer.json["error"]) == (400, "invalid_request")
    if len(text) < 1000:
        assert app.authorize(claims=text).answer["error"] == "invalid_request"


def test_a_client_can_request_a_certain_user(app: RelyingParty, anna: User) -> None:
    """OpenID Connect Core §3.1.2.2."""
    tokens_of(app)

    right = app.authorize(**asking(id_token={"sub": {"value": str(anna.id)}}))
    wrong = app.authorize(**asking(id_token={"sub": {"value": str(uuid4())}}))

    assert right.code
    assert wrong.answer["error"] == "login_required"


def test_an_essential_context_that_is_unknown_is_an_error(app: RelyingParty) -> None:
    """OpenID Connect Core §5.5.1.1."""
    tokens_of(app)
    wish = {"values": ["urn:example:gold"]}

    essential = app.authorize(**asking(id_token={"acr": wish | {"essential": True}}))
    voluntary = app.authorize(**asking(id_token={"acr": wish}))

    assert essential.answer["error"] == "unmet_authentication_requirements"
    assert voluntary.code


def test_a_requested_context_asks_for_the_second_factor(app: RelyingParty) -> None:
    wishes = asking(id_token={"acr": {"value": "mfa", "essential": True}})

    attempt = app.authorize(**wishes)
    address = f"/oauth/authorize?{urlencode(attempt.parameters)}"
    declined = app.browser.post(address, decision="without")

    assert 'value="without"' in attempt.response.text
    assert "error=unmet_authentication_requirements" in declined.leads_to


def test_a_client_can_have_the_claims_of_its_scopes_in_id_tokens(application: Application) -> None:
    """For clients that read no UserInfo, such as Auth.js."""
    app = an_app(application, claims_in_id_token=True)
    scope = "openid profile email"

    tokens = tokens_of(app, scope=scope)
    narrowed = accepted(app.refresh(tokens["refresh_token"], scope="openid email"))

    claims = claims_in(tokens["id_token"], application)
    assert (claims["name"], claims["nickname"], claims["email"]) == ("Anna", "Ann", EMAIL)
    assert claims["email_verified"] is True
    assert "name" not in claims_in(narrowed["id_token"], application)
    hint = {"id_token_hint": tokens["id_token"]}
    assert app.authorize(scope=scope, prompt="none", **hint).code


def test_a_client_without_the_setting_gets_no_such_claims(
    application: Application, app: RelyingParty
) -> None:
    claims = claims_in(tokens_of(app, scope="openid profile email")["id_token"], application)

    assert not {"name", "email", "email_verified", "nickname"} & set(claims)
