"""Tools: what agents can do, by the operations of the API."""

from dataclasses import replace
from uuid import UUID

import pytest
from jsonschema import Draft202012Validator
from pytest_django import Settings

from accounts.domain.access import Scope
from authsvc.http.protected_resource import AGENT_READ_SCOPES, AGENT_SCOPES
from authsvc.mcp.tools import NOTICE, TOOLS
from courses.domain.entities.courses import Course
from tests.support.agents import Agent, an_agent, problem_in
from tests.support.application import Application, Person
from tests.support.builders import a_definition_of
from tests.support.school import items_of


@pytest.fixture
def course(application: Application) -> Course:
    course = application.published(a_definition_of(required=2))
    application.earns(course)
    return course


def test_an_agent_takes_a_learner_from_finding_a_course_to_a_credential(
    agent: Agent, course: Course
) -> None:
    (course_found,) = agent.call("find_courses", q=course.title)["items"]
    slug = course_found["slug"]
    items = items_of(agent.call("read_course", course=slug))
    agent.call("enroll", course=slug)
    for item in items:
        assert agent.call("read_item", course=slug, item_id=item)["id"] == item
        agent.call("start_item", course=slug, item_id=item)
        agent.call("complete_item", course=slug, item_id=item)

    assert agent.call("my_course_progress", course=slug)["status"] == "completed"
    assert [progress["course_slug"] for progress in agent.call("my_progress")["items"]] == [slug]
    (held,) = agent.call("my_credentials")["items"]
    assert agent.call("verify_credential", issued_id=held["id"])["valid"]


def test_every_result_has_the_schema_of_its_tool(agent: Agent, course: Course) -> None:
    item_id = items_of(agent.call("read_course", course=course.slug))[0]
    agent.call("enroll", course=course.slug)
    for item in items_of(agent.call("read_course", course=course.slug)):
        agent.call("complete_item", course=course.slug, item_id=item)
    (held,) = agent.call("my_credentials")["items"]
    values = {"course": course.slug, "item_id": item_id, "issued_id": held["id"], "text": "How?"}

    for tool in agent.result("tools/list")["tools"]:
        Draft202012Validator.check_schema(tool["inputSchema"])
        if tool["name"] == "enroll":
            continue  # did so above
        arguments = {name: values[name] for name in tool["inputSchema"]["required"]}
        result = agent.call(tool["name"], **arguments)
        Draft202012Validator(tool["inputSchema"]).validate(arguments)
        Draft202012Validator(tool["outputSchema"]).validate(result)


def test_the_tools_say_what_they_change(agent: Agent) -> None:
    annotations = {
        tool["name"]: tool["annotations"] for tool in agent.result("tools/list")["tools"]
    }

    changing = {name for name, hints in annotations.items() if not hints["readOnlyHint"]}
    assert changing == {"enroll", "start_item", "complete_item", "ask_tutor"}
    assert [name for name, hints in annotations.items() if not hints["idempotentHint"]] == [
        "ask_tutor"
    ]
    assert not any(hints["destructiveHint"] for hints in annotations.values())
    assert annotations.keys() == TOOLS.keys()


def test_the_scopes_of_agents_are_those_of_their_tools() -> None:
    scopes = {tool.endpoint.operation.scope for tool in TOOLS.values()} - {None}
    reading = {tool.endpoint.operation.scope for tool in TOOLS.values() if tool.is_read_only} - {
        None
    }

    assert scopes == set(AGENT_SCOPES)
    assert reading == set(AGENT_READ_SCOPES)


@pytest.mark.parametrize("tool", ["find_courses", "read_course", "read_item"])
def test_what_authors_have_written_is_marked_as_content(
    agent: Agent, course: Course, tool: str
) -> None:
    item_id = items_of(agent.call("read_course", course=course.slug))[0]
    values = {"course": course.slug, "item_id": item_id}
    names = TOOLS[tool].input_schema["required"]

    result = agent.result("tools/call", name=tool, arguments={name: values[name] for name in names})

    assert result["content"][0]["text"] == NOTICE
    assert result["content"][1]["text"].startswith("{")


def test_the_result_is_the_answer_of_the_operation(
    application: Application, anna: Person, agent: Agent, course: Course
) -> None:
    assert (
        agent.call("read_course", course=course.slug)
        == anna.caller.get(f"/v1/courses/{course.slug}").json
    )


def test_a_change_answers_with_its_position(agent: Agent, course: Course) -> None:
    answer = agent.ask("tools/call", name="enroll", arguments={"course": course.slug})

    assert int(answer.headers["Position"]) > 0


@pytest.mark.parametrize(
    ("tool", "arguments", "code"),
    [
        ("read_course", {"course": "missing"}, "course-not-found"),
        ("my_course_progress", {"course": "missing"}, "course-not-found"),
        ("start_item", {"course": "missing", "item_id": str(UUID(int=404))}, "course-not-found"),
        ("verify_credential", {"issued_id": str(UUID(int=404))}, "issued-credential-not-found"),
        ("read_course", {}, "invalid-request"),
        ("read_course", {"course": "x", "extra": 1}, "invalid-request"),
        ("read_course", {"course": None}, "invalid-request"),
        ("read_course", {"course": ["x"]}, "invalid-request"),
        ("read_course", {"course": "../me"}, "invalid-request"),
        ("read_course", {"course": "a\0b"}, "invalid-request"),
        ("read_course", {"course": "x", "version": 10**400}, "invalid-request"),
        ("read_course", {"course": "x", "version": True}, "invalid-request"),
        ("read_item", {"course": "x", "item_id": "1"}, "invalid-request"),
        ("find_courses", {"q": "a\0b"}, "invalid-request"),
        ("find_courses", {"q": "\ud800"}, "invalid-request"),
        ("find_courses", {"q": {"$ne": 1}}, "invalid-request"),
        ("find_courses", {"limit": 0}, "invalid-request"),
        ("find_courses", {"limit": 1e300}, "invalid-request"),
        ("find_courses", {"cursor": "nonsense"}, "invalid-cursor"),
        ("find_courses", {"status": "draft"}, "invalid-request"),
    ],
)
def test_a_failed_call_explains_the_problem(
    agent: Agent, tool: str, arguments: dict[str, object], code: str
) -> None:
    problem = agent.problem(tool, **arguments)

    assert problem["code"] == code
    assert problem["title"]
    assert problem["detail"]


def test_a_second_enrolment_changes_nothing(agent: Agent, course: Course) -> None:
    agent.call("enroll", course=course.slug)

    assert agent.problem("enroll", course=course.slug)["code"] == "already-enrolled"


def test_an_agent_without_the_scope_is_told_which_one_it_needs(
    application: Application, anna: Person, course: Course
) -> None:
    reader = an_agent(application, anna, AGENT_READ_SCOPES)

    answer = reader.ask("tools/call", name="enroll", arguments={"course": course.slug})

    assert (answer.status, answer.code) == (403, "insufficient-scope")
    challenge = answer.headers["WWW-Authenticate"]
    assert 'error="insufficient_scope"' in challenge
    assert f'scope="{Scope.PROGRESS_WRITE}"' in challenge
    assert '/.well-known/oauth-protected-resource/mcp"' in challenge
    assert reader.call("my_progress")["items"] == []


@pytest.fixture
def _two_reads(settings: Settings) -> None:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, reads_per_minute=2)


@pytest.mark.usefixtures("_two_reads")
def test_a_spent_budget_is_a_failed_call(agent: Agent) -> None:
    answers = [agent.ask("tools/call", name="my_progress", arguments={}) for _ in range(3)]

    assert [answer.json["result"]["isError"] for answer in answers] == [False, False, True]
    assert problem_in(answers[2].json["result"])["code"] == "too-many-attempts"
    assert int(answers[2].headers["Retry-After"]) > 0
    assert '"read";r=0' in answers[2].headers["RateLimit"]
    assert agent.ask("tools/list").code == "too-many-attempts"
