"""A client that knows the address of this service alone, and collects the badges of a user."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from accounts.domain.access import OPERATOR, Scope
from credentials.openbadges.verification import verify
from tests.accounts.oauth.acting import accepted
from tests.credentials.holding import a_holding
from tests.credentials.test_open_badges_api import Stranger
from tests.support.application import Application, Caller
from tests.support.relying import CALLBACK, RelyingParty

pytestmark = pytest.mark.database

BASE = "/ims/ob/v3p0"
SCOPES = [Scope.BADGES_READ.value, Scope.BADGE_PROFILE_READ.value, "offline_access"]


def path_of(url: str) -> str:
    assert url.startswith(f"{settings.ENVIRONMENT.public_url}/")
    return urlsplit(url).path


def test_a_client_registers_asks_anna_and_collects_her_badges(application: Application) -> None:
    """Service Provider (Read) of the conformance guide."""
    holding = a_holding(application)
    description = accepted(application.stranger.get(f"{BASE}/discovery"))
    scheme = description["components"]["securitySchemes"]["OAuth2ACG"]
    flow = scheme["flows"]["authorizationCode"]
    assert list(flow["scopes"]) == SCOPES
    needed = description["paths"]["/profile"]["get"]["security"]
    assert needed == [{"OAuth2ACG": [Scope.BADGE_PROFILE_READ]}]

    client = registered(application, scheme["x-imssf-registrationUrl"], flow["scopes"])
    app = RelyingParty(client["client_id"], client["client_secret"])
    app.browser.sign_in(holding.anna.email)
    attempt = app.authorize(scope=" ".join(SCOPES))
    assert "collect your credentials as Open Badges" in attempt.response.text
    tokens = accepted(app.exchange(app.allowed(scope=" ".join(SCOPES))))
    assert set(tokens["scope"].split()) == set(SCOPES)

    renewed = accepted(app.refresh(tokens["refresh_token"]))
    caller = Caller(renewed["access_token"])
    (badge,) = accepted(caller.get(f"{BASE}/credentials"))["credential"]
    profile = accepted(caller.get(f"{BASE}/profile"))

    assert path_of(badge["id"]) == f"/v1/issued/{holding.id}"
    text = caller.get(path_of(badge["id"]), accept="application/vc+ld+json").text
    assert verify(text, Stranger(application), datetime.now(UTC)).is_valid
    assert (profile["id"], profile["name"]) == (f"urn:uuid:{holding.anna.id}", "Anna")
    assert caller.get("/v1/me").status == 403

    app.post("/oauth/revoke", token=renewed["access_token"])
    answer = caller.get(f"{BASE}/credentials")
    assert (answer.status, answer.json["imsx_codeMajor"]) == (401, "failure")


def registered(application: Application, url: str, scopes: dict[str, str]) -> dict[str, Any]:
    """The client that registers itself, with the metadata that the specification names, and an invitation."""
    home = settings.ENVIRONMENT.public_url
    token = application.services.registrations.invite(resource=f"{home}{path_of(url)}", by=OPERATOR)
    metadata = {
        "client_name": "Backpack",
        "client_uri": "https://app.example/",
        "logo_uri": "https://app.example/logo.png",
        "tos_uri": "https://app.example/terms",
        "policy_uri": "https://app.example/privacy",
        "software_id": "c88b6ed8-269e-448e-99be-7e2ff47167d1",
        "software_version": "1.0",
        "redirect_uris": [CALLBACK],
        "token_endpoint_auth_method": "client_secret_basic",
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "scope": " ".join(scopes),
    }
    answer = Caller(token).post(path_of(url), metadata)
    assert answer.status == 201, answer.text
    return dict(answer.json)
