"""Allowed methods, HEAD and OPTIONS."""

import pytest
from django.test import Client

from authsvc.http.middleware import API_PREFIXES
from tests.support.application import Application
from tests.support.operations import urls

DOCUMENTS = ["/health", "/health/ready", "/.well-known/security.txt", "/.well-known/jwks.json"]


def test_the_answer_to_a_wrong_method_names_the_allowed_ones(application: Application) -> None:
    answer = application.signed_in().caller.post("/v1/me")

    assert answer.status == 405
    assert sorted(answer.headers["Allow"].split(", ")) == ["GET", "HEAD", "OPTIONS", "PATCH"]


def test_options_names_the_methods_and_says_nothing_else(application: Application) -> None:
    answer = application.signed_in().caller.send("OPTIONS", "/v1/courses")

    assert answer.status == 204
    assert answer.text == ""
    assert sorted(answer.headers["Allow"].split(", ")) == ["GET", "HEAD", "OPTIONS", "POST"]


@pytest.mark.parametrize("place", ["/v1/courses", "/v1/courses/nothing", "/v1/nothing"])
def test_head_is_get_without_its_body(application: Application, place: str) -> None:
    anna = application.signed_in().caller

    got, head = anna.get(place), anna.send("HEAD", place)

    assert head.status == got.status
    assert head.text == ""
    assert head.headers["Content-Type"] == got.headers["Content-Type"]
    assert head.headers["Content-Length"] == str(len(got.text.encode()))


@pytest.mark.parametrize("place", DOCUMENTS)
@pytest.mark.parametrize("method", ["PUT", "POST", "PATCH", "DELETE", "PROPFIND"])
def test_documents_outside_of_the_api_name_the_allowed_methods(
    application: Application, place: str, method: str
) -> None:
    answer = application.stranger.send(method, place)

    assert (answer.status, answer.code) == (405, "method-not-allowed")
    assert sorted(answer.headers["Allow"].split(", ")) == ["GET", "HEAD", "OPTIONS"]
    assert application.stranger.send("OPTIONS", place).status == 204


@pytest.mark.usefixtures("application")
@pytest.mark.every_database
def test_nothing_without_a_session_is_checked_for_forged_requests() -> None:
    """The check needs a cookie, and its answer is a page."""
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    places = {url.partition("<")[0] for url, _ in urls() if url.startswith(API_PREFIXES)}
    answers = {place: client.put(place) for place in places}

    assert len(answers) > 40
    assert [place for place, answer in answers.items() if answer.status_code == 403] == []
    pages = {"/.well-known/change-password"}
    assert {
        place
        for place, answer in answers.items()
        if answer.content and "html" in answer.headers["Content-Type"]
    } <= pages
