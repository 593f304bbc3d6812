"""Every error is a problem (RFC 9457), whichever layer it comes from."""

from collections.abc import Callable

import pytest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import path

from accounts.domain.access import Role
from authsvc.http.operations import Access, Whose, operation
from authsvc.http.views import ApiView
from authsvc.urls import urlpatterns as application_patterns
from tests.support.application import Answer, Application, Caller
from tests.support.log_lines import LogRecords

NOBODY = "00000000-0000-4000-8000-000000000000"

Send = Callable[[Application], Answer]


class BrokenView(ApiView):
    @operation(name="break", summary="Fail", access=Access(Whose.ANYBODY))
    def get(self) -> None:
        raise RuntimeError("the secret is swordfish")


class AwayView(ApiView):
    @operation(name="beAway", summary="Fail", access=Access(Whose.ANYBODY))
    def get(self) -> None:
        raise OperationalError("no route to swordfish.example")


def broken_page(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("the secret is swordfish")


handler500 = "authsvc.http.problems.server_error"
urlpatterns = [
    path("v1/broken", BrokenView.as_view()),
    path("v1/away", AwayView.as_view()),
    path("health/broken", broken_page),
    *application_patterns,
]

ERRORS: list[tuple[str, Send, int, str]] = [
    (
        "a body that is not JSON",
        lambda application: application.stranger.post("/v1/auth/login", b"{"),
        400,
        "malformed-request",
    ),
    (
        "an unknown host",
        lambda application: application.stranger.get("/v1/me", Host="evil.example"),
        400,
        "malformed-request",
    ),
    ("no token", lambda application: application.stranger.get("/v1/me"), 401, "not-authenticated"),
    ("a bad token", lambda application: Caller("a.b.c").get("/v1/me"), 401, "invalid-token"),
    (
        "a wrong password",
        lambda application: application.stranger.post(
            "/v1/auth/login", {"email": "a@b.c", "password": "d"}
        ),
        401,
        "invalid-credentials",
    ),
    (
        "a right that is missing",
        lambda application: application.signed_in().caller.get("/v1/users"),
        403,
        "not-permitted",
    ),
    (
        "an unknown address",
        lambda application: application.stranger.get("/v1/nothing"),
        404,
        "no-such-address",
    ),
    (
        "an unknown well-known address",
        lambda application: application.stranger.get("/.well-known/nothing"),
        404,
        "no-such-address",
    ),
    (
        "an unknown address of health",
        lambda application: application.stranger.get("/health/nothing"),
        404,
        "no-such-address",
    ),
    (
        "a slash too many",
        lambda application: application.stranger.get("/v1/courses/"),
        404,
        "no-such-address",
    ),
    (
        "an id that is none",
        lambda application: application.stranger.get("/v1/issued/1/verify"),
        404,
        "no-such-address",
    ),
    (
        "an unknown course",
        lambda application: application.signed_in().caller.get("/v1/courses/nothing"),
        404,
        "course-not-found",
    ),
    (
        "an unknown credential",
        lambda application: application.stranger.get(f"/v1/issued/{NOBODY}/verify"),
        404,
        "issued-credential-not-found",
    ),
    (
        "a wrong method",
        lambda application: application.signed_in().caller.send("DELETE", "/v1/me"),
        405,
        "method-not-allowed",
    ),
    (
        "a method that nobody knows",
        lambda application: application.stranger.send("BREW", "/v1/auth/login"),
        405,
        "method-not-allowed",
    ),
    (
        "a wrong method of a page",
        lambda application: application.stranger.post("/docs"),
        405,
        "method-not-allowed",
    ),
    (
        "another form than JSON",
        lambda application: application.stranger.get("/.well-known/jwks.json", Accept="text/html"),
        406,
        "not-acceptable",
    ),
    (
        "another form than a page",
        lambda application: application.stranger.get("/docs", Accept="application/json"),
        406,
        "not-acceptable",
    ),
    (
        "a state that forbids it",
        lambda application: application.signed_in().caller.post(
            f"/v1/courses/{application.published().slug}/withdraw"
        ),
        409,
        "not-enrolled",
    ),
    (
        "a body that is too long",
        lambda application: application.stranger.post("/v1/auth/login", b" " * 2**20 + b"{}"),
        413,
        "body-too-large",
    ),
    (
        "a form",
        lambda application: application.stranger.post(
            "/v1/auth/login", b"email=a", Content_Type="application/x-www-form-urlencoded"
        ),
        415,
        "unsupported-media-type",
    ),
    (
        "a body that lacks members",
        lambda application: application.stranger.post("/v1/auth/login", {}),
        422,
        "invalid-request",
    ),
    (
        "a query that makes no sense",
        lambda application: application.signed_in().caller.get("/v1/courses?limit=many"),
        422,
        "invalid-request",
    ),
    (
        "a password that is too easy",
        lambda application: application.stranger.post(
            "/v1/auth/register", {"email": "anna@school.example", "password": "password"}
        ),
        422,
        "unsuitable-password",
    ),
]


@pytest.mark.parametrize(
    ("send", "status", "code"), [row[1:] for row in ERRORS], ids=[row[0] for row in ERRORS]
)
def test_every_domain_error_is_a_problem(
    application: Application, send: Send, status: int, code: str
) -> None:
    answer = send(application)

    assert answer.status == status
    assert_is_problem(answer, code)


def test_errors_point_at_the_members_that_are_wrong(application: Application) -> None:
    root = application.signed_in(Role.ADMIN, name="Root").caller

    answer = root.post("/v1/users", {"email": "no address", "password": "x y z", "roles": ["king"]})

    assert answer.status == 422
    assert {error["pointer"] for error in answer.json["errors"]} == {"#/email", "#/roles/0"}
    assert all(error["detail"] for error in answer.json["errors"])


@pytest.mark.parametrize("body", [[], "anna", None, 7], ids=repr)
def test_an_error_of_the_whole_body_points_at_the_whole(
    application: Application, body: object
) -> None:
    answer = application.stranger.post("/v1/auth/register", body if body is not None else b"null")

    assert answer.status == 422
    assert [error["pointer"] for error in answer.json["errors"]] == ["#"]


def test_an_error_of_a_whole_definition_points_at_the_whole(application: Application) -> None:
    root = application.signed_in(Role.ADMIN, name="Root").caller

    answer = root.post("/v1/courses", {"slug": "knots", "title": "Knots"})

    assert answer.code == "invalid-definition"
    assert [error["pointer"] for error in answer.json["errors"]] == ["#"]


def test_an_error_deep_in_a_definition_points_there(application: Application) -> None:
    root = application.signed_in(Role.ADMIN, name="Root").caller
    module = {"key": "loops", "title": "", "items": []}

    answer = root.post("/v1/courses", {"slug": "knots", "title": "Knots", "modules": [module]})

    assert [error["pointer"] for error in answer.json["errors"]] == [
        "#/modules/0/items",
        "#/modules/0/title",
    ]


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("place", ["/v1/broken", "/health/broken"])
def test_an_internal_error_is_described_in_the_log_alone(
    application: Application, caplog: LogRecords, place: str
) -> None:
    answer = application.stranger.get(place)

    assert answer.status == 500
    assert_is_problem(answer, "internal-error")
    assert "swordfish" not in answer.text
    assert "RuntimeError: the secret is swordfish" in caplog.text


@pytest.mark.urls(__name__)
def test_a_database_that_fails_is_a_matter_of_trying_again(
    application: Application, caplog: LogRecords
) -> None:
    answer = application.stranger.get("/v1/away")

    assert answer.status == 503
    assert_is_problem(answer, "unavailable")
    assert answer.headers["Retry-After"] == "1"
    assert "swordfish" not in answer.text
    assert "no route to swordfish.example" in caplog.text


def assert_is_problem(answer: Answer, code: str) -> None:
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json
    assert problem["code"] == code
    assert problem["type"] == f"/problems/{code}"
    assert problem["status"] == answer.status
    assert problem["title"]
    assert problem["detail"]


@pytest.mark.parametrize(
    "accept",
    [
        "application/json",
        "application/problem+json",
        "application/json, text/plain, */*",
        "application/json;q=0.9, text/html;q=0.5",
    ],
)
@pytest.mark.parametrize("place", ["/nothing", "/v2/me", "/V1/me"])
def test_an_unknown_url_is_a_problem_for_who_expects_json(
    application: Application, place: str, accept: str
) -> None:
    answer = application.stranger.get(place, Accept=accept)

    assert (answer.status, answer.code) == (404, "no-such-address")
    assert "Accept" in answer.headers["Vary"]


@pytest.mark.parametrize(
    "accept", ["text/html", "text/html,application/xhtml+xml,*/*;q=0.8", "*/*", "image/png"]
)
def test_an_unknown_url_is_a_page_for_everyone_else(application: Application, accept: str) -> None:
    answer = application.stranger.get("/nothing", Accept=accept)

    assert (answer.status, answer.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
