"""Authentication, caching and bodies of the accounts API, beyond tests/http/test_every_operation.py."""

from dataclasses import dataclass
from typing import Any

import pytest

from accounts.domain.access import Role, Scope
from tests.accounts.callers import late, narrowed
from tests.support.application import PASSWORD, Answer, Application, Caller, Person
from tests.support.challenges import BEARER

BO = {"email": "bo@school.example", "password": PASSWORD, "name": "Bo"}
ROOT = {"current_password": PASSWORD, "new_password": "a short way back"}


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """A method, a path and a body; {id} stands for the id of the caller."""

    method: str
    path: str
    status: int
    body: dict[str, Any] | None = None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def called_by(self, person: Person, caller: Caller | None = None, **headers: str) -> Answer:
        return self.sent(caller or person.caller, self.body, person, **headers)

    def sent(self, caller: Caller, body: Any, person: Person, **headers: str) -> Answer:
        return caller.send(self.method, self.path.format(id=person.id), body, headers=headers)


PUBLIC = [
    Endpoint(method="POST", path="/v1/auth/register", status=201, body=BO),
    Endpoint(method="POST", path="/v1/auth/login", status=401, body=BO),
    Endpoint(method="POST", path="/v1/auth/refresh", status=401, body={"refresh_token": "x"}),
    Endpoint(method="GET", path="/.well-known/jwks.json", status=200),
]
PRIVATE = [
    Endpoint(method="POST", path="/v1/auth/logout", status=204),
    Endpoint(method="GET", path="/v1/me", status=200),
    Endpoint(method="PATCH", path="/v1/me", status=200, body={"name": "Root"}),
    Endpoint(method="POST", path="/v1/me/password", status=204, body=ROOT),
    Endpoint(method="GET", path="/v1/users", status=200),
    Endpoint(method="POST", path="/v1/users", status=201, body=BO),
    Endpoint(method="GET", path="/v1/users/{id}", status=200),
    Endpoint(method="PATCH", path="/v1/users/{id}", status=200, body={"name": "R"}),
]
TAKES_BODY = [endpoint for endpoint in PUBLIC + PRIVATE if endpoint.body]

every = pytest.mark.parametrize("endpoint", PUBLIC + PRIVATE, ids=str)
private = pytest.mark.parametrize("endpoint", PRIVATE, ids=str)
takes_body = pytest.mark.parametrize("endpoint", TAKES_BODY, ids=str)


def root(application: Application) -> Person:
    return application.signed_in(Role.ADMIN, name="Root")


@every
def test_every_operation_answers_without_being_cached(
    application: Application, endpoint: Endpoint
) -> None:
    answer = endpoint.called_by(root(application))

    assert answer.status == endpoint.status
    expected = "public, max-age=300" if "jwks" in endpoint.path else "no-store"
    assert answer.headers["Cache-Control"] == expected


@private
def test_an_expired_token_is_refused(application: Application, endpoint: Endpoint) -> None:
    admin = root(application)

    answer = endpoint.called_by(admin, late(application, admin))

    assert (answer.status, answer.code) == (401, "invalid-token")
    assert answer.headers["WWW-Authenticate"] == f'{BEARER}, error="invalid_token"'
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("authorization", "code"),
    [
        ("Bearer", "invalid-token"),
        ("Bearer ", "invalid-token"),
        ("Bearer rubbish", "invalid-token"),
        ("Bearer \x00", "invalid-token"),
        ("Bearer é", "invalid-token"),
        ("Bearer {0} {0}", "invalid-token"),
        ("Bearer " + "x" * 10_000, "invalid-token"),
        ("Basic cm9vdDpyb290", "not-authenticated"),
        ("{0}", "not-authenticated"),
        ("Bearer{0}", "not-authenticated"),
        ("", "not-authenticated"),
    ],
    ids=range(11),
)
def test_a_header_without_a_valid_token_is_refused(
    application: Application, authorization: str, code: str
) -> None:
    header = authorization.format(root(application).caller.token)

    answer = application.stranger.get("/v1/me", Authorization=header)

    assert (answer.status, answer.code) == (401, code)


def test_a_token_outside_the_header_is_ignored(application: Application) -> None:
    token = root(application).caller.token

    answers = [
        application.stranger.get(f"/v1/me?access_token={token}"),
        application.stranger.get("/v1/me", Cookie=f"access_token={token}"),
        application.stranger.send("PATCH", "/v1/me", {"access_token": token, "name": "Root"}),
    ]

    assert [answer.code for answer in answers] == ["not-authenticated"] * 3


@pytest.mark.parametrize("scheme", ["bearer", "BEARER"])
def test_the_scheme_is_case_insensitive(application: Application, scheme: str) -> None:
    token = root(application).caller.token

    assert application.stranger.get("/v1/me", Authorization=f"{scheme} {token}").status == 200


def test_scopes_do_not_widen_the_rights_of_a_learner(application: Application) -> None:
    anna = application.signed_in()

    answer = narrowed(application, anna, *Scope).get("/v1/users")

    assert (answer.status, answer.code) == (403, "not-permitted")


@takes_body
def test_unknown_members_are_ignored(application: Application, endpoint: Endpoint) -> None:
    admin = root(application)

    answer = endpoint.sent(admin.caller, (endpoint.body or {}) | {"colour": ["red"]}, admin)

    assert answer.status == endpoint.status
    assert "colour" not in answer.text
