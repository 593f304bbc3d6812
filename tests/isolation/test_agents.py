"""The isolation matrix for agents: each tool, by each kind of caller, has the outcome of its operation.

The same cells as those of the API are sent as calls of tools, with tokens for agents.
"""

import json
from typing import Final

import pytest
from django.conf import settings

from accounts.domain.access import Scope
from authsvc.http.problems import MEDIA_TYPE
from authsvc.http.protected_resource import AGENTS_PATH, resource_url
from authsvc.mcp.tools import TOOLS
from tests.isolation.cells import NOT_FOUND, CallerKind, Cell, Object, cells_of, names_a_thing
from tests.isolation.examples import example_of
from tests.isolation.matrix import Matrix, path_values
from tests.isolation.tenants import Neighbours
from tests.support.agents import Agent
from tests.support.application import Answer, Caller
from tests.support.operations import Route, routes

TOOL_OF: Final = {tool.endpoint.operation.name: tool for tool in TOOLS.values()}
"""The tools by the id of their operation."""
KINDS: Final = (
    CallerKind.LEARNER,
    CallerKind.OWNER,
    CallerKind.OTHER_OWNER,
    CallerKind.SUSPENDED,
    CallerKind.PLATFORM_ADMIN,
    CallerKind.STALE_ADMIN,
    CallerKind.ONE_SCOPE,
    CallerKind.OTHER_SCOPES,
)
"""Callers who can act through an agent. Service clients and devices get no token for agents."""


class AgentMatrix(Matrix):
    """Sends each cell as a call of the tool of its operation."""

    def _send(self, cell: Cell, caller: Caller) -> Answer:
        example, things = example_of(cell.route.name), self._things(cell)
        assert self._member is not None
        if example.before is not None:
            example.before(self._member.person.caller, things)
        tool = TOOL_OF[cell.route.name]
        values = path_values(cell.route, things, example)
        members = example.body(things) if example.body else {}
        arguments = {name: {**values, **members}[name] for name in tool.input_schema["required"]}
        arguments |= dict.fromkeys(example.query, things["org_id"])
        answer = Agent(caller).ask("tools/call", name=tool.name, arguments=arguments)
        return _answer_of_operation(answer, cell.route)

    def _new_caller(self, scopes: frozenset[Scope]) -> Caller:
        assert self._member is not None
        is_stale = self._kind is CallerKind.STALE_ADMIN
        age = settings.ENVIRONMENT.fresh_sign_in if is_stale else None
        return self._tokens.by_code(
            self._member.person,
            scopes,
            resource=resource_url(AGENTS_PATH),
            **({"age": age} if age else {}),
        )


def _answer_of_operation(answer: Answer, route: Route) -> Answer:
    """What the operation would have answered with over HTTP."""
    if answer.status != 200:
        return answer
    result = answer.json["result"]
    text = result["content"][-1]["text"]
    if not result["isError"]:
        return Answer(route.operation.status, {}, text)
    return Answer(json.loads(text)["status"], {"Content-Type": MEDIA_TYPE}, text)


@pytest.fixture
def matrix(neighbours: Neighbours, kind: CallerKind) -> Matrix:
    return AgentMatrix(neighbours, kind)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.postgres_nightly
def test_every_tool_follows_the_permission_table_and_hides_other_tenants(
    kind: CallerKind, matrix: Matrix
) -> None:
    tools = [route for name, route in routes().items() if name in TOOL_OF]
    cells = [cell for route in tools for cell in cells_of(route, kind)]

    answers = [(cell, matrix.send(cell)) for cell in cells]

    assert len(tools) == len(TOOLS)
    assert [
        f"{cell}: {answer.status} instead of {cell.expected}, {answer.text[:200]}"
        for cell, answer in answers
        if not cell.expected.describes(answer)
    ] == []
    hidden = [
        route
        for route in tools
        if names_a_thing(route) and Cell(route, kind, Object.OTHER).expected == NOT_FOUND
    ]
    for route in hidden:
        other, missing = (
            matrix.send(Cell(route, kind, object_)).text
            for object_ in (Object.OTHER, Object.MISSING)
        )
        assert other == missing, route.name
