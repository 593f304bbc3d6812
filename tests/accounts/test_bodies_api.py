"""Validation of bodies: each invalid member is named by its pointer."""

from typing import Any, Final

import pytest

from accounts.domain.access import Role
from accounts.domain.identity.entities.profiles import PROFILE_MEMBERS
from tests.support.application import PASSWORD, Answer, Application

Values = tuple[Any, ...]

LONGEST_EMAIL = f"{'b' * 64}@{'.'.join(['a' * 62, 'a' * 62, 'a' * 63])}"  # 254 characters
BO: Final = {"email": "bo@school.example", "password": PASSWORD, "name": "Bo"}
LONE_SURROGATE: Final = "half\ud800"

# Invalid for every text.
NOT_TEXTS: Final[Values] = (
    None,
    True,
    5,
    [],
    {},
    ["text"],
    {"text": "text"},
    "NUL\0",
    LONE_SURROGATE,
)
INVALID_EMAILS: Final[Values] = (
    *NOT_TEXTS,
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
    "bo@" + ("\u0130" * 40 + ".") * 5 + "example",  # likewise, with labels of allowed length
)
INVALID_PASSWORDS: Final[Values] = (*NOT_TEXTS, "", "x" * 1025)
UNSUITABLE_PASSWORDS: Final[Values] = (*INVALID_PASSWORDS, "short", "password")
INVALID_NAMES: Final[Values] = (*NOT_TEXTS, "x" * 201)
NOT_ROLE_LISTS: Final[Values] = (None, True, 5, "admin", {}, {"admin": True})
INVALID_ROLES: Final[Values] = (
    None,
    True,
    5,
    "",
    "root",
    "ADMIN",
    ["admin"],
    {},
    "admin\0",
    LONE_SURROGATE,
)

NOT_BOOLEANS: Final[Values] = (
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
    LONE_SURROGATE,
)
PASSWORDS: Final = {"current_password": PASSWORD, "new_password": "a short way back"}

# Method, path, a valid body, a member, and invalid values of that member.
MEMBERS: Final[list[tuple[str, str, dict[str, Any], str, Values]]] = [
    ("POST", "/v1/auth/register", BO, "email", INVALID_EMAILS),
    ("POST", "/v1/auth/register", BO, "password", UNSUITABLE_PASSWORDS),
    ("POST", "/v1/auth/register", BO, "name", INVALID_NAMES),
    ("POST", "/v1/auth/login", BO, "email", (*NOT_TEXTS, "", "x" * 255)),
    ("POST", "/v1/auth/login", BO, "password", INVALID_PASSWORDS),
    ("POST", "/v1/auth/refresh", {}, "refresh_token", (*NOT_TEXTS, "", "x" * 201)),
    ("PATCH", "/v1/me", {}, "name", INVALID_NAMES),
    *(("PATCH", "/v1/me", {}, member, NOT_TEXTS) for member in PROFILE_MEMBERS),
    ("POST", "/v1/me/password", PASSWORDS, "current_password", INVALID_PASSWORDS),
    ("POST", "/v1/me/password", PASSWORDS, "new_password", UNSUITABLE_PASSWORDS),
    ("POST", "/v1/users", BO, "email", INVALID_EMAILS),
    ("POST", "/v1/users", BO, "password", UNSUITABLE_PASSWORDS),
    ("POST", "/v1/users", BO, "name", INVALID_NAMES),
    ("POST", "/v1/users", BO, "roles", NOT_ROLE_LISTS),
    ("PATCH", "/v1/users/{id}", {}, "name", INVALID_NAMES),
    ("PATCH", "/v1/users/{id}", {}, "roles", NOT_ROLE_LISTS),
    ("PATCH", "/v1/users/{id}", {}, "is_active", NOT_BOOLEANS),
]

Outcome = tuple[int, set[str]]


def outcome(answer: Answer) -> Outcome:
    """The status, and the pointers of all field errors."""
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
def test_an_invalid_member_is_named(
    application: Application,
    *,
    method: str,
    path: str,
    body: dict[str, Any],
    member: str,
    values: Values,
) -> None:
    results = outcomes(application, method, path, [body | {member: value} for value in values])

    assert len(results) == len(values)
    assert results == dict.fromkeys(results, (422, {f"#/{member}"}))


@pytest.mark.parametrize(
    ("method", "path", "body"), [("POST", "/v1/users", BO), ("PATCH", "/v1/users/{id}", {})]
)
def test_an_invalid_role_is_named_by_its_position(
    application: Application, method: str, path: str, body: dict[str, Any]
) -> None:
    bodies = [body | {"roles": ["instructor", role]} for role in INVALID_ROLES]

    results = outcomes(application, method, path, bodies)

    assert len(results) == len(INVALID_ROLES)
    assert results == dict.fromkeys(results, (422, {"#/roles/1"}))


@pytest.mark.parametrize(
    ("method", "path", "needed"),
    [
        ("POST", "/v1/auth/register", {"#/email", "#/password"}),
        ("POST", "/v1/auth/login", {"#/email", "#/password"}),
        ("POST", "/v1/auth/refresh", {"#/refresh_token"}),
        ("POST", "/v1/me/password", {"#/current_password", "#/new_password"}),
        ("POST", "/v1/users", {"#/email"}),
    ],
)
def test_every_missing_member_is_named(
    application: Application, method: str, path: str, needed: set[str]
) -> None:
    assert outcomes(application, method, path, [{}]) == {"{}": (422, needed)}


def test_all_invalid_members_are_named_at_once(application: Application) -> None:
    wrong = {"email": "bo", "password": "", "name": None, "roles": ["root", "learner", 5]}

    results = outcomes(application, "POST", "/v1/users", [wrong])

    pointers = {"#/email", "#/password", "#/name", "#/roles/0", "#/roles/2"}
    assert list(results.values()) == [(422, pointers)]


@pytest.mark.parametrize("members", [{"email": LONGEST_EMAIL}, {"name": "x" * 200}])
def test_a_member_of_maximum_length_is_stored_unchanged(
    application: Application, members: dict[str, str]
) -> None:
    answer = application.stranger.post("/v1/auth/register", BO | members)

    assert answer.status == 201
    assert answer.json["user"].items() >= members.items()


def test_a_password_of_maximum_length_logs_in(application: Application) -> None:
    body = BO | {"password": "åb" * 100}
    application.stranger.post("/v1/auth/register", body)

    assert application.stranger.post("/v1/auth/login", body).status == 200


def test_no_character_of_a_long_password_is_ignored(application: Application) -> None:
    body = BO | {"password": "åb" * 100}
    application.stranger.post("/v1/auth/register", body)

    for password in (body["password"][:-1], body["password"] + "b", body["password"] + " "):
        answer = application.stranger.post("/v1/auth/login", BO | {"password": password})
        assert answer.code == "invalid-credentials"


@pytest.mark.parametrize("members", [{"password": "bo@school.example"}, {"password": "ab" * 101}])
def test_registration_applies_the_whole_password_policy(
    application: Application, members: dict[str, str]
) -> None:
    answer = application.stranger.post("/v1/auth/register", BO | members)

    assert answer.code == "unsuitable-password"


def test_spaces_around_email_and_name_are_removed(application: Application) -> None:
    answer = application.stranger.post(
        "/v1/auth/register", BO | {"email": " bo@school.example ", "name": " Bo "}
    )

    assert answer.json["user"]["email"] == "bo@school.example"
    assert answer.json["user"]["name"] == "Bo"


def test_a_field_error_does_not_contain_the_password(application: Application) -> None:
    answer = application.stranger.post("/v1/auth/register", BO | {"password": "dragon"})

    assert answer.status == 422
    assert "dragon" not in answer.text
