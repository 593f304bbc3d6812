"""Refresh tokens of clients (RFC 6749 §6; RFC 9700 §4.14)."""

from datetime import timedelta

import pytest
import time_machine

from accounts.domain.access import OPERATOR
from accounts.domain.identity.entities.users import User, UserChanges
from tests.accounts.oauth.acting import accepted, an_app, me, refusal, tokens_of
from tests.support.application import Application
from tests.support.relying import RelyingParty, a_relying_party, claims_in

pytestmark = pytest.mark.database

INVALID = (400, "invalid_grant")
LATER = timedelta(seconds=11)


def test_each_is_used_once_and_there_is_another(app: RelyingParty) -> None:
    """Module oidcc-refresh-token."""
    first = tokens_of(app, scope="openid accounts:read")
    second = accepted(app.refresh(first["refresh_token"]))

    third = accepted(app.refresh(second["refresh_token"]))

    assert len({each["refresh_token"] for each in (first, second, third)}) == 3
    assert me(third["access_token"]).status == 200


def test_one_that_comes_twice_in_a_moment_gives_the_same(app: RelyingParty) -> None:
    token = tokens_of(app)["refresh_token"]

    one, other = (accepted(app.refresh(token)) for _ in range(2))

    assert one["refresh_token"] == other["refresh_token"]


def test_one_that_comes_again_later_ends_all(app: RelyingParty) -> None:
    """RFC 9700 §4.14.2."""
    first = tokens_of(app, scope="openid accounts:read")
    second = accepted(app.refresh(first["refresh_token"]))

    with time_machine.travel(LATER):
        assert refusal(app.refresh(first["refresh_token"])) == INVALID

        assert refusal(app.refresh(second["refresh_token"])) == INVALID
        assert me(second["access_token"]).status == 401


def test_it_is_of_use_to_its_client_alone(application: Application, app: RelyingParty) -> None:
    token = tokens_of(app)["refresh_token"]

    assert refusal(a_relying_party(application).refresh(token)) == INVALID
    assert app.refresh(token).status == 200


def test_it_is_no_token_of_our_own_applications(
    application: Application, app: RelyingParty
) -> None:
    token = tokens_of(app)["refresh_token"]

    assert application.stranger.post("/v1/auth/refresh", {"refresh_token": token}).status == 401
    assert app.refresh(token).status == 200


def test_less_may_be_asked_for(application: Application, app: RelyingParty) -> None:
    token = tokens_of(app, scope="openid accounts:read courses:read")["refresh_token"]

    narrow = accepted(app.refresh(token, scope="courses:read"))

    assert narrow["scope"] == "courses:read"
    assert claims_in(narrow["access_token"], application)["scope"] == "courses:read"
    assert "id_token" not in narrow


def test_the_next_one_is_as_wide_as_the_first(app: RelyingParty) -> None:
    """RFC 6749 §6: the scope of a new refresh token is that of the old one."""
    first = tokens_of(app, scope="openid courses:read")
    narrow = accepted(app.refresh(first["refresh_token"], scope="courses:read"))

    wide = accepted(app.refresh(narrow["refresh_token"]))

    assert set(wide["scope"].split()) == {"openid", "courses:read"}


@pytest.mark.parametrize("scope", ["openid courses:read courses:write", "nonsense"])
def test_more_may_not(app: RelyingParty, scope: str) -> None:
    token = tokens_of(app, scope="openid courses:read")["refresh_token"]

    assert refusal(app.refresh(token, scope=scope)) == (400, "invalid_scope")
    assert app.refresh(token).status == 200


def test_it_waits_for_two_weeks(app: RelyingParty) -> None:
    token = tokens_of(app)["refresh_token"]

    with time_machine.travel(timedelta(days=14, seconds=1)):
        assert refusal(app.refresh(token)) == INVALID


def test_refreshed_again_and_again_it_ends_after_ninety_days(app: RelyingParty) -> None:
    token = tokens_of(app)["refresh_token"]

    for days in range(10, 90, 10):
        with time_machine.travel(timedelta(days=days)):
            token = accepted(app.refresh(token))["refresh_token"]

    with time_machine.travel(timedelta(days=90, seconds=1)):
        assert refusal(app.refresh(token)) == INVALID


def test_a_token_of_somebody_who_is_shut_out_is_worth_nothing(
    application: Application, app: RelyingParty, anna: User
) -> None:
    token = tokens_of(app)["refresh_token"]
    application.services.users.edit(anna.id, UserChanges(is_active=False), by=OPERATOR)

    assert refusal(app.refresh(token)) == INVALID


def test_a_client_that_is_removed_has_no_tokens(
    application: Application, app: RelyingParty
) -> None:
    granted = tokens_of(app, scope="openid accounts:read")
    client = application.services.clients.find(app.client_id)
    assert client
    application.services.clients.remove(client.id, by=OPERATOR)

    assert refusal(app.refresh(granted["refresh_token"])) == (401, "invalid_client")
    assert me(granted["access_token"]).status == 401


def test_a_public_client_has_them_by_its_name(application: Application, anna: User) -> None:
    app = an_app(application, is_public=True)

    assert app.refresh(tokens_of(app)["refresh_token"]).status == 200


def test_a_client_that_may_not_refresh(application: Application, app: RelyingParty) -> None:
    other = a_relying_party(application, grant_types=frozenset({"authorization_code"}))

    answer = other.refresh(tokens_of(app)["refresh_token"])

    assert refusal(answer) == (400, "unauthorized_client")
