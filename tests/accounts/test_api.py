"""Registration, log-in, refresh and log-out, over HTTP."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.conf import settings

from accounts.domain.access import OPERATOR, UserId
from accounts.domain.identity.entities.sessions import Session
from accounts.domain.identity.entities.users import UserChanges
from tests.support.application import PASSWORD, Answer, Application, Caller
from tests.support.challenges import BEARER
from tests.support.operations import routes

EMAIL = "anna@school.example"
SESSION = {"access_token", "token_type", "expires_in", "refresh_token", "user"}
ANNA = {"email": EMAIL, "password": PASSWORD, "name": "Anna"}


def registered(application: Application, **members: Any) -> Answer:
    answer = application.stranger.post("/v1/auth/register", ANNA | members)
    assert answer.status == 201, answer.text
    return answer


def logged_in(application: Application, **members: Any) -> Answer:
    return application.stranger.post(
        "/v1/auth/login", {"email": EMAIL, "password": PASSWORD} | members
    )


def refreshed(application: Application, session: Answer) -> Answer:
    body = {"refresh_token": session.json["refresh_token"]}
    return application.stranger.post("/v1/auth/refresh", body)


def me(session: Answer) -> Answer:
    return Caller(session.json["access_token"]).get("/v1/me")


def deactivated(application: Application, session: Answer) -> None:
    user_id = UserId(UUID(session.json["user"]["id"]))
    application.services.users.edit(user_id, UserChanges(is_active=False), by=OPERATOR)


def test_registering_starts_a_session(application: Application) -> None:
    answer = registered(application)

    session = answer.json
    assert set(session) == SESSION
    assert session["token_type"] == "Bearer"
    assert session["expires_in"] == settings.ENVIRONMENT.access_token.total_seconds()
    assert session["user"] == {
        "id": session["user"]["id"],
        "email": EMAIL,
        "name": "Anna",
        "roles": ["learner"],
        "is_active": True,
    }
    assert me(answer).json == session["user"]


def test_the_name_is_optional(application: Application) -> None:
    answer = application.stranger.post("/v1/auth/register", {"email": EMAIL, "password": PASSWORD})

    assert answer.status == 201
    assert answer.json["user"]["name"] == ""


def test_an_email_is_stored_in_lower_case(application: Application) -> None:
    answer = registered(application, email="Anna@School.EXAMPLE")

    assert answer.json["user"]["email"] == "anna@school.example"


def test_an_email_is_registered_once_whatever_its_case(application: Application) -> None:
    registered(application)

    answer = application.stranger.post("/v1/auth/register", ANNA | {"email": "ANNA@school.example"})

    assert (answer.status, answer.code) == (409, "email-taken")


def test_registering_grants_no_role_beyond_learner(application: Application) -> None:
    answer = registered(application, roles=["admin"], is_staff=True, id="1", is_active=False)

    assert answer.json["user"]["roles"] == ["learner"]
    assert answer.json["user"]["is_active"] is True
    assert Caller(answer.json["access_token"]).get("/v1/users").status == 403


def test_an_unsuitable_password_is_a_field_error(application: Application) -> None:
    answer = application.stranger.post("/v1/auth/register", ANNA | {"password": "password"})

    assert (answer.status, answer.code) == (422, "unsuitable-password")
    assert answer.json["errors"] == [
        {"pointer": "#/password", "detail": "This password is too common."}
    ]


@pytest.mark.parametrize("email", [EMAIL, "ANNA@School.Example"])
def test_the_right_password_logs_in_whatever_the_case_of_the_email(
    application: Application, email: str
) -> None:
    user = registered(application).json["user"]

    answer = logged_in(application, email=email)

    assert answer.status == 200
    assert set(answer.json) == SESSION
    assert answer.json["user"] == user
    assert me(answer).status == 200


def test_a_log_in_ends_no_other_session(application: Application) -> None:
    first = registered(application)

    logged_in(application)

    assert me(first).status == 200


def test_all_failed_log_ins_get_the_same_response(application: Application) -> None:
    registered(application, email="bo@school.example")
    deactivated(application, registered(application, email="ex@school.example"))

    unknown = logged_in(application, email="nobody@school.example")
    wrong = logged_in(application, email="bo@school.example", password="a wrong password")
    inactive = logged_in(application, email="ex@school.example")

    assert (unknown.status, unknown.code) == (401, "invalid-credentials")
    for answer in (wrong, inactive):
        assert (answer.status, answer.text) == (unknown.status, unknown.text)
        assert set(answer.headers) == set(unknown.headers)
    assert unknown.headers["WWW-Authenticate"] == BEARER


def test_a_refresh_gives_a_new_pair_of_tokens(application: Application) -> None:
    session = registered(application)

    answer = refreshed(application, session)

    assert answer.status == 200
    assert set(answer.json) == SESSION
    assert answer.json["user"] == session.json["user"]
    assert answer.json["access_token"] != session.json["access_token"]
    assert answer.json["refresh_token"] != session.json["refresh_token"]
    assert me(answer).status == 200


def test_a_refresh_does_not_revoke_the_previous_access_token(application: Application) -> None:
    session = registered(application)

    refreshed(application, session)

    assert me(session).status == 200


def test_a_reused_refresh_token_revokes_its_family(application: Application) -> None:
    first = registered(application)
    second = refreshed(application, first)
    third = refreshed(application, second)
    assert me(third).status == 200

    reused = refreshed(application, first)

    assert (reused.status, reused.code) == (401, "refresh-token-reused")
    last = refreshed(application, third)
    assert (last.status, last.code) == (401, "invalid-refresh-token")
    for session in (first, second, third):
        assert (me(session).status, me(session).code) == (401, "invalid-token")


def test_a_reused_refresh_token_ends_no_other_session(application: Application) -> None:
    first, other = registered(application), logged_in(application)
    refreshed(application, first)

    refreshed(application, first)

    assert me(other).status == 200
    assert refreshed(application, other).status == 200


@pytest.mark.parametrize("token", ["unknown", "x" * 200, "é"])
def test_an_unknown_refresh_token_is_refused(application: Application, token: str) -> None:
    answer = application.stranger.post("/v1/auth/refresh", {"refresh_token": token})

    assert (answer.status, answer.code) == (401, "invalid-refresh-token")
    assert answer.headers["WWW-Authenticate"] == BEARER


def test_an_access_token_is_refused_as_a_refresh_token(application: Application) -> None:
    token = registered(application).json["access_token"][:200]

    answer = application.stranger.post("/v1/auth/refresh", {"refresh_token": token})

    assert (answer.status, answer.code) == (401, "invalid-refresh-token")


def test_a_refresh_token_is_refused_as_an_access_token(application: Application) -> None:
    token = registered(application).json["refresh_token"]

    answer = Caller(token).get("/v1/me")

    assert (answer.status, answer.code) == (401, "invalid-token")


def test_a_deactivated_user_cannot_refresh(application: Application) -> None:
    session = registered(application)
    deactivated(application, session)

    answer = refreshed(application, session)

    assert (answer.status, answer.code) == (401, "invalid-refresh-token")


def test_logging_out_takes_effect_on_the_next_request(application: Application) -> None:
    session, other = registered(application), logged_in(application)
    caller = Caller(session.json["access_token"])
    assert caller.get("/v1/me").status == 200

    answer = caller.post("/v1/auth/logout")

    assert (answer.status, answer.text) == (204, "")
    assert (me(session).status, me(session).code) == (401, "invalid-token")
    assert refreshed(application, session).code == "invalid-refresh-token"
    assert me(other).status == 200


def test_logging_out_again_succeeds_and_changes_nothing(application: Application) -> None:
    caller = Caller(registered(application).json["access_token"])
    caller.post("/v1/auth/logout")
    before = session_of(application, caller)

    answer = caller.post("/v1/auth/logout")

    assert (answer.status, answer.text) == (204, "")
    assert session_of(application, caller) == before
    assert caller.get("/v1/me").code == "invalid-token"


def session_of(application: Application, caller: Caller) -> Session:
    principal = application.services.access.leaving(caller.token)
    assert principal.session_id is not None
    return application.services.repositories.sessions.get_for_update(principal.session_id)


def test_only_the_log_out_accepts_the_token_of_an_ended_session(application: Application) -> None:
    caller = Caller(registered(application).json["access_token"])
    caller.post("/v1/auth/logout")

    rejections = {
        name
        for name, route in routes().items()
        if not route.operation.is_public
        and caller.send(route.method, re.sub(r"\{\w+\}", str(uuid4()), route.path), {}).status
        != 401
    }

    assert rejections == {"logOut"}


def test_an_expired_token_cannot_log_out(application: Application) -> None:
    caller = Caller(registered(application).json["access_token"])

    with time_machine.travel(datetime.now(UTC) + timedelta(days=1)):
        answer = caller.post("/v1/auth/logout")

    assert (answer.status, answer.code) == (401, "invalid-token")


@pytest.mark.parametrize("token", ["rubbish", "a.b.c", "null"])
def test_logging_in_ignores_an_invalid_token(application: Application, token: str) -> None:
    registered(application)

    answer = Caller(token).post("/v1/auth/login", {"email": EMAIL, "password": PASSWORD})

    assert answer.status == 200
