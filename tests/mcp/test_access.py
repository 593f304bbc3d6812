"""Access of agents: audiences, users, sessions and tenants."""

from uuid import UUID

from accounts.domain.access import OPERATOR, OrganizationId, OrgRole, Scope, UserId
from accounts.domain.identity.entities.users import UserChanges
from tests.support.agents import Agent, an_agent
from tests.support.application import Application, Person
from tests.support.builders import a_definition
from tests.support.members import add_organization, member_of


def test_a_token_for_the_api_is_not_one_for_agents(anna: Person, application: Application) -> None:
    answer = Agent(anna.caller).ask("tools/list")

    assert (answer.status, answer.code) == (401, "invalid-token")


def test_a_token_for_agents_is_not_one_for_the_api(agent: Agent) -> None:
    assert agent.caller.get("/v1/courses").code == "invalid-token"


def test_a_token_for_another_resource_is_rejected(application: Application, anna: Person) -> None:
    other = an_agent(application, anna, resource="https://notes.example/mcp")

    assert other.ask("tools/list").code == "invalid-token"


def test_the_agent_of_a_deactivated_user_is_rejected(
    application: Application, anna: Person, agent: Agent
) -> None:
    application.services.users.edit(
        UserId(UUID(anna.id)), UserChanges(is_active=False), reason="Left.", by=OPERATOR
    )

    assert agent.ask("tools/list").code == "invalid-token"


def test_the_agent_of_an_ended_session_is_rejected(anna: Person, agent: Agent) -> None:
    sessions = anna.caller.get("/v1/me/sessions").json["items"]
    (agent_session,) = [session for session in sessions if not session["is_current"]]

    assert anna.caller.send("DELETE", f"/v1/me/sessions/{agent_session['id']}").status == 204

    assert agent.ask("tools/list").code == "invalid-token"


def test_a_course_of_another_organization_does_not_exist(
    application: Application, agent: Agent
) -> None:
    other = add_organization(application, slug="brix")
    course = application.services.authoring.create(
        a_definition(slug="hidden"), org_id=other.id, by=OPERATOR
    )
    application.services.authoring.publish(course.slug, by=OPERATOR)

    for slug_or_id in (course.slug, str(course.id)):
        hidden = agent.problem("read_course", course=slug_or_id)
        assert hidden == agent.problem("read_course", course="missing")
        assert agent.problem("enroll", course=slug_or_id)["code"] == "course-not-found"
    assert agent.call("find_courses", q=course.title)["items"] == []
    assert agent.result("resources/list")["resources"] == []
    answer = agent.ask("resources/read", uri=f"authsvc://courses/{course.slug}")
    assert answer.json["error"]["code"] == -32602


def test_the_courses_of_a_suspended_organization_are_hidden(application: Application) -> None:
    organization = add_organization(application, slug="acme")
    bo = member_of(application, organization.id, OrgRole.LEARNER, name="Bo")
    agent = an_agent(application, bo)
    course = application.services.authoring.create(
        a_definition(slug="ours"), org_id=organization.id, by=OPERATOR
    )
    application.services.authoring.publish(course.slug, by=OPERATOR)
    assert agent.call("read_course", course=course.slug)["id"] == str(course.id)

    application.services.organizations.suspend(
        OrganizationId(organization.id), reason="Unpaid.", by=OPERATOR
    )

    assert agent.problem("read_course", course=course.slug)["code"] == "course-not-found"


def test_an_agent_sees_only_the_progress_of_its_user(
    application: Application, anna: Person, agent: Agent
) -> None:
    course = application.published()
    bo = an_agent(application, application.signed_in(name="Bo"))
    bo.call("enroll", course=course.slug)

    assert agent.call("my_progress")["items"] == []
    assert agent.problem("my_course_progress", course=course.slug)["code"] == "progress-not-found"
    assert agent.call("my_credentials")["items"] == []


def test_scopes_of_the_token_limit_each_tool(application: Application, anna: Person) -> None:
    narrow = an_agent(application, anna, [Scope.CREDENTIALS_READ])

    assert narrow.ask("tools/call", name="find_courses", arguments={}).status == 403
    assert narrow.ask("resources/list").status == 403
    assert narrow.call("my_credentials")["items"] == []
