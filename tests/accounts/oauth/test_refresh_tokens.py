"""Refresh tokens of clients (RFC 6749 §6; RFC 9700 §4.14)."""

from datetime import timedelta

import pytest
import time_machine

from accounts.domain.access import OPERATOR
from accounts.domain.identity.entities.users import User, UserChanges
from tests.accounts.oauth.acting import accepted, an_app, error_of, me, tokens_of
from tests.support.application import Application
from tests.support.relying import RelyingParty, a_relying_party, claims_in

pytestmark = pytest.mark.database

INVALID = (400, "invalid_grant")
LATER = timedelta(seconds=11)


def test_refresh_tokens_rotate(app: RelyingParty) -> None:
    """Module oidcc-refresh-token."""
    first = tokens_of(app, scope="openid accounts:read")
    second = accepted(app.refresh(first["refresh_token"]))

    third = accepted(app.refresh(second["refresh_token"]))

    assert len({tokens["refresh_token"] for tokens in (first, second, third)}) == 3
    assert me(third["access_token"]).status == 200


def test_an_immediate_retry_returns_the_same_tokens(app: RelyingParty) -> None:
    token = tokens_of(app)["refresh_token"]

    retry, other = (accepted(app.refresh(token)) for _ in range(2))

    assert retry["refresh_token"] == other["refresh_token"]


def test_a_reused_refresh_token_ends_the_session(app: RelyingParty) -> None:
    """RFC 9700 §4.14.2."""
    first = tokens_of(app, scope="openid accounts:read")
    second = accepted(app.refresh(first["refresh_token"]))

    with time_machine.travel(LATER):
        assert error_of(app.refresh(first["refresh_token"])) == INVALID

        assert error_of(app.refresh(second["refresh_token"])) == INVALID
        assert me(second["access_token"]).status == 401


def test_it_is_of_use_to_its_client_alone(application: Application, app: RelyingParty) -> None:
    token = tokens_of(app)["refresh_token"]

    assert error_of(a_relying_party(application).refresh(token)) == INVALID
    assert app.refresh(token).status == 200


def test_our_own_api_does_not_accept_a_refresh_token_of_a_client(
    application: Application, app: RelyingParty
) -> None:
    token = tokens_of(app)["refresh_token"]

    assert application.stranger.post("/v1/auth/refresh", {"refresh_token": token}).status == 401
    assert app.refresh(token).status == 200


def test_a_refresh_can_request_fewer_scopes(application: Application, app: RelyingParty) -> None:
    token = tokens_of(app, scope="openid accounts:read courses:read")["refresh_token"]

    narrow = accepted(app.refresh(token, scope="courses:read"))

    assert narrow["scope"] == "courses:read"
    assert claims_in(narrow["access_token"], application)["scope"] == "courses:read"
    assert "id_token" not in narrow


def test_a_rotated_refresh_token_keeps_all_scopes(app: RelyingParty) -> None:
    """RFC 6749 §6: the scope of a new refresh token is that of the old one."""
    first = tokens_of(app, scope="openid courses:read")
    narrow = accepted(app.refresh(first["refresh_token"], scope="courses:read"))

    wide = accepted(app.refresh(narrow["refresh_token"]))

    assert set(wide["scope"].split()) == {"openid", "courses:read"}


@pytest.mark.parametrize("scope", ["openid courses:read courses:write", "nonsense"])
def test_a_refresh_cannot_request_more_scopes(app: RelyingParty, scope: str) -> None:
    token = tokens_of(app, scope="openid courses:read")["refresh_token"]

    assert error_of(app.refresh(token, scope=scope)) == (400, "invalid_scope")
    assert app.refresh(token).status == 200


def test_a_refresh_token_expires_after_two_weeks(app: RelyingParty) -> None:
    token = tokens_of(app)["refresh_token"]

    with time_machine.travel(timedelta(days=14, seconds=1)):
        assert error_of(app.refresh(token)) == INVALID


def test_a_session_ends_after_ninety_days_of_refreshing(app: RelyingParty) -> None:
    token = tokens_of(app)["refresh_token"]

    for days in range(10, 90, 10):
        with time_machine.travel(timedelta(days=days)):
            token = accepted(app.refresh(token))["refresh_token"]

    with time_machine.travel(timedelta(days=90, seconds=1)):
        assert error_of(app.refresh(token)) == INVALID


def test_tokens_of_a_deactivated_user_are_invalid(
    application: Application, app: RelyingParty, anna: User
) -> None:
    token = tokens_of(app)["refresh_token"]
    application.services.users.edit(anna.id, UserChanges(is_active=False), by=OPERATOR)

    assert error_of(app.refresh(token)) == INVALID


def test_tokens_of_a_removed_client_are_invalid(
    application: Application, app: RelyingParty
) -> None:
    granted = tokens_of(app, scope="openid accounts:read")
    client = application.services.clients.find(app.client_id)
    assert client
    application.services.clients.remove(client.id, by=OPERATOR)

    assert error_of(app.refresh(granted["refresh_token"])) == (401, "invalid_client")
    assert me(granted["access_token"]).status == 401


def test_a_public_client_can_refresh(application: Application, anna: User) -> None:
    app = an_app(application, is_public=True)

    assert app.refresh(tokens_of(app)["refresh_token"]).status == 200


def test_refreshing_needs_the_grant_type(application: Application, app: RelyingParty) -> None:
    other = a_relying_party(application, grant_types=frozenset({"authorization_code"}))

    answer = other.refresh(tokens_of(app)["refresh_token"])

    assert error_of(answer) == (400, "unauthorized_client")
