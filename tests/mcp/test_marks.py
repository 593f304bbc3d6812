"""Marks of agents: what an agent has changed says so."""

from tests.support.agents import agent_of_client
from tests.support.application import Application, Person
from tests.support.builders import a_definition_of
from tests.support.relying import registered
from tests.support.school import items_of


def test_events_name_the_agent_that_acted_for_the_learner(
    application: Application, anna: Person
) -> None:
    client = registered(application).client
    agent = agent_of_client(application, client, anna)
    course = application.published(a_definition_of(required=2))
    items = items_of(agent.call("read_course", course=course.slug))

    agent.call("enroll", course=course.slug)
    agent.call("complete_item", course=course.slug, item_id=items[0])
    anna.caller.post(f"/v1/courses/{course.slug}/items/{items[1]}/complete")

    events = anna.caller.get(f"/v1/progress/{course.slug}/events").json["items"]
    assert [(event["type"], event["agent"]) for event in events] == [
        ("enrolled", client.client_id),
        ("item_completed", client.client_id),
        ("item_completed", None),
        ("course_completed", None),
    ]
