"""Database statements of tools: as many as those of their operations over HTTP."""

from collections.abc import Callable
from functools import partial

import pytest

from authsvc.mcp.tools import TOOLS
from tests.support.agents import an_agent
from tests.support.application import Answer, Application, Person
from tests.support.builders import a_definition_of
from tests.support.school import items_of
from tests.support.sql import statements_of

pytestmark = pytest.mark.postgres

PATHS = {
    "find_courses": "/v1/courses",
    "read_course": "/v1/courses/{course}",
    "read_item": "/v1/courses/{course}/items/{item_id}",
    "my_progress": "/v1/progress",
    "my_course_progress": "/v1/progress/{course}",
    "enroll": "/v1/courses/{course}/enroll",
    "start_item": "/v1/courses/{course}/items/{item_id}/start",
    "complete_item": "/v1/courses/{course}/items/{item_id}/complete",
    "ask_tutor": "/v1/ai/answers",
    "my_credentials": "/v1/me/credentials",
    "verify_credential": "/v1/issued/{issued_id}/verify",
}


class School:
    """A course of two items, and learners in the state that a tool needs."""

    def __init__(self, application: Application) -> None:
        self.application = application
        course = application.published(a_definition_of(required=2))
        application.earns(course)
        bo = application.signed_in(name="Bo")
        self.values = {"course": course.slug, "text": "Which bend?"}
        items = items_of(bo.caller.get(f"/v1/courses/{course.slug}").json)
        self.values["item_id"] = items[0]
        bo.caller.post(f"/v1/courses/{course.slug}/enroll")
        for item_id in items:
            bo.caller.post(f"/v1/courses/{course.slug}/items/{item_id}/complete")
        (held,) = bo.caller.get("/v1/me/credentials").json["items"]
        self.values["issued_id"] = held["id"]

    def learner(self, tool: str) -> Person:
        """Somebody who has enrolled, unless the tool does that."""
        anna = self.application.signed_in()
        if tool != "enroll":
            anna.caller.post(f"/v1/courses/{self.values['course']}/enroll")
        return anna


def test_a_tool_costs_as_many_statements_as_its_operation(application: Application) -> None:
    school = School(application)
    over_http, as_tool = {}, {}
    for name, tool in TOOLS.items():
        anna, bea = school.learner(name), school.learner(name)
        agent = an_agent(application, bea)
        required = tool.input_schema["required"]
        arguments = {argument: school.values[argument] for argument in required}
        path, method = PATHS[name].format_map(school.values), tool.endpoint.method.upper()
        an_agent(application, anna)  # so that both have as many sessions
        body = {"text": school.values["text"]} if name == "ask_tutor" else None
        # An operation for everyone looks up no session over HTTP, and an agent always has one.
        of_session = ["SELECT"] if tool.endpoint.operation.is_public else []

        over_http[name] = of_session + _counted(partial(anna.caller.send, method, path, body))
        as_tool[name] = _counted(partial(agent.ask, "tools/call", name=name, arguments=arguments))

    assert as_tool == over_http


def _counted(act: Callable[[], Answer]) -> list[str]:
    answer, statements = statements_of(act)
    assert answer.status < 300, answer.text
    return statements
