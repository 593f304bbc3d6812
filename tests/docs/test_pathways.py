"""The definitions in docs/pathways.md are valid, and its lists are complete."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest
import yaml

from accounts.domain.access import Role
from courses.definitions.pathways import PATHWAY_SCHEMA, read_pathway
from courses.domain.errors import InvalidPathwayDefinition
from progress.domain.entities.pathways import Standing
from tests.support.application import Application
from tests.support.builders import a_definition_of
from tests.support.documents import fences, page, table_under
from tests.support.operations import routes

PAGE: Final = page("docs/pathways.md")
EXAMPLE, WRONG = [fence.text for fence in fences(PAGE) if fence.language == "yaml"]


def _members(schema: Any) -> Iterator[str]:
    """The names of all members in the schema."""
    if isinstance(schema, Mapping):
        yield from schema.get("properties", {}) if schema.get("type") == "object" else ()
        for inner in schema.values():
            yield from _members(inner)


def test_the_example_shows_every_member() -> None:
    shown = {word.strip(" -") for word in EXAMPLE.replace(":", "\n").split("\n")}

    assert set(_members(PATHWAY_SCHEMA)) - shown == set()


def test_every_member_is_described() -> None:
    described = [row[0].strip("`") for row in table_under("## Members", PAGE)]

    assert sorted(described) == sorted(set(_members(PATHWAY_SCHEMA)))


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

    with pytest.raises(InvalidPathwayDefinition) as error:
        read_pathway(WRONG)

    lines = [
        f"{field_error.path}: {field_error.detail}" for field_error in error.value.field_errors
    ]
    assert lines == shown.splitlines()


def test_the_schema_is_where_the_page_says(application: Application) -> None:
    address = "/v1/schemas/pathway-definition.json"
    served = application.stranger.get(address)

    assert f"`{address}`" in PAGE
    assert served.status == 200
    assert served.json == json.loads(json.dumps(PATHWAY_SCHEMA))


def test_the_example_is_taken_over_http(application: Application) -> None:
    author = application.signed_in(Role.INSTRUCTOR, name="Bo")
    for slug, _ in read_pathway(EXAMPLE).courses:
        application.published(a_definition_of(required=1, slug=slug))

    created = author.caller.post("/v1/pathways", yaml.safe_load(EXAMPLE))
    published = author.caller.post("/v1/pathways/from-knots-to-nets/publish")

    assert created.status == 201
    assert published.json["version"] == 1
