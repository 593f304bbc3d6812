"""The OpenAPI file and its page."""

import json
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from importlib.util import find_spec, module_from_spec
from io import StringIO
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from jsonschema import Draft202012Validator
from pytest_django import Settings

from tests.support.application import Application, Caller
from tests.support.documents import page
from tests.support.operations import PUBLIC_FILES

OPENAPI = json.loads(page("docs/openapi.json"))


class Parts(HTMLParser):
    """What a page loads, and the scripts that stand in the page itself."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.inline_scripts: list[str] = []
        self._is_script = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._is_script = tag == "script"
        for name, value in attrs:
            if name in ("src", "href") and value:
                self.loads.append(value)
            if name.startswith("on"):
                self.inline_scripts.append(f"{name}={value}")

    def handle_data(self, data: str) -> None:
        if self._is_script and data.strip():
            self.inline_scripts.append(data)


def routes(patterns: list[Any], before: str = "") -> Iterator[str]:
    """Every URL of the application, as OpenAPI writes it."""
    for pattern in patterns:
        address = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, address)
        elif isinstance(pattern, URLPattern):
            yield "/" + re.sub(r"<\w+:(\w+)>", r"{\1}", address)


@cache
def generated() -> Any:
    """The file as the code would write it now."""
    written = StringIO()
    call_command("spectacular", format="openapi-json", stdout=written)
    return json.loads(written.getvalue())


def test_the_file_is_what_the_code_says() -> None:
    assert generated() == OPENAPI


def test_an_answer_in_a_form_of_its_own_has_the_schema_that_is_stated() -> None:
    path = generated()["paths"]["/v1/schemas/course-definition.json"]

    answer = path["get"]["responses"]["200"]["content"]

    assert answer == {"application/schema+json": {"schema": {"type": "object"}}}


def test_the_file_is_what_is_served(application: Application) -> None:
    answer = application.stranger.get("/v1/openapi.json")

    assert answer.status == 200
    assert answer.json == OPENAPI


def test_every_address_of_the_api_is_described() -> None:
    described = set(OPENAPI["paths"]) | PUBLIC_FILES

    documented = {
        route
        for route in routes(get_resolver().url_patterns)
        if route.startswith(("/v1/", "/.well-known/", "/issuers/", "/ims/"))
    }

    assert documented == described


def test_every_operation_has_a_name_of_its_own_and_a_summary() -> None:
    operations = [
        operation for methods in OPENAPI["paths"].values() for operation in methods.values()
    ]
    names = [operation["operationId"] for operation in operations]

    assert len(names) == len(set(names))
    assert all(operation["summary"] for operation in operations)


def test_every_answer_that_is_no_success_is_a_problem() -> None:
    for path, methods in OPENAPI["paths"].items():
        form = "application/json" if path.startswith("/ims/") else "application/problem+json"
        for operation in methods.values():
            errors = {
                status: set(answer["content"])
                for status, answer in operation["responses"].items()
                if status.startswith(("4", "5"))
            }

            assert set().union(*errors.values()) == {form}


def references(part: Any) -> Iterator[str]:
    if isinstance(part, list):
        for inner in part:
            yield from references(inner)
    elif isinstance(part, dict):
        for key, inner in part.items():
            if key == "$ref" and isinstance(inner, str):
                yield inner
            else:
                yield from references(inner)


def target_of(reference: str) -> Any:
    target = OPENAPI
    for step in reference.removeprefix("#/").split("/"):
        target = target[step]
    return target


def test_every_reference_leads_to_something_in_the_file() -> None:
    assert {reference[:13] for reference in references(OPENAPI)} == {"#/components/"}
    assert all(target_of(reference) for reference in references(OPENAPI))


def bodies() -> Iterator[tuple[str, str, Any]]:
    """The bodies of all requests and answers: name of the operation, media type, and content."""
    for methods in OPENAPI["paths"].values():
        for operation in methods.values():
            for body in (operation.get("requestBody", {}), *operation["responses"].values()):
                for media_type, content in body.get("content", {}).items():
                    yield operation["operationId"], media_type, content


def test_every_json_body_has_an_example_that_suits_its_schema() -> None:
    wrong = []
    for name, media_type, content in bodies():
        if media_type != "application/json":
            continue
        schema = {"allOf": [content["schema"]], "components": OPENAPI["components"]}
        if not Draft202012Validator(schema).is_valid(content["example"]):
            wrong.append(name)

    assert wrong == []


def test_the_problems_of_an_operation_are_stated_with_an_example_each() -> None:
    schema = {
        "$ref": "#/components/schemas/Problem",
        "components": OPENAPI["components"],
    }
    problems = [content for _, media_type, content in bodies() if "problem" in media_type]
    examples = {
        code: target_of(example["$ref"])["value"]
        for content in problems
        for code, example in content["examples"].items()
    }

    assert all(content["examples"] for content in problems)
    assert len(examples) > 60
    for code, example in examples.items():
        assert example["code"] == code
        Draft202012Validator(schema).validate(example)


def test_the_page_loads_nothing_from_elsewhere(application: Application) -> None:
    parts = Parts(application.stranger.get("/docs").text)

    assert len(parts.loads) >= 4
    for place in parts.loads:
        assert urlsplit(place)[:2] == ("", "")
        with closing(Client().get(place)) as loaded:
            assert loaded.status_code == 200, place


def test_the_page_works_under_its_content_security_policy(application: Application) -> None:
    answer = application.stranger.get("/docs")
    policy = answer.headers["Content-Security-Policy"].split("; ")

    assert "default-src 'self'" in policy
    assert not any(directive.startswith("script-src") for directive in policy)
    assert Parts(answer.text).inline_scripts == []


def test_the_page_shows_the_served_file(application: Application) -> None:
    (script,) = [
        place for place in Parts(application.stranger.get("/docs").text).loads if "script=" in place
    ]

    answer = application.stranger.get(script)

    assert "javascript" in answer.headers["Content-Type"]
    assert '"/v1/openapi.json"' in answer.text


@pytest.fixture
def without_docs(settings: Settings, application: Application) -> Caller:
    """A caller of the application with the URLs that it has where the docs are switched off."""
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, shows_docs=False)
    specification = find_spec(settings.ROOT_URLCONF)
    assert specification is not None
    assert specification.loader is not None
    settings.ROOT_URLCONF = urls = module_from_spec(specification)
    specification.loader.exec_module(urls)
    return application.stranger


@pytest.mark.parametrize("place", ["/docs", "/docs?script=", "/v1/openapi.json"])
def test_with_the_docs_switched_off_there_is_nothing(without_docs: Caller, place: str) -> None:
    answer = without_docs.get(place)

    assert answer.status == 404
    assert "openapi" not in answer.text


def test_with_the_docs_switched_off_the_rest_is_there(without_docs: Caller) -> None:
    assert without_docs.get("/.well-known/jwks.json").status == 200
