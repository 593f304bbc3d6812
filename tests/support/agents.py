"""Agents: callers of the endpoint for agents, with tokens for it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any, Final
from uuid import UUID

from accounts.domain.access import PASSWORD, Authentication, Scope, UserId
from accounts.domain.identity.entities.tokens import TokenPair
from accounts.domain.oauth.entities.authorizations import Permission
from accounts.domain.oauth.entities.clients import OAuthClient
from authsvc.http.protected_resource import AGENT_SCOPES, AGENTS_PATH, resource_url
from tests.support.application import Answer, Application, Caller, Person
from tests.support.relying import CALLBACK, challenge_of, registered

VERSION: Final = "2026-07-28"
_META: Final = {
    "io.modelcontextprotocol/protocolVersion": VERSION,
    "io.modelcontextprotocol/clientCapabilities": {},
    "io.modelcontextprotocol/clientInfo": {"name": "agent", "version": "1"},
}
_IDS: Final = count(1)


@dataclass(frozen=True)
class Agent:
    """A client of the endpoint for agents, in the revision of 2026-07-28."""

    caller: Caller

    def send(self, body: Any, /, **headers: str) -> Answer:
        fields = {"Accept": "application/json, text/event-stream", "MCP_Protocol_Version": VERSION}
        return self.caller.post(AGENTS_PATH, body, **(fields | headers))

    def ask(self, method: str, /, **params: Any) -> Answer:
        """Send a request with these parameters, and the headers that it needs."""
        headers = {"Mcp_Method": method}
        if name := params.get("name", params.get("uri")):
            headers["Mcp_Name"] = str(name)
        return self.send(message(method, params | {"_meta": _META}), **headers)

    def result(self, method: str, /, **params: Any) -> Any:
        answer = self.ask(method, **params)
        assert answer.status == 200, answer.text
        return answer.json["result"]

    def call(self, tool: str, /, **arguments: Any) -> Any:
        """The result of a tool, which must succeed."""
        result = self.result("tools/call", name=tool, arguments=arguments)
        assert not result["isError"], result
        return result["structuredContent"]

    def problem(self, tool: str, /, **arguments: Any) -> Any:
        """The problem of a tool, which must fail."""
        return problem_in(self.result("tools/call", name=tool, arguments=arguments))


def problem_in(result: Mapping[str, Any]) -> Any:
    assert result["isError"], result
    assert "structuredContent" not in result
    (block,) = result["content"]
    return json_in(block)


def json_in(block: Mapping[str, str]) -> Any:
    return Answer(200, {}, block["text"]).json


def message(method: str, params: Any, *, id_: Any = None) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": id_ or next(_IDS), "method": method, "params": params}


def an_agent(
    application: Application,
    person: Person,
    scopes: Collection[Scope] = AGENT_SCOPES,
    *,
    resource: str = "",
) -> Agent:
    """An agent of a client of its own, which the person has granted these scopes."""
    client = registered(application).client
    return agent_of_client(application, client, person, scopes, resource=resource)


def agent_of_client(
    application: Application,
    client: OAuthClient,
    person: Person,
    scopes: Collection[Scope] = AGENT_SCOPES,
    *,
    resource: str = "",
) -> Agent:
    services = application.services
    code = services.authorizations.issue_code(
        client,
        Permission(
            user_id=UserId(UUID(person.id)),
            scopes=frozenset(scopes),
            resource=resource or resource_url(AGENTS_PATH),
        ),
        authentication=Authentication(at=services.ports.clock.now(), methods=(PASSWORD,)),
        redirect_uri=CALLBACK,
        code_challenge=challenge_of("verifier"),
    )

    def exchange() -> TokenPair:
        redemption = services.grants.find_code(code, client)
        assert redemption is not None
        return services.grants.redeem_code(redemption, client)

    return Agent(Caller(services.grants.atomically(exchange).access_token))
