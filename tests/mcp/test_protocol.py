"""The Model Context Protocol over HTTP: messages, revisions and errors."""

import json
from typing import Any

import pytest

from tests.support.agents import VERSION, Agent, message
from tests.support.application import Application, Caller
from tests.support.relying import registered

META = {
    "io.modelcontextprotocol/protocolVersion": VERSION,
    "io.modelcontextprotocol/clientCapabilities": {},
}


def test_a_client_discovers_the_server(agent: Agent) -> None:
    result = agent.result("server/discover")

    assert result["supportedVersions"] == ["2025-06-18", "2025-11-25", "2026-07-28"]
    assert result["capabilities"] == {"tools": {}, "resources": {}}
    assert (result["resultType"], result["cacheScope"]) == ("complete", "public")


@pytest.mark.parametrize(
    ("requested", "agreed"),
    [("2025-06-18", "2025-06-18"), ("2025-11-25", "2025-11-25"), ("1999-01-01", "2025-11-25")],
)
def test_an_earlier_client_shakes_hands(agent: Agent, requested: str, agreed: str) -> None:
    hello = message("initialize", {"protocolVersion": requested, "capabilities": {}})
    answer = agent.caller.post("/mcp", hello)

    assert answer.json["result"]["protocolVersion"] == agreed
    assert "Mcp-Session-Id" not in answer.headers
    pinged = agent.send(message("ping", {}), MCP_Protocol_Version=agreed)
    assert pinged.json["result"] == {}
    listed = agent.send(message("tools/list", {}), MCP_Protocol_Version=agreed).json["result"]
    assert listed.keys() == {"tools"}


def test_a_notification_gets_no_answer(agent: Agent) -> None:
    note = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    answer = agent.send(note, MCP_Protocol_Version="2025-11-25")

    assert (answer.status, answer.text) == (202, "")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", -32600),
        (b"{", -32700),
        (b"\xff", -32700),
        (b'{"id": NaN}', -32700),
        (b"[" * 100_000, -32700),
        (b"1" * 5_000, -32700),
        (json.dumps([message("ping", {})]).encode(), -32600),
        (b"[]", -32600),
        (b"null", -32600),
        ({"id": 1, "method": "ping"}, -32600),
        ({"jsonrpc": "1.0", "id": 1, "method": "ping"}, -32600),
        ({"jsonrpc": "2.0", "id": 1}, -32600),
        ({"jsonrpc": "2.0", "id": 1, "result": {}}, -32600),
        ({"jsonrpc": "2.0", "id": 1, "method": ["ping"]}, -32600),
        ({"jsonrpc": "2.0", "id": None, "method": "ping"}, -32600),
        ({"jsonrpc": "2.0", "id": True, "method": "ping"}, -32600),
        ({"jsonrpc": "2.0", "id": 1.5, "method": "ping"}, -32600),
        ({"jsonrpc": "2.0", "id": 2**53, "method": "ping"}, -32600),
        ({"jsonrpc": "2.0", "id": "x" * 256, "method": "ping"}, -32600),
        ({"jsonrpc": "2.0", "id": 1, "method": "ping", "params": []}, -32600),
    ],
)
def test_a_malformed_message_is_rejected(agent: Agent, body: Any, code: int) -> None:
    answer = agent.send(body)

    assert (answer.status, answer.json["error"]["code"]) == (400, code)
    assert answer.json["id"] is None


def test_an_unknown_method_is_rejected(agent: Agent) -> None:
    answer = agent.ask("tools/destroy")

    assert (answer.status, answer.json["error"]["code"]) == (404, -32601)


@pytest.mark.parametrize("method", ["initialize", "ping", "subscriptions/listen"])
def test_methods_of_other_revisions_are_unknown(agent: Agent, method: str) -> None:
    assert agent.ask(method).json["error"]["code"] == -32601


def test_an_earlier_client_reads_errors_from_answers_with_200(agent: Agent) -> None:
    answer = agent.send(message("tools/destroy", {}), MCP_Protocol_Version="2025-11-25")

    assert (answer.status, answer.json["error"]["code"]) == (200, -32601)


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"name": "rm", "arguments": {}}, -32602),
        ({"name": "read_course", "arguments": []}, -32602),
        ({"arguments": {}}, -32602),
        ({"name": 1}, -32602),
    ],
)
def test_a_malformed_call_is_rejected(agent: Agent, params: Any, code: int) -> None:
    answer = agent.send(message("tools/call", params), MCP_Protocol_Version="2025-11-25")

    assert answer.json["error"]["code"] == code


@pytest.mark.parametrize("method", ["tools/list", "resources/templates/list", "resources/list"])
@pytest.mark.parametrize("cursor", ["next", 1, None])
def test_a_made_up_cursor_is_rejected(agent: Agent, method: str, cursor: Any) -> None:
    answer = agent.ask(method, cursor=cursor)

    assert answer.json["error"]["code"] == -32602


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"MCP_Protocol_Version": "2027-01-01"}, -32020),
        ({"Mcp_Method": "tools/call"}, -32020),
        ({"Mcp_Method": "tools/list,tools/list"}, -32020),
        ({}, -32020),
    ],
)
def test_headers_that_differ_from_the_body_are_rejected(
    agent: Agent, headers: dict[str, str], code: int
) -> None:
    answer = agent.send(message("tools/list", {"_meta": META}), **headers)

    assert (answer.status, answer.json["error"]["code"]) == (400, code)


def test_the_name_of_a_tool_is_compared_with_its_header(agent: Agent) -> None:
    body = message("tools/call", {"_meta": META, "name": "my_progress", "arguments": {}})

    other = agent.send(body, Mcp_Method="tools/call", Mcp_Name="enroll")
    encoded = agent.send(body, Mcp_Method="tools/call", Mcp_Name="=?base64?bXlfcHJvZ3Jlc3M=?=")
    broken = agent.send(body, Mcp_Method="tools/call", Mcp_Name="=?base64?bXl?=")

    assert [answer.status for answer in (other, encoded, broken)] == [400, 200, 400]


def test_an_unsupported_version_is_rejected_with_those_that_are(agent: Agent) -> None:
    meta = META | {"io.modelcontextprotocol/protocolVersion": "2027-01-01"}
    answer = agent.send(
        message("tools/list", {"_meta": meta}),
        MCP_Protocol_Version="2027-01-01",
        Mcp_Method="tools/list",
    )

    assert (answer.status, answer.json["error"]["code"]) == (400, -32022)
    assert VERSION in answer.json["error"]["data"]["supported"]


@pytest.mark.parametrize(
    "meta", [None, 1, {}, {"io.modelcontextprotocol/protocolVersion": VERSION}]
)
def test_a_request_without_its_metadata_is_rejected(agent: Agent, meta: Any) -> None:
    answer = agent.send(message("tools/list", {"_meta": meta}), Mcp_Method="tools/list")

    assert (answer.status, answer.json["error"]["code"]) == (400, -32602)


def test_a_request_without_a_version_is_rejected(agent: Agent) -> None:
    answer = agent.caller.post("/mcp", message("tools/list", {}))

    assert (answer.status, answer.json["error"]["code"]) == (400, -32020)


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT", "PATCH", "OPTIONS", "HEAD"])
def test_there_is_no_stream_and_no_session(agent: Agent, method: str) -> None:
    answer = agent.caller.send(method, "/mcp")

    assert (answer.status, answer.headers["Allow"]) == (405, "POST")


def test_a_session_id_is_unknown_whoever_sends_it(agent: Agent) -> None:
    answer = agent.send(message("ping", {}), Mcp_Session_Id="1868a90c-0d0c-4f6c")

    assert (answer.status, answer.code) == (404, "session-unknown")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Accept": "text/event-stream"}, 406),
        ({"Content_Type": "text/plain"}, 415),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_other_requests_are_rejected(agent: Agent, headers: dict[str, str], status: int) -> None:
    assert agent.send(message("ping", {}), **headers).status == status


def test_a_body_that_is_too_large_is_rejected(agent: Agent) -> None:
    answer = agent.send(b" " * 10 * 2**20)

    assert (answer.status, answer.code) == (413, "body-too-large")


def test_without_a_token_the_client_learns_where_to_get_one(application: Application) -> None:
    answer = application.stranger.post("/mcp", message("server/discover", {}))

    challenge = answer.headers["WWW-Authenticate"]
    assert (answer.status, answer.code) == (401, "not-authenticated")
    assert '/.well-known/oauth-protected-resource/mcp"' in challenge
    assert 'scope="courses:read progress:read credentials:read"' in challenge


def test_the_metadata_names_the_endpoint(application: Application) -> None:
    metadata = application.stranger.get("/.well-known/oauth-protected-resource/mcp").json

    assert metadata["resource"].endswith("/mcp")
    assert metadata["scopes_supported"] == [
        *("courses:read", "progress:read", "credentials:read", "progress:write", "ai:write")
    ]


@pytest.mark.parametrize("token", ["nonsense", "", "a.b.c"])
def test_an_invalid_token_is_rejected(token: str, application: Application) -> None:
    answer = Agent(Caller(token or "x")).ask("tools/list")

    assert (answer.status, answer.code) == (401, "invalid-token")
    assert "/oauth-protected-resource/mcp" in answer.headers["WWW-Authenticate"]


def test_a_page_of_a_registered_origin_can_connect(application: Application, agent: Agent) -> None:
    registered(application, is_public=True, allowed_origins=("https://app.example",))

    preflight = agent.caller.send(
        "OPTIONS",
        "/mcp",
        headers={
            "Origin": "https://app.example",
            "Access_Control_Request_Method": "POST",
        },
    )
    answer = agent.send(
        message("ping", {}), MCP_Protocol_Version="2025-11-25", Origin="https://app.example"
    )

    assert "Mcp-Method" in preflight.headers["Access-Control-Allow-Headers"]
    assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (
        200,
        "https://app.example",
    )
