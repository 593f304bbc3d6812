"""The caller's own account, over HTTP."""

from typing import Any

import pytest

from accounts.domain.access import Role
from tests.support.application import PASSWORD, Answer, Application, Caller, Person

NEW_PASSWORD = "a short way back"


def logged_in(application: Application, person: Person, password: str = PASSWORD) -> Answer:
    body = {"email": person.email, "password": password}
    return application.stranger.post("/v1/auth/login", body)


def password_changed(person: Person, **headers: str) -> Answer:
    body = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    return person.caller.post("/v1/me/password", body, **headers)


def test_users_get_their_own_account(application: Application) -> None:
    bo = application.signed_in(Role.INSTRUCTOR, name="Bo")

    answer = bo.caller.get("/v1/me")

    assert answer.status == 200
    assert answer.json == {
        "id": bo.id,
        "email": bo.email,
        "name": "Bo",
        "roles": ["learner", "instructor"],
        "is_active": True,
    }


@pytest.mark.parametrize("name", ["Anna Ek", "", "Åse Ødegård 李", "x" * 200])
def test_users_change_their_name(application: Application, name: str) -> None:
    anna = application.signed_in(name="Anna")
    before = anna.caller.get("/v1/me").json

    answer = anna.caller.patch("/v1/me", {"name": name})

    assert answer.status == 200
    assert answer.json == before | {"name": name}
    assert anna.caller.get("/v1/me").json == answer.json


def test_users_change_nothing_but_their_name(application: Application) -> None:
    anna = application.signed_in(name="Anna")
    before = anna.caller.get("/v1/me").json
    rest = {"email": "x@school.example", "roles": ["admin"], "is_active": False, "id": "1"}

    answer = anna.caller.patch("/v1/me", rest | {"name": "Anna Ek"})

    assert answer.json == before | {"name": "Anna Ek"}


PROFILE = {
    "given_name": "Anna",
    "middle_name": "Maria",
    "family_name": "Ek",
    "nickname": "Ann",
    "preferred_username": "anna.ek",
    "profile": "https://school.example/anna",
    "picture": "https://school.example/anna.png",
    "website": "https://anna.example/",
    "gender": "female",
    "birthdate": "0000-12-31",
    "zoneinfo": "Europe/Stockholm",
    "locale": "sv-SE",
    "phone_number": "+468123456",
    "address": "Hamngatan 1, 111 47 Stockholm",
}


def test_users_fill_in_their_profile_and_clear_it(application: Application) -> None:
    anna = application.signed_in(name="Anna").caller
    before = anna.get("/v1/me").json

    filled_in = anna.patch("/v1/me", PROFILE)
    changed = anna.patch("/v1/me", {"nickname": "Annie", "gender": ""})

    assert filled_in.json == before | PROFILE
    rest = {name: value for name, value in PROFILE.items() if name != "gender"}
    assert changed.json == before | rest | {"nickname": "Annie"}
    assert anna.get("/v1/me").json == changed.json
    assert anna.patch("/v1/me", dict.fromkeys(PROFILE, "")).json == before


def test_an_empty_change_changes_nothing(application: Application) -> None:
    anna = application.signed_in(name="Anna").caller
    before = anna.patch("/v1/me", PROFILE).json

    assert anna.patch("/v1/me", {}).json == before


def test_an_invalid_profile_is_rejected_whole(application: Application) -> None:
    anna = application.signed_in(name="Anna").caller
    before = anna.get("/v1/me").json

    answer = anna.patch("/v1/me", {"name": "Bo", "nickname": "A\nB", "website": "ftp://a.example"})

    assert (answer.status, answer.code) == (422, "unsuitable-profile")
    assert {error["pointer"] for error in answer.json["errors"]} == {"#/nickname", "#/website"}
    assert anna.get("/v1/me").json == before


@pytest.mark.parametrize("value", [5, True, ["a"], {"a": 1}, "x" * 201])
def test_a_member_of_a_profile_must_be_a_short_text(application: Application, value: Any) -> None:
    answer = application.signed_in().caller.patch("/v1/me", {"nickname": value})

    assert (answer.status, answer.code) == (422, "invalid-request")


def test_users_change_only_their_own_name(application: Application) -> None:
    anna, bo = application.signed_in(name="Anna"), application.signed_in(name="Bo")

    anna.caller.patch("/v1/me", {"name": "Anna Ek"})

    assert bo.caller.get("/v1/me").json["name"] == "Bo"


def test_only_the_changed_password_logs_in(application: Application) -> None:
    anna = application.signed_in()

    answer = password_changed(anna)

    assert (answer.status, answer.text) == (204, "")
    assert logged_in(application, anna, NEW_PASSWORD).status == 200
    assert logged_in(application, anna, PASSWORD).code == "invalid-credentials"


def test_a_changed_password_ends_every_session_on_its_next_request(
    application: Application,
) -> None:
    anna = application.signed_in()
    other = logged_in(application, anna)
    elsewhere = Caller(other.json["access_token"])
    assert elsewhere.get("/v1/me").status == 200

    password_changed(anna)

    assert (anna.caller.get("/v1/me").status, elsewhere.get("/v1/me").status) == (401, 401)
    body = {"refresh_token": other.json["refresh_token"]}
    assert application.stranger.post("/v1/auth/refresh", body).code == "invalid-refresh-token"


def test_a_changed_password_ends_no_session_of_others(application: Application) -> None:
    anna, bo = application.signed_in(name="Anna"), application.signed_in(name="Bo")

    password_changed(anna)

    assert bo.caller.get("/v1/me").status == 200


@pytest.mark.parametrize(
    ("changes", "code", "error"),
    [
        (
            {"current_password": "a wrong password"},
            "wrong-password",
            {"pointer": "#/current_password", "detail": "The current password is wrong"},
        ),
        (
            {"new_password": "password"},
            "unsuitable-password",
            {"pointer": "#/new_password", "detail": "This password is too common."},
        ),
    ],
)
def test_a_refused_change_of_password_changes_nothing(
    application: Application, changes: dict[str, str], code: str, error: dict[str, Any]
) -> None:
    anna = application.signed_in()
    body = {"current_password": PASSWORD, "new_password": NEW_PASSWORD} | changes

    answer = anna.caller.post("/v1/me/password", body)

    assert (answer.status, answer.code) == (422, code)
    assert answer.json["errors"] == [error]
    assert anna.caller.get("/v1/me").status == 200
    assert logged_in(application, anna).status == 200


def test_a_password_can_start_and_end_with_spaces(application: Application) -> None:
    anna = application.signed_in()
    spaced = "  a short way back  "

    anna.caller.post("/v1/me/password", {"current_password": PASSWORD, "new_password": spaced})

    assert logged_in(application, anna, spaced).status == 200
    assert logged_in(application, anna, spaced.strip()).status == 401


def test_a_repeated_request_with_a_wrong_password_gets_the_same_answer(
    application: Application,
) -> None:
    anna = application.signed_in()
    body = {"current_password": "a wrong password", "new_password": NEW_PASSWORD}

    first = anna.caller.post("/v1/me/password", body, Idempotency_Key="k-1")
    again = anna.caller.post("/v1/me/password", body, Idempotency_Key="k-1")

    assert (again.status, again.json) == (first.status, first.json)
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"


def test_a_changed_password_with_a_key_ends_the_session_that_the_key_was_used_in(
    application: Application,
) -> None:
    anna = application.signed_in()

    assert password_changed(anna, Idempotency_Key="k-1").status == 204

    assert password_changed(anna, Idempotency_Key="k-1").code == "invalid-token"
