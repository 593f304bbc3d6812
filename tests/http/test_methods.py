"""Allowed methods, HEAD and OPTIONS."""

import pytest

from tests.support.application import Application


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
