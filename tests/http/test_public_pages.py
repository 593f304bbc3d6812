"""The front page and the problem types, as HTML and as JSON."""

from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

import pytest
from pytest_django import Settings

from authsvc.http.problem_types import problem_types
from tests.support.application import Answer, Application
from tests.support.documents import page

BROWSER: Final = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
SECTIONS: Final = page("docs/problems.md").count("\n## ")


def page_for_browsers(application: Application, path: str) -> Answer:
    """The answer to a browser."""
    return application.stranger.get(path, Accept=BROWSER)


def test_the_front_page_says_what_this_is_and_where_its_parts_are(
    application: Application,
) -> None:
    answer = page_for_browsers(application, "/")

    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "Courses, and credentials that anyone can verify" in answer.text
    assert "Problem types" in answer.text
    assert '<form method="get" action="/verify">' in answer.text
    assert 'Verify<span class="visually-hidden"> a credential</span></a>' in answer.text
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert "Accept" in answer.headers["Vary"].split(", ")


def test_every_address_on_the_front_page_is_served(application: Application) -> None:
    links = application.stranger.get("/").json

    assert links.pop("name") == "authsvc"
    assert {"documentation", "openapi", "problems", "health"} <= links.keys()
    for url in links.values():
        path = urlsplit(url).path
        answer = application.stranger.get(path)
        assert answer.status in ({401} if path == "/mcp" else {200, 302}), path


def test_the_front_page_names_the_description_of_the_api(application: Application) -> None:
    links = application.stranger.get("/").headers["Link"]

    assert '/v1/openapi.json>; rel="service-desc"' in links
    assert '/docs>; rel="service-doc"' in links


@pytest.mark.parametrize("accept", ["*/*", "application/json", None])
def test_programs_get_json(application: Application, accept: str | None) -> None:
    headers = {"Accept": accept} if accept else {}

    assert application.stranger.get("/", **headers).json["name"] == "authsvc"
    assert application.stranger.get("/problems", **headers).json["items"]


def test_without_a_database_the_front_page_names_no_pages(
    application: Application, settings: Settings
) -> None:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, database_url="", shows_docs=False)

    answer, page_ = application.stranger.get("/"), page_for_browsers(application, "/")

    assert answer.json.keys() == {"name", "verify", "problems", "health"}
    assert "Link" not in answer.headers
    assert "Sign in" not in page_.text


def test_all_problem_types_are_listed(application: Application) -> None:
    items = application.stranger.get("/problems").json["items"]
    listed = page_for_browsers(application, "/problems").text

    assert len(items) == len(problem_types()) == SECTIONS
    for item in items:
        assert f'<a href="{item["type"]}">' in listed


def test_the_type_of_a_problem_leads_to_what_it_means(application: Application) -> None:
    problem = application.stranger.get("/v1/me").json

    described = application.stranger.get(problem["type"])
    shown = page_for_browsers(application, problem["type"])

    for name in ("code", "status", "title"):
        assert described.json[name] == problem[name]
    assert described.json["description"]
    assert f"<h1>{problem['title']}</h1>" in shown.text


def test_every_problem_type_has_a_page(application: Application) -> None:
    for problem_type in problem_types().values():
        answer = page_for_browsers(application, problem_type.path)

        assert answer.status == 200, problem_type.code
        assert problem_type.page in answer.text
        assert "](" not in problem_type.page


def test_an_unknown_problem_type_is_answered_with_the_list(application: Application) -> None:
    answer = page_for_browsers(application, "/problems/<script>")
    problem = application.stranger.get("/problems/none")

    assert answer.status == 404
    assert "<code>&lt;script&gt;</code>" in answer.text
    assert "/problems/already-enrolled" in answer.text
    assert (problem.status, problem.code) == (404, "no-such-address")


@pytest.mark.parametrize("path", ["/", "/problems", "/problems/already-enrolled"])
def test_public_pages_are_only_read(application: Application, path: str) -> None:
    assert application.stranger.send("HEAD", path).status == 200
    error = application.stranger.send("DELETE", path)
    assert error.status == 405
    assert error.headers["Allow"] == "GET, HEAD"
