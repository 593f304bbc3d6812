"""Bodies that are well formed, but wrong: each member is named by its pointer."""

from typing import Any, Final

import pytest

from accounts.domain.access import Role
from tests.support.application import PASSWORD, Answer, Application

Values = tuple[Any, ...]

BO: Final = {"email": "bo@school.example", "password": PASSWORD, "name": "Bo"}
HALF_A_PAIR: Final = "half\ud800"

# Wrong for every text.
NO_TEXT: Final[Values] = (None, True, 5, [], {}, ["text"], {"text": "text"}, "NUL\0", HALF_A_PAIR)
NO_ADDRESS: Final[Values] = (
    *NO_TEXT,
    "",
    " ",
    "bo",
    "bo@",
    "@school.example",
    "bo@school",
    "bo @school.example",
    "bo@school.example, bo@other.example",
    "<bo@school.example>",
    "bo@" + "x" * 64 + ".example",
    "b" * 240 + "@school.example",
    "\u0130" * 200 + "@school.example",  # becomes longer in lower case
    "bo@" + ("\u0130" * 40 + ".") * 5 + "example",  # likewise, where it may stand
)
NO_PASSWORD: Final[Values] = (*NO_TEXT, "", "x" * 1025)
NO_SUITABLE_PASSWORD: Final[Values] = (*NO_PASSWORD, "short", "password")
NO_NAME: Final[Values] = (*NO_TEXT, "x" * 201)
NO_ROLES: Final[Values] = (None, True, 5, "admin", {}, {"admin": True})
NO_ROLE: Final[Values] = (None, True, 5, "", "root", "ADMIN", ["admin"], {}, "admin\0", HALF_A_PAIR)

NO_SWITCH: Final[Values] = (
    None,
    "perhaps",
    "yes",
    "true",
    "",
    1,
    0,
    2,
    [],
    {},
    "NUL\0",
    HALF_A_PAIR,
)
PASSWORDS: Final = {"current_password": PASSWORD, "new_password": "a short way back"}

# Method, path, a body that would do, a member of it, and what is wrong for that.
MEMBERS: Final[list[tuple[str, str, dict[str, Any], str, Values]]] = [
    ("POST", "/v1/auth/register", BO, "email", NO_ADDRESS),
    ("POST", "/v1/auth/register", BO, "password", NO_SUITABLE_PASSWORD),
    ("POST", "/v1/auth/register", BO, "name", NO_NAME),
    ("POST", "/v1/auth/login", BO, "email", (*NO_TEXT, "", "x" * 255)),
    ("POST", "/v1/auth/login", BO, "password", NO_PASSWORD),
    ("POST", "/v1/auth/refresh", {}, "refresh_token", (*NO_TEXT, "", "x" * 201)),
    ("PATCH", "/v1/me", {}, "name", NO_NAME),
    ("POST", "/v1/me/password", PASSWORDS, "current_password", NO_PASSWORD),
    ("POST", "/v1/me/password", PASSWORDS, "new_password", NO_SUITABLE_PASSWORD),
    ("POST", "/v1/users", BO, "email", NO_ADDRESS),
    ("POST", "/v1/users", BO, "password", NO_SUITABLE_PASSWORD),
    ("POST", "/v1/users", BO, "name", NO_NAME),
    ("POST", "/v1/users", BO, "roles", NO_ROLES),
    ("PATCH", "/v1/users/{id}", {}, "name", NO_NAME),
    ("PATCH", "/v1/users/{id}", {}, "roles", NO_ROLES),
    ("PATCH", "/v1/users/{id}", {}, "is_active", NO_SWITCH),
]

Outcome = tuple[int, set[str]]


def outcome(answer: Answer) -> Outcome:
    """The status, and the pointers of all complaints."""
    return answer.status, {error["pointer"] for error in answer.json.get("errors", [])}


def outcomes(
    application: Application, method: str, path: str, bodies: list[Any]
) -> dict[str, Outcome]:
    """What an admin gets for each body."""
    admin = application.signed_in(Role.ADMIN, name="Root")
    return {
        ascii(body): outcome(admin.caller.send(method, path.format(id=admin.id), body))
        for body in bodies
    }


@pytest.mark.parametrize(
    ("method", "path", "body", "member", "values"),
    MEMBERS,
    ids=[f"{method} {path} {member}" for method, path, _, member, _ in MEMBERS],
)
def test_a_member_that_is_wrong_is_named(
    application: Application,
    *,
    method: str,
    path: str,
    body: dict[str, Any],
    member: str,
    values: Values,
) -> None:
    found = outcomes(application, method, path, [body | {member: value} for value in values])

    assert len(found) == len(values)
    assert found == dict.fromkeys(found, (422, {f"#/{member}"}))


@pytest.mark.parametrize(
    ("method", "path", "body"), [("POST", "/v1/users", BO), ("PATCH", "/v1/users/{id}", {})]
)
def test_a_role_that_is_none_is_named_by_its_place(
    application: Application, method: str, path: str, body: dict[str, Any]
) -> None:
    bodies = [body | {"roles": ["instructor", role]} for role in NO_ROLE]

    found = outcomes(application, method, path, bodies)

    assert len(found) == len(NO_ROLE)
    assert found == dict.fromkeys(found, (422, {"#/roles/1"}))


@pytest.mark.parametrize(
    ("method", "path", "needed"),
    [
        ("POST", "/v1/auth/register", {"#/email", "#/password"}),
        ("POST", "/v1/auth/login", {"#/email", "#/password"}),
        ("POST", "/v1/auth/refresh", {"#/refresh_token"}),
        ("PATCH", "/v1/me", {"#/name"}),
        ("POST", "/v1/me/password", {"#/current_password", "#/new_password"}),
        ("POST", "/v1/users", {"#/email", "#/password"}),
    ],
)
def test_every_member_that_is_missing_is_named(
    application: Application, method: str, path: str, needed: set[str]
) -> None:
    assert outcomes(application, method, path, [{}]) == {"{}": (422, needed)}


def test_every_member_that_is_wrong_is_named_at_once(application: Application) -> None:
    wrong = {"email": "bo", "password": "", "name": None, "roles": ["root", "learner", 5]}

    found = outcomes(application, "POST", "/v1/users", [wrong])

    pointers = {"#/email", "#/password", "#/name", "#/roles/0", "#/roles/2"}
    assert list(found.values()) == [(422, pointers)]


@pytest.mark.parametrize("members", [{"email": "b" * 239 + "@school.example"}, {"name": "x" * 200}])
def test_the_longest_that_will_do_is_kept_whole(
    application: Application, members: dict[str, str]
) -> None:
    answer = application.stranger.post("/v1/auth/register", BO | members)

    assert answer.status == 201
    assert answer.json["user"].items() >= members.items()


def test_the_longest_password_that_will_do_logs_in(application: Application) -> None:
    body = BO | {"password": "å" * 1024}
    application.stranger.post("/v1/auth/register", body)

    assert application.stranger.post("/v1/auth/login", body).status == 200


def test_spaces_around_an_address_and_a_name_are_dropped(application: Application) -> None:
    answer = application.stranger.post(
        "/v1/auth/register", BO | {"email": " bo@school.example ", "name": " Bo "}
    )

    assert answer.json["user"]["email"] == "bo@school.example"
    assert answer.json["user"]["name"] == "Bo"


def test_a_complaint_repeats_no_password(application: Application) -> None:
    answer = application.stranger.post("/v1/auth/register", BO | {"password": "dragon"})

    assert answer.status == 422
    assert "dragon" not in answer.text
