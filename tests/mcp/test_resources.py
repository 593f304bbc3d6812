"""Resources: courses and items, as agents list and read them."""

import base64
import json

import pytest

from authsvc.mcp.tools import NOTICE
from tests.support.agents import VERSION, Agent, message
from tests.support.application import Application
from tests.support.builders import a_definition
from tests.support.school import items_of


def test_courses_are_listed_in_pages(application: Application, agent: Agent) -> None:
    for number in range(21):
        application.published(a_definition(slug=f"course-{number}"))

    first = agent.result("resources/list")
    second = agent.result("resources/list", cursor=first["nextCursor"])

    uris = [resource["uri"] for page in (first, second) for resource in page["resources"]]
    assert uris == [f"authsvc://courses/course-{number}" for number in range(21)]
    assert "nextCursor" not in second
    assert first["cacheScope"] == "private"


def test_a_course_and_its_items_are_read(application: Application, agent: Agent) -> None:
    course = application.published()
    uri = f"authsvc://courses/{course.slug}"

    (outline,) = agent.result("resources/read", uri=uri)["contents"]
    item_id = items_of(json.loads(outline["text"]))[0]
    (item,) = agent.result("resources/read", uri=f"{uri}/items/{item_id}")["contents"]

    assert json.loads(outline["text"]) == agent.call("read_course", course=course.slug)
    assert json.loads(item["text"])["id"] == item_id
    assert item["_meta"] == {"authsvc/notice": NOTICE}
    assert item["mimeType"] == "application/json"


def test_the_templates_say_how_to_read_them(agent: Agent) -> None:
    templates = agent.result("resources/templates/list")["resourceTemplates"]

    assert [template["uriTemplate"] for template in templates] == [
        "authsvc://courses/{course}",
        "authsvc://courses/{course}/items/{item_id}",
    ]


@pytest.mark.parametrize(
    "uri",
    [
        "authsvc://courses/missing",
        "authsvc://courses/missing/items/00000000-0000-0000-0000-000000000000",
        "authsvc://courses/a%2Fb",
        "authsvc://courses/../me",
        "authsvc://courses/a\0",
        "authsvc://courses/a\n",
        "https://school.example/v1/me",
        "file:///etc/passwd",
        "authsvc://courses/" + "x" * 100_000,
    ],
)
@pytest.mark.parametrize(("version", "code"), [(VERSION, -32602), ("2025-11-25", -32002)])
def test_a_resource_that_does_not_exist(agent: Agent, uri: str, version: str, code: int) -> None:
    params = {"uri": uri, "_meta": {}}
    if version == VERSION:
        params["_meta"] = {
            "io.modelcontextprotocol/protocolVersion": VERSION,
            "io.modelcontextprotocol/clientCapabilities": {},
        }
    name = f"=?base64?{base64.b64encode(uri.encode()).decode()}?="
    answer = agent.send(
        message("resources/read", params),
        MCP_Protocol_Version=version,
        Mcp_Method="resources/read",
        Mcp_Name=name,
    )

    assert answer.json["error"]["code"] == code
