"""The tool that asks the tutor: whole answers, in a new session or in one of the user's own."""

from dataclasses import replace
from typing import Any

import pytest

from accounts.domain.access import Scope
from authsvc.http.protected_resource import AGENT_READ_SCOPES
from authsvc.mcp.tools import NOTICE
from progress.domain.ai.entities.budgets import BudgetKind, BudgetLimit
from progress.domain.ai.services.budgets import BudgetPolicy
from tests.support.agents import Agent, agent_of_client, an_agent
from tests.support.application import Application, Person
from tests.support.builders import a_definition_of
from tests.support.relying import registered
from tests.support.school import items_of
from tests.support.tutors import STARTED, ScriptedModel, break_off, use_model

UNKNOWN_ID = "0b8e3c52-5d0e-4f0c-8a34-3f1a7c1d9e70"


def log_of(anna: Person, session_id: str) -> list[Any]:
    items: list[Any] = anna.caller.get(f"/v1/ai/sessions/{session_id}/interactions").json["items"]
    return items


def test_an_agent_asks_and_goes_on_in_the_same_session(
    application: Application, anna: Person
) -> None:
    client, model = registered(application).client, ScriptedModel()
    agent = agent_of_client(application, client, anna)
    use_model(application.services, model)

    first = agent.call("ask_tutor", text="Which bend?")
    second = agent.call("ask_tutor", text="And why?", session_id=first["session_id"])

    assert first["text"] == "What have you tried?"
    assert (first["finish_reason"], second["session_id"]) == ("stop", first["session_id"])
    assert [turn.text for turn in model.last.turns] == [
        "Which bend?",
        "What have you tried?",
        "And why?",
    ]
    log = log_of(anna, first["session_id"])
    assert [item["interaction"]["id"] for item in log] == [
        first["message_id"],
        first["interaction_id"],
        second["message_id"],
        second["interaction_id"],
    ]
    assert {item["interaction"]["agent"] for item in log} == {client.client_id}


def test_an_agent_asks_about_an_item(application: Application, anna: Person, agent: Agent) -> None:
    course, model = application.published(a_definition_of(required=1)), ScriptedModel()
    use_model(application.services, model)
    (item_id,) = items_of(agent.call("read_course", course=course.slug))
    problem = agent.problem("ask_tutor", text="How?", course=course.slug, item_id=item_id)
    agent.call("enroll", course=course.slug)

    answer = agent.call("ask_tutor", text="How?", course=course.slug, item_id=item_id)

    assert problem["code"] == "not-enrolled"
    assert f"Course: {course.title}" in model.last.system
    (session,) = anna.caller.get("/v1/ai/sessions").json["items"]
    assert (session["id"], session["item_id"]) == (answer["session_id"], item_id)


def test_an_answer_is_marked_as_content(agent: Agent) -> None:
    result = agent.result("tools/call", name="ask_tutor", arguments={"text": "How?"})

    assert result["content"][0]["text"] == NOTICE


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({}, "invalid-request"),
        ({"text": ""}, "invalid-request"),
        ({"text": "x" * 4001}, "invalid-request"),
        ({"text": 5}, "invalid-request"),
        ({"text": "\ud800"}, "invalid-request"),
        ({"text": "a\0b"}, "invalid-request"),
        ({"text": {"$ne": 1}}, "invalid-request"),
        ({"text": "How?", "extra": 1}, "invalid-request"),
        ({"text": "How?", "session_id": "1"}, "invalid-request"),
        ({"text": "How?", "item_id": UNKNOWN_ID}, "invalid-request"),
        ({"text": "How?", "session_id": UNKNOWN_ID, "course": "x"}, "invalid-request"),
        ({"text": "How?", "session_id": UNKNOWN_ID}, "ai-session-not-found"),
        ({"text": "How?", "course": "missing"}, "course-not-found"),
    ],
)
def test_a_refused_message_explains_the_problem_and_is_not_logged(
    anna: Person, agent: Agent, arguments: dict[str, object], code: str
) -> None:
    assert agent.problem("ask_tutor", **arguments)["code"] == code
    assert anna.caller.get("/v1/ai/sessions").json["items"] == []


def test_sessions_of_others_do_not_exist(application: Application, agent: Agent) -> None:
    bea = an_agent(application, application.signed_in(name="Bea"))
    session_id = bea.call("ask_tutor", text="How?")["session_id"]

    problem = agent.problem("ask_tutor", text="What did Bea ask?", session_id=session_id)

    assert problem["code"] == "ai-session-not-found"


def test_the_tool_needs_its_scope(application: Application, anna: Person) -> None:
    agent = an_agent(application, anna, (*AGENT_READ_SCOPES, Scope.PROGRESS_WRITE))

    answer = agent.ask("tools/call", name="ask_tutor", arguments={"text": "How?"})

    assert answer.status == 403
    assert 'scope="ai:write"' in answer.headers["WWW-Authenticate"]


def test_a_spent_budget_stops_an_agent_before_the_call(
    application: Application, agent: Agent
) -> None:
    services, model = application.services, ScriptedModel()
    policy = BudgetPolicy(limits={BudgetKind.LEARNER: BudgetLimit(tokens=100)})
    budgets = replace(services.ai_budgets, policy=policy)
    use_model(services, model, budgets=budgets)
    agent.call("ask_tutor", text="How?")

    problem = agent.problem("ask_tutor", text="How?")

    assert (problem["code"], len(model.requests)) == ("ai-budget-exceeded", 1)


def test_an_answer_that_breaks_off_is_logged_and_a_problem(
    application: Application, anna: Person, agent: Agent
) -> None:
    use_model(application.services, ScriptedModel([STARTED, "What ", break_off]))

    problem = agent.problem("ask_tutor", text="How?")

    assert (problem["code"], problem["status"]) == ("tutor-unavailable", 503)
    (session,) = anna.caller.get("/v1/ai/sessions").json["items"]
    assert [item["text"] for item in log_of(anna, session["id"])] == ["How?", "What "]
