"""The SDK of the Model Context Protocol for Python, unmodified, as an agent that nobody has registered."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from mcp import Client
from mcp.client.auth import OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import (
    AuthorizationCodeResult,
    OAuthClientInformationFull,
    OAuthClientMetadata,
    OAuthToken,
)
from pydantic import AnyUrl

from tests.support.client_documents import DocumentHost
from tests.support.forms import WireBrowser
from tests.support.patience import PATIENCE
from tests.support.provider import LANDING, at_a_browser
from tests.support.school import SAMPLE, School, items_of

pytestmark = pytest.mark.database

SLUG = SAMPLE.rpartition("/")[2]


@pytest.fixture
def anna(agent_school: School) -> Iterator[WireBrowser]:
    with closing(at_a_browser(agent_school)) as browser:
        yield browser


@dataclass
class Memory:
    """What the SDK stores of a connection; implements its TokenStorage."""

    tokens: OAuthToken | None = None
    client: OAuthClientInformationFull | None = None
    opened: list[str] = field(default_factory=list)

    async def get_tokens(self) -> OAuthToken | None:
        return self.tokens

    async def set_tokens(self, tokens: OAuthToken) -> None:
        self.tokens = tokens

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        return self.client

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        self.client = client_info


def sign_in_of(url: str, memory: Memory, browser: WireBrowser, host: DocumentHost) -> Any:
    """The sign-in of the SDK, whose user goes along with everything at the browser."""
    landed: list[str] = []

    async def redirect(address: str) -> None:
        memory.opened.append(address)
        sight = await asyncio.to_thread(browser.go_along, address)
        assert sight.is_elsewhere, sight
        landed.append(sight.address)

    async def callback() -> AuthorizationCodeResult:
        query = parse_qs(urlsplit(landed[-1]).query)
        return AuthorizationCodeResult(**{name: values[0] for name, values in query.items()})

    return OAuthClientProvider(
        server_url=url,
        client_metadata=OAuthClientMetadata(
            client_name="Helpful Agent",
            redirect_uris=[AnyUrl(LANDING)],
            grant_types=["authorization_code", "refresh_token"],
        ),
        storage=memory,
        redirect_handler=redirect,
        callback_handler=callback,
        client_metadata_url=host.url,
    )


async def connected(
    school: School, browser: WireBrowser, host: DocumentHost, memory: Memory, *, mode: str
) -> dict[str, Any]:
    """What an agent sees and does, from no token to a completed item."""
    url = f"{school.server.url}/mcp"
    sign_in = sign_in_of(url, memory, browser, host)
    async with (
        httpx2.AsyncClient(auth=sign_in, timeout=PATIENCE, trust_env=False) as http,
        Client(streamable_http_client(url, http_client=http), mode=mode) as client,
    ):
        tools = (await client.list_tools()).tools
        resources = (await client.list_resources()).resources
        outline = await client.read_resource(f"authsvc://courses/{SLUG}")
        courses = await client.call_tool("find_courses", {})
        first_prompts = len(memory.opened)
        await client.call_tool("enroll", {"course": SLUG})
        item = items_of(json.loads(outline.contents[0].text))[0]  # type: ignore[union-attr]  # text
        done = await client.call_tool("complete_item", {"course": SLUG, "item_id": item})
        unknown = await client.call_tool("read_course", {"course": "missing"})
    return {
        "tools": [tool.name for tool in tools],
        "resources": [str(resource.uri) for resource in resources],
        "courses": [course["slug"] for course in courses.structured_content["items"]],
        "asked": (first_prompts, len(memory.opened)),
        "completed": done.structured_content["completed_items"] == [item],
        "unknown": unknown.is_error,
    }


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_an_agent_connects_without_registration_lists_calls_and_reads(
    agent_school: School, anna: WireBrowser, host: DocumentHost, mode: str
) -> None:
    memory = Memory()

    report = asyncio.run(connected(agent_school, anna, host, memory, mode=mode))

    assert len(report["tools"]) == 11
    assert report["resources"] == [f"authsvc://courses/{slug}" for slug in report["courses"]]
    assert SLUG in report["courses"]
    assert report["completed"]
    assert report["unknown"]
    # It began with scopes for reading, and asked for the other one when it needed it.
    assert report["asked"] == (1, 2)
    first, second = (parse_qs(urlsplit(address).query) for address in memory.opened)
    assert "progress:write" not in first["scope"][0]
    assert "progress:write" in second["scope"][0]
    assert first["resource"] == [f"{agent_school.server.url}/mcp"]
    assert first["client_id"] == [host.url]
