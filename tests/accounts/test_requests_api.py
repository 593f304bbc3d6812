"""What every address of accounts asks of a request, before it asks what the request is about."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings

from accounts.domain.entities import Role, Scope
from tests.accounts.callers import late, narrowed
from tests.support.house import PASSWORD, Answer, Caller, House, Person

BO = {"email": "bo@school.example", "password": PASSWORD, "name": "Bo"}
ROOT = {"current_password": PASSWORD, "new_password": "a short way back"}


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """A method of an address, and what it takes; {id} stands for the id of who asks."""

    method: str
    path: str
    status: int
    scope: Scope | None = None
    body: dict[str, Any] | None = None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def asked_by(self, person: Person, caller: Caller | None = None, **headers: str) -> Answer:
        return self.sent(caller or person.caller, self.body, person, **headers)

    def sent(self, caller: Caller, body: Any, person: Person, **headers: str) -> Answer:
        return caller.send(self.method, self.path.format(id=person.id), body, headers=headers)


READ, WRITE = Scope.ACCOUNTS_READ, Scope.ACCOUNTS_WRITE
PUBLIC = [
    Endpoint(method="POST", path="/v1/auth/register", status=201, body=BO),
    Endpoint(method="POST", path="/v1/auth/login", status=401, body=BO),
    Endpoint(method="POST", path="/v1/auth/refresh", status=401, body={"refresh_token": "x"}),
    Endpoint(method="GET", path="/.well-known/jwks.json", status=200),
]
PRIVATE = [
    Endpoint(method="POST", path="/v1/auth/logout", status=204, scope=WRITE),
    Endpoint(method="GET", path="/v1/me", status=200, scope=READ),
    Endpoint(method="PATCH", path="/v1/me", status=200, scope=WRITE, body={"name": "Root"}),
    Endpoint(method="POST", path="/v1/me/password", status=204, scope=WRITE, body=ROOT),
    Endpoint(method="GET", path="/v1/users", status=200, scope=READ),
    Endpoint(method="POST", path="/v1/users", status=201, scope=WRITE, body=BO),
    Endpoint(method="GET", path="/v1/users/{id}", status=200, scope=READ),
    Endpoint(method="PATCH", path="/v1/users/{id}", status=200, scope=WRITE, body={"name": "R"}),
]
TAKES_BODY = [endpoint for endpoint in PUBLIC + PRIVATE if endpoint.body]

every = pytest.mark.parametrize("endpoint", PUBLIC + PRIVATE, ids=str)
private = pytest.mark.parametrize("endpoint", PRIVATE, ids=str)
takes_body = pytest.mark.parametrize("endpoint", TAKES_BODY, ids=str)


def root(house: House) -> Person:
    return house.signed_in(Role.ADMIN, name="Root")


@every
def test_each_answers_and_no_answer_of_it_is_kept(house: House, endpoint: Endpoint) -> None:
    answer = endpoint.asked_by(root(house))

    assert answer.status == endpoint.status
    expected = "public, max-age=300" if "jwks" in endpoint.path else "no-store"
    assert answer.headers["Cache-Control"] == expected


@private
def test_without_a_token_nobody_is_let_in(house: House, endpoint: Endpoint) -> None:
    answer = endpoint.asked_by(root(house), house.stranger)

    assert (answer.status, answer.code) == (401, "not-authenticated")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="authsvc"'
    assert answer.headers["Cache-Control"] == "no-store"


@private
def test_an_expired_token_lets_nobody_in(house: House, endpoint: Endpoint) -> None:
    admin = root(house)

    answer = endpoint.asked_by(admin, late(house, admin))

    assert (answer.status, answer.code) == (401, "invalid-token")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="authsvc", error="invalid_token"'
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
def test_a_header_without_a_good_token_lets_nobody_in(
    house: House, authorization: str, code: str
) -> None:
    header = authorization.format(root(house).caller.token)

    answer = house.stranger.get("/v1/me", Authorization=header)

    assert (answer.status, answer.code) == (401, code)


def test_a_token_lets_nobody_in_anywhere_but_in_its_header(house: House) -> None:
    token = root(house).caller.token

    answers = [
        house.stranger.get(f"/v1/me?access_token={token}"),
        house.stranger.get("/v1/me", Cookie=f"access_token={token}"),
        house.stranger.send("PATCH", "/v1/me", {"access_token": token, "name": "Root"}),
    ]

    assert [answer.code for answer in answers] == ["not-authenticated"] * 3


@pytest.mark.parametrize("scheme", ["bearer", "BEARER"])
def test_the_scheme_may_be_spelled_in_any_case(house: House, scheme: str) -> None:
    token = root(house).caller.token

    assert house.stranger.get("/v1/me", Authorization=f"{scheme} {token}").status == 200


@private
def test_every_scope_but_the_right_one_is_not_enough(house: House, endpoint: Endpoint) -> None:
    admin = root(house)
    others = set(Scope) - {endpoint.scope}

    answer = endpoint.asked_by(admin, narrowed(house, admin, *others))

    assert (answer.status, answer.code) == (403, "insufficient-scope")
    assert answer.headers["WWW-Authenticate"] == (
        f'Bearer realm="authsvc", error="insufficient_scope", scope="{endpoint.scope}"'
    )
    assert answer.headers["Cache-Control"] == "no-store"


@private
def test_the_right_scope_alone_is_enough(house: House, endpoint: Endpoint) -> None:
    admin = root(house)
    assert endpoint.scope

    answer = endpoint.asked_by(admin, narrowed(house, admin, endpoint.scope))

    assert answer.status == endpoint.status


def test_no_scope_gives_a_learner_what_his_roles_do_not(house: House) -> None:
    anna = house.signed_in()

    answer = narrowed(house, anna, *Scope).get("/v1/users")

    assert (answer.status, answer.code) == (403, "not-permitted")


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/v1/auth/register", {"POST"}),
        ("/v1/auth/login", {"POST"}),
        ("/v1/auth/refresh", {"POST"}),
        ("/v1/auth/logout", {"POST"}),
        ("/v1/me", {"GET", "HEAD", "PATCH"}),
        ("/v1/me/password", {"POST"}),
        ("/v1/users", {"GET", "HEAD", "POST"}),
        ("/v1/users/{id}", {"GET", "HEAD", "PATCH"}),
        ("/.well-known/jwks.json", {"GET", "HEAD"}),
    ],
)
def test_a_wrong_method_is_told_the_right_ones(house: House, path: str, allowed: set[str]) -> None:
    admin = root(house)

    for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - allowed:
        answer = admin.caller.send(method, path.format(id=admin.id), {})

        assert (answer.status, answer.code) == (405, "method-not-allowed")
        assert set(answer.headers["Allow"].split(", ")) - {"OPTIONS"} == allowed


@takes_body
@pytest.mark.parametrize(
    "text",
    [b"", b"{", b"{'name': 1}", b'{"name": NaN}', b"\xff\xfe", b"\0", b"[" * 100_000, b"a=b"],
    ids=range(8),
)
def test_what_is_not_json_cannot_be_read(house: House, endpoint: Endpoint, text: bytes) -> None:
    admin = root(house)

    answer = endpoint.sent(admin.caller, text or b" ", admin)

    assert (answer.status, answer.code) == (400, "malformed-request")
    assert answer.headers["Cache-Control"] == "no-store"


@takes_body
@pytest.mark.parametrize("body", [[], "text", 5, True, None, [{}]], ids=repr)
def test_json_that_is_no_object_is_not_valid(house: House, endpoint: Endpoint, body: Any) -> None:
    admin = root(house)

    answer = endpoint.sent(admin.caller, b"null" if body is None else body, admin)

    assert (answer.status, answer.code) == (422, "invalid-request")
    assert [error["pointer"] for error in answer.json["errors"]] == ["#"]


@takes_body
@pytest.mark.parametrize(
    "form", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "text/json"]
)
def test_a_body_in_another_form_is_not_read(house: House, endpoint: Endpoint, form: str) -> None:
    answer = endpoint.asked_by(root(house), Content_Type=form)

    assert (answer.status, answer.code) == (415, "unsupported-media-type")


@takes_body
def test_a_body_that_is_too_long_is_not_read(house: House, endpoint: Endpoint) -> None:
    admin, longest = root(house), settings.ENVIRONMENT.max_body_bytes

    answer = endpoint.sent(admin.caller, b" " * (longest + 1), admin)
    not_json = endpoint.sent(admin.caller, b" " * longest, admin)

    assert (answer.status, answer.code) == (413, "body-too-large")
    assert (not_json.status, not_json.code) == (400, "malformed-request")


@takes_body
def test_members_that_nobody_asked_for_are_ignored(house: House, endpoint: Endpoint) -> None:
    admin = root(house)

    answer = endpoint.sent(admin.caller, (endpoint.body or {}) | {"colour": ["red"]}, admin)

    assert answer.status == endpoint.status
    assert "colour" not in answer.text
