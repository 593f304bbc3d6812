"""Breaking changes between two OpenAPI descriptions."""

import json
from collections.abc import Callable
from functools import cache
from typing import Any, Final

import pytest

from tests.support.documents import page
from tests.support.openapi_changes import ACCEPTED, breaking_changes, last_release

CURRENT: Final = page("docs/openapi.json")
USED: Final = ("/v1/auth/login", "/v1/courses", "/v1/courses/{course}/draft", "/v1/pathways")
"""The paths that the changes are made to: to compare all of them each time takes long."""
Change = Callable[[Any], object]


@cache
def described() -> str:
    """The description with these paths alone."""
    description = json.loads(CURRENT)
    description["paths"] = {path: description["paths"][path] for path in USED}
    return json.dumps(description)


def changed(change: Change) -> Any:
    description = json.loads(described())
    change(description)
    return description


def breaks(before: Change, after: Change = lambda description: None) -> list[str]:
    return breaking_changes(changed(before), changed(after))


def unchanged(description: Any) -> None:
    """The description as it is."""


def schema(description: Any, name: str) -> Any:
    return description["components"]["schemas"][name]


def login(description: Any) -> Any:
    return description["paths"]["/v1/auth/login"]["post"]


def test_nothing_that_clients_of_the_last_release_use_is_broken_unnoticed() -> None:
    assert set(breaking_changes(last_release(), json.loads(CURRENT))) == set(ACCEPTED)


def test_the_same_description_breaks_nothing() -> None:
    assert breaks(unchanged) == []


BREAKING: Final[list[tuple[str, Change]]] = [
    (
        "GET /v1/pathways is gone.",
        lambda description: description["paths"]["/v1/pathways"].pop("get"),
    ),
    (
        "POST /v1/auth/login: the operation logIn has another name.",
        lambda description: login(description).update(operationId="signIn"),
    ),
    (
        "POST /v1/auth/login: it needs a token now.",
        lambda description: login(description).update(security=[{"accessToken": []}]),
    ),
    (
        "POST /v1/auth/login: it no longer answers with 200.",
        lambda description: login(description)["responses"].pop("200"),
    ),
    (
        "POST /v1/auth/login: it no longer answers with application/json.",
        lambda description: login(description)["responses"]["200"]["content"].clear(),
    ),
    (
        "POST /v1/auth/login: the header RateLimit of the answer is gone.",
        lambda description: login(description)["responses"]["200"]["headers"].pop("RateLimit"),
    ),
    (
        "POST /v1/auth/login: it no longer accepts application/json.",
        lambda description: login(description)["requestBody"]["content"].clear(),
    ),
    (
        "POST /v1/auth/login: the body/otp is required now.",
        lambda description: schema(description, "LogInRequest")["required"].append("otp"),
    ),
    (
        "POST /v1/auth/login: the body/email may no longer be string.",
        lambda description: schema(description, "LogInRequest")["properties"]["email"].update(
            type="integer"
        ),
    ),
    (
        "POST /v1/auth/login: the body/email has another maxLength.",
        lambda description: schema(description, "LogInRequest")["properties"]["email"].update(
            maxLength=5
        ),
    ),
    (
        "POST /v1/auth/login: the body/email no longer accepts other values.",
        lambda description: schema(description, "LogInRequest")["properties"]["email"].update(
            enum=["a@b.c"]
        ),
    ),
    (
        "POST /v1/auth/login: the answer/user/email is gone.",
        lambda description: schema(description, "User")["properties"].pop("email"),
    ),
    (
        "POST /v1/auth/login: the answer/user/email may be null now.",
        lambda description: schema(description, "User")["properties"]["email"].update(
            type=["string", "null"]
        ),
    ),
    (
        "POST /v1/auth/login: the answer/user/email may be missing now.",
        lambda description: schema(description, "User")["required"].remove("email"),
    ),
    (
        "POST /v1/auth/login: the answer/user/id has another format.",
        lambda description: schema(description, "User")["properties"]["id"].pop("format"),
    ),
    (
        "GET /v1/courses: the parameter query q is gone.",
        lambda description: description["paths"]["/v1/courses"]["get"]["parameters"].remove(
            parameter(description, "q")
        ),
    ),
    (
        "GET /v1/courses: the parameter query q is required now.",
        lambda description: parameter(description, "q").update(required=True),
    ),
    (
        "PUT /v1/courses/{course}/draft: the body/summary is no longer accepted.",
        lambda description: schema(description, "CourseDefinition")["properties"].pop("summary"),
    ),
    (
        "PUT /v1/courses/{course}/draft: the body/modules/*/items/*/type no longer accepts external.",
        lambda description: schema(description, "CourseDefinitionItem")["properties"]["type"][
            "enum"
        ].remove("external"),
    ),
]


def parameter(description: Any, name: str) -> Any:
    parameters = description["paths"]["/v1/courses"]["get"]["parameters"]
    return next(parameter for parameter in parameters if parameter["name"] == name)


@pytest.mark.parametrize(("sentence", "change"), BREAKING, ids=[name for name, _ in BREAKING])
def test_a_change_that_breaks_clients_is_reported(sentence: str, change: Change) -> None:
    assert sentence in breaks(unchanged, change)


@pytest.mark.parametrize(
    "change",
    [
        lambda description: description["paths"].update({"/v1/knots": {}}),
        lambda description: schema(description, "User")["properties"].update(
            age={"type": "integer"}
        ),
        lambda description: schema(description, "LogInRequest")["required"].remove("email"),
        lambda description: schema(description, "LogInRequest")["properties"]["email"].update(
            maxLength=500
        ),
        lambda description: login(description).update(summary="Sign in"),
    ],
    ids=["new path", "new member", "fewer required", "wider bound", "other words"],
)
def test_a_change_that_breaks_nothing_is_not_reported(change: Change) -> None:
    assert breaks(unchanged, change) == []
