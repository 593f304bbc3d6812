"""Response headers of the API and of pages."""

from contextlib import closing

import pytest
import time_machine
from django.test import Client

from authsvc.config.logs import request_id
from tests.support.application import Application

API = ["/v1/me", "/v1/nothing", "/.well-known/jwks.json", "/health"]
PAGES = ["/docs", "/docs?script=", "/nothing"]
STATIC = "/static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui.css"


@pytest.mark.usefixtures("application")
@pytest.mark.parametrize("place", [*API, *PAGES, STATIC])
def test_every_answer_bears_the_id_that_the_request_came_with(place: str) -> None:
    with closing(Client().get(place, headers={"X-Request-Id": "from-the-proxy_1"})) as answer:
        assert answer.headers["X-Request-Id"] == "from-the-proxy_1"


@pytest.mark.parametrize(
    "given", ["", "short", "a" * 65, "two words", "a\u00e4bcdefgh", "<script>"]
)
def test_an_id_that_is_unfit_for_a_log_is_replaced(application: Application, given: str) -> None:
    answer = application.stranger.get("/health", X_Request_Id=given)

    assert answer.headers["X-Request-Id"] != given
    assert len(answer.headers["X-Request-Id"]) == 32


def test_without_an_id_each_request_gets_its_own(application: Application) -> None:
    answers = [application.stranger.get("/health") for _ in range(3)]

    assert len({answer.headers["X-Request-Id"] for answer in answers}) == 3


@pytest.mark.parametrize("place", [*API, *PAGES])
def test_no_answer_can_be_taken_for_something_else(application: Application, place: str) -> None:
    answer = application.stranger.get(place)

    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Embedder-Policy"] == "require-corp"


def test_security_txt_names_a_contact_and_expires_within_a_year(application: Application) -> None:
    """RFC 9116 §2.5."""
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False):
        answer = application.stranger.get("/.well-known/security.txt")

    assert answer.headers["Content-Type"].startswith("text/plain")
    assert answer.text == (
        "Contact: mailto:security@localhost\n"
        "Expires: 2026-08-28T00:00:00+00:00\n"
        "Preferred-Languages: en\n"
        "Canonical: http://localhost:8000/.well-known/security.txt\n"
    )


@pytest.mark.parametrize("place", PAGES)
def test_a_page_may_load_its_own_things_alone_and_stand_in_no_frame(
    application: Application, place: str
) -> None:
    answer = application.stranger.get(place)

    policy = set(answer.headers["Content-Security-Policy"].split("; "))
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert policy == {
        "default-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    }


@pytest.mark.parametrize("place", ["/v1/me", "/v1/courses", "/v1/nothing", "/health"])
def test_the_api_neither_sets_nor_reads_a_cookie(application: Application, place: str) -> None:
    anna = application.signed_in().caller

    answer = anna.get(place, Cookie="sessionid=abc; csrftoken=def")

    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers.get("Vary", "")


def test_the_api_requires_no_csrf_token(application: Application) -> None:
    answer = application.stranger.post("/v1/auth/login", {"email": "a@b.c", "password": "d"})

    assert answer.code == "invalid-credentials"


@pytest.mark.parametrize("place", ["/v1/me", "/v1/courses", "/v1/credentials"])
def test_no_cache_keeps_what_is_personal(application: Application, place: str) -> None:
    answers = [application.signed_in().caller.get(place), application.stranger.get(place)]

    assert [answer.headers["Cache-Control"] for answer in answers] == ["no-store", "no-store"]


@pytest.mark.parametrize("place", ["/.well-known/jwks.json", "/v1/schemas/course-definition.json"])
def test_caches_may_keep_what_is_everybodys(application: Application, place: str) -> None:
    answer = application.stranger.get(place)

    assert answer.headers["Cache-Control"].startswith("public, max-age=")


def test_what_is_logged_after_a_request_is_of_no_request(application: Application) -> None:
    application.stranger.get("/v1/courses", X_Request_Id="request-of-anna")

    assert request_id.get() == ""
