"""The definitions in docs/pathways.md are valid, and its lists are complete."""

from typing import Final

import yaml

from accounts.domain.access import Role
from courses.definitions.pathways import PATHWAY_SCHEMA, read_pathway
from progress.domain.entities.pathways import Standing
from tests.support.application import Application
from tests.support.builders import a_definition_of
from tests.support.definitions import pathway_errors_in
from tests.support.documents import fences, members_of, page, table_under, words_in
from tests.support.operations import routes

PAGE: Final = page("docs/pathways.md")
EXAMPLE, WRONG = [fence.text for fence in fences(PAGE) if fence.language == "yaml"]


def test_the_example_shows_every_member() -> None:
    assert members_of(PATHWAY_SCHEMA) - words_in(EXAMPLE) == set()


def test_every_member_is_described() -> None:
    described = [row[0].strip("`") for row in table_under("## Members", PAGE)]

    assert sorted(described) == sorted(members_of(PATHWAY_SCHEMA))


def test_the_requests_are_those_that_there_are() -> None:
    described = {row[0].strip("`") for row in table_under("## Import and publish", PAGE)}
    of_authors = {
        f"{route.method} {route.path}"
        for route in routes().values()
        if route.path.startswith("/v1/pathways") and route.method != "GET"
    }

    assert described == of_authors


def test_every_standing_is_named() -> None:
    assert [standing for standing in Standing if f"`{standing.value}`" not in PAGE] == []


def test_the_errors_shown_are_those_that_are_reported() -> None:
    (shown,) = [fence.text for fence in fences(PAGE) if fence.language == "text"]

    lines = [": ".join(error) for error in pathway_errors_in(WRONG)]
    assert lines == shown.splitlines()


def test_the_example_is_taken_over_http(application: Application) -> None:
    author = application.signed_in(Role.INSTRUCTOR, name="Bo")
    for slug, _ in read_pathway(EXAMPLE).courses:
        application.published(a_definition_of(required=1, slug=slug))

    created = author.caller.post("/v1/pathways", yaml.safe_load(EXAMPLE))
    published = author.caller.post("/v1/pathways/from-knots-to-nets/publish")

    assert created.status == 201
    assert published.json["version"] == 1
