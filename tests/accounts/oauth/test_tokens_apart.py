"""Token confusion: no token is accepted as one of another kind (RFC 9068 §4; RFC 8725 §3.11, §3.12)."""

from uuid import UUID

import pytest
from django.utils import timezone

from accounts.domain.access import SessionId, UserId
from accounts.domain.oauth.entities.clients import IdTokenAlgorithm
from tests.accounts.oauth.acting import an_app, me, tokens_of, userinfo
from tests.support.application import Application
from tests.support.relying import RelyingParty, claims_in

pytestmark = pytest.mark.database

ELSEWHERE = "https://api.example/v2"


def test_an_access_token_gives_the_access_of_its_scopes(app: RelyingParty) -> None:
    token = tokens_of(app, scope="openid accounts:read")["access_token"]

    assert me(token).status == 200
    assert userinfo(token).status == 200


def test_an_id_token_is_not_accepted_as_an_access_token(app: RelyingParty) -> None:
    token = tokens_of(app, scope="openid accounts:read")["id_token"]

    assert me(token).status == 401
    assert userinfo(token).status == 401


@pytest.mark.usefixtures("anna")
def test_an_id_token_with_the_algorithm_of_access_tokens_is_not_accepted_as_one(
    application: Application,
) -> None:
    app = an_app(application, id_token_algorithm=IdTokenAlgorithm.ES256)
    token = tokens_of(app, scope="openid accounts:read")["id_token"]

    assert me(token).status == 401
    assert userinfo(token).status == 401


def test_a_logout_token_is_not_accepted_as_an_access_token(
    application: Application, app: RelyingParty
) -> None:
    claims = claims_in(tokens_of(app)["id_token"], application)
    token = application.services.ports.id_tokens.logout_token(
        user_id=UserId(UUID(claims["sub"])),
        client_id=app.client_id,
        browser_id=SessionId(UUID(claims["sid"])),
        algorithm=IdTokenAlgorithm.ES256,
        at=timezone.now(),
    )

    assert me(token).status == 401
    assert userinfo(token).status == 401


@pytest.mark.usefixtures("anna")
def test_a_token_for_another_resource_gives_no_access_here(application: Application) -> None:
    """RFC 9700 §2.3."""
    app = an_app(application, resources=(ELSEWHERE,))
    token = tokens_of(app, scope="openid accounts:read", resource=ELSEWHERE)["access_token"]

    assert claims_in(token, application)["aud"] == ELSEWHERE
    assert me(token).status == 401
    assert userinfo(token).status == 401


def test_a_refresh_token_is_not_accepted_as_an_access_token(app: RelyingParty) -> None:
    token = tokens_of(app, scope="openid accounts:read")["refresh_token"]

    assert me(token).status == 401


def test_an_access_token_is_not_accepted_as_a_refresh_token(app: RelyingParty) -> None:
    assert app.refresh(tokens_of(app)["access_token"]).json["error"] == "invalid_grant"


def test_an_access_token_is_not_accepted_as_a_hint(app: RelyingParty) -> None:
    token = tokens_of(app)["access_token"]

    assert app.authorize(id_token_hint=token).answer["error"] == "invalid_request"
