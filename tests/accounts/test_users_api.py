"""User management, over HTTP."""

from typing import Any
from uuid import uuid4

import pytest

from accounts.domain.access import Role
from tests.support.application import PASSWORD, Application, Caller, Person

BO = {"email": "bo@school.example", "password": PASSWORD, "name": "Bo"}


def root(application: Application) -> Person:
    return application.signed_in(Role.ADMIN, name="Root")


def test_an_admin_lists_users_oldest_first(application: Application) -> None:
    people = [
        root(application),
        application.signed_in(name="Anna"),
        application.signed_in(name="Bo"),
    ]

    answer = people[0].caller.get("/v1/users")

    assert answer.status == 200
    assert set(answer.json) == {"items", "next"}
    assert [user["id"] for user in answer.json["items"]] == [person.id for person in people]
    assert answer.json["items"][1] == people[1].caller.get("/v1/me").json
    assert answer.json["next"] is None


def test_cursors_lead_through_all_users_once(application: Application) -> None:
    admin = root(application)
    ids = [admin.id, *(application.signed_in().id for _ in range(4))]

    first = admin.caller.get("/v1/users?limit=2").json
    second = admin.caller.get(f"/v1/users?limit=2&cursor={first['next']}").json
    third = admin.caller.get(f"/v1/users?limit=2&cursor={second['next']}").json

    pages = [[user["id"] for user in page["items"]] for page in (first, second, third)]
    assert pages == [ids[:2], ids[2:4], ids[4:]]
    assert third["next"] is None


@pytest.mark.parametrize("limit", ["0", "-1", "101", "many", "1.5", "", "%00"])
def test_an_invalid_limit_is_refused(application: Application, limit: str) -> None:
    answer = root(application).caller.get(f"/v1/users?limit={limit}")

    assert (answer.status, answer.code) == (422, "invalid-request")
    assert answer.json["errors"][0]["pointer"] == "#/limit"


@pytest.mark.parametrize(
    "cursor",
    [
        "rubbish",
        "e30",  # {}
        "WyJhIiwgImIiXQ",  # ["a", "b"]
        # The first day of the calendar, and an offset that leads to the day before.
        "WyIwMDAxLTAxLTAxVDAwOjAwOjAwKzE0OjAwIiwgImY4MWQ0ZmFlLTdkZWMtMTFkMC1hNzY1LTAwYTBjOTFlNmJmNiJd",
    ],
)
def test_an_invalid_cursor_is_refused(application: Application, cursor: str) -> None:
    answer = root(application).caller.get(f"/v1/users?cursor={cursor}")

    assert (answer.status, answer.code) == (422, "invalid-cursor")


@pytest.mark.parametrize("role", [Role.LEARNER, Role.INSTRUCTOR])
def test_only_an_admin_lists_and_creates_users(application: Application, role: Role) -> None:
    caller = application.signed_in(role).caller

    for answer in (caller.get("/v1/users"), caller.post("/v1/users", BO)):
        assert (answer.status, answer.code) == (403, "not-permitted")
        assert answer.json["right"] == "manage-users"


def test_an_admin_creates_a_user_who_can_log_in(application: Application) -> None:
    body = BO | {"email": "Bo@School.example", "roles": ["instructor"]}

    answer = root(application).caller.post("/v1/users", body)

    assert answer.status == 201
    assert answer.json == {
        "id": answer.json["id"],
        "email": "bo@school.example",
        "name": "Bo",
        "roles": ["learner", "instructor"],
        "is_active": True,
    }
    login = {"email": "bo@school.example", "password": PASSWORD}
    assert application.stranger.post("/v1/auth/login", login).json["user"] == answer.json


def test_an_admin_creates_an_admin(application: Application) -> None:
    answer = root(application).caller.post("/v1/users", BO | {"roles": ["admin", "admin"]})

    assert answer.json["roles"] == ["learner", "admin"]


def test_creating_a_user_with_an_email_in_use_is_refused(application: Application) -> None:
    admin = root(application)

    answer = admin.caller.post("/v1/users", BO | {"email": admin.email.upper()})

    assert (answer.status, answer.code) == (409, "email-taken")


def test_creating_a_user_with_an_unsuitable_password_is_refused(application: Application) -> None:
    answer = root(application).caller.post("/v1/users", BO | {"password": "short"})

    assert (answer.status, answer.code) == (422, "unsuitable-password")
    assert {error["pointer"] for error in answer.json["errors"]} == {"#/password"}


def test_a_user_created_twice_with_one_key_is_one_user(application: Application) -> None:
    admin = root(application)

    first = admin.caller.post("/v1/users", BO, Idempotency_Key="k-1")
    again = admin.caller.post("/v1/users", BO, Idempotency_Key="k-1")
    other = admin.caller.post("/v1/users", BO | {"name": "Bob"}, Idempotency_Key="k-1")

    assert (first.status, again.status) == (201, 201)
    assert again.json == first.json
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (other.status, other.code) == (409, "idempotency-key-reused")


def test_a_user_created_twice_without_a_key_is_refused(application: Application) -> None:
    admin = root(application)

    admin.caller.post("/v1/users", BO)

    assert admin.caller.post("/v1/users", BO).code == "email-taken"


def test_users_get_themselves_and_an_admin_gets_anyone(application: Application) -> None:
    anna = application.signed_in(name="Anna")
    own_account = anna.caller.get("/v1/me").json

    assert anna.caller.get(f"/v1/users/{anna.id}").json == own_account
    assert root(application).caller.get(f"/v1/users/{anna.id}").json == own_account


@pytest.mark.parametrize("role", [Role.LEARNER, Role.INSTRUCTOR])
def test_the_account_of_another_user_is_not_found(application: Application, role: Role) -> None:
    anna, bo = application.signed_in(role, name="Anna"), application.signed_in(name="Bo")

    viewed = anna.caller.get(f"/v1/users/{bo.id}")
    changed = anna.caller.patch(f"/v1/users/{bo.id}", {"name": "Bob"})

    missing = anna.caller.get(f"/v1/users/{uuid4()}")
    for answer in (viewed, changed):
        assert (answer.status, answer.code) == (404, "user-not-found")
        assert answer.text == missing.text
    assert bo.caller.get("/v1/me").json["name"] == "Bo"


def test_an_unknown_account_is_not_found_by_an_admin_either(application: Application) -> None:
    caller, unknown = root(application).caller, f"/v1/users/{uuid4()}"

    for answer in (caller.get(unknown), caller.patch(unknown, {"name": "Bo"})):
        assert (answer.status, answer.code) == (404, "user-not-found")


@pytest.mark.parametrize(
    "malformed", ["1", "me", "x" * 36, "%00", "..", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6/", "é"]
)
def test_a_malformed_id_is_not_found(application: Application, malformed: str) -> None:
    answer = root(application).caller.get(f"/v1/users/{malformed}")

    assert answer.status == 404
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {}),
        ({"name": ""}, {"name": ""}),
        ({"roles": ["instructor"]}, {"roles": ["learner", "instructor"]}),
        ({"roles": []}, {}),
        ({"is_active": False}, {"is_active": False}),
        ({"email": "x@school.example", "id": "1", "is_staff": True, "password": "x"}, {}),
    ],
)
def test_an_admin_changes_only_the_given_members(
    application: Application, changes: dict[str, Any], expected: dict[str, Any]
) -> None:
    bo = application.signed_in(name="Bo")
    before = bo.caller.get("/v1/me").json

    answer = root(application).caller.patch(f"/v1/users/{bo.id}", changes)

    assert (answer.status, answer.json) == (200, before | expected)


def test_users_change_their_own_name(application: Application) -> None:
    anna = application.signed_in(name="Anna")

    answer = anna.caller.patch(f"/v1/users/{anna.id}", {"name": "Anna Ek"})

    assert (answer.status, answer.json["name"]) == (200, "Anna Ek")


@pytest.mark.parametrize(
    "changes", [{"roles": ["admin"]}, {"is_active": False}, {"name": "A", "roles": ["instructor"]}]
)
def test_users_cannot_promote_or_deactivate_themselves(
    application: Application, changes: dict[str, Any]
) -> None:
    anna = application.signed_in(name="Anna")
    before = anna.caller.get("/v1/me").json

    answer = anna.caller.patch(f"/v1/users/{anna.id}", changes)

    assert (answer.status, answer.code) == (403, "not-permitted")
    assert anna.caller.get("/v1/me").json == before


def test_a_deactivation_takes_effect_on_the_next_request(application: Application) -> None:
    bo = application.signed_in(name="Bo")
    assert bo.caller.get("/v1/me").status == 200

    root(application).caller.patch(f"/v1/users/{bo.id}", {"is_active": False})

    answer = bo.caller.get("/v1/me")
    assert (answer.status, answer.code) == (401, "invalid-token")
    login = {"email": bo.email, "password": PASSWORD}
    assert application.stranger.post("/v1/auth/login", login).code == "invalid-credentials"


def test_a_reactivated_user_can_log_in_but_old_sessions_stay_ended(
    application: Application,
) -> None:
    bo, admin = application.signed_in(name="Bo"), root(application)
    admin.caller.patch(f"/v1/users/{bo.id}", {"is_active": False})

    admin.caller.patch(f"/v1/users/{bo.id}", {"is_active": True})

    assert bo.caller.get("/v1/me").status == 401
    login = application.stranger.post("/v1/auth/login", {"email": bo.email, "password": PASSWORD})
    assert Caller(login.json["access_token"]).get("/v1/me").status == 200


def test_a_promotion_and_its_end_take_effect_on_the_next_request(application: Application) -> None:
    bo, admin = application.signed_in(name="Bo"), root(application)
    assert bo.caller.get("/v1/users").status == 403

    admin.caller.patch(f"/v1/users/{bo.id}", {"roles": ["admin"]})
    assert bo.caller.get("/v1/users").status == 200

    admin.caller.patch(f"/v1/users/{bo.id}", {"roles": []})
    assert bo.caller.get("/v1/users").status == 403
    assert bo.caller.get("/v1/me").json["roles"] == ["learner"]
