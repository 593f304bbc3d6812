"""Database statements of requests about AI sessions, with BEGIN and COMMIT and the look-up of the caller's session."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import pytest

from authsvc.kernel.tenancy import ALL_TENANTS
from progress.domain.ai.entities.sessions import AISessionId
from tests.http.keyed_ai import MESSAGE, TUTORING, a_session
from tests.support.ai import an_interaction
from tests.support.application import Answer, Application, Person
from tests.support.builders import a_definition_of
from tests.support.sql import each_cost, statements_of

pytestmark = pytest.mark.postgres

Act = Callable[[], Answer]
# The last position, for the Position of a change that records no outgoing event.
THE_POSITION: Final = "SELECT"
# The session, locked; the interaction; and the new head.
LOGGING: Final = "BEGIN SELECT INSERT UPDATE COMMIT"
# The session, locked; the prompt templates that are used; and the latest interactions of the session.
RECENT: Final = "SELECT SELECT SELECT"
# A reservation in the budgets, and the message, within the transaction of the tutor.
ASKING: Final = "SAVEPOINT INSERT INSERT RELEASE SAVEPOINT SELECT INSERT UPDATE RELEASE COMMIT"
# The same, with the limits of the course.
ASKING_ABOUT_AN_ITEM: Final = ASKING.replace("SAVEPOINT INSERT", "SAVEPOINT SELECT INSERT", 1)
# The reservation is settled, and the answer logged, in one transaction.
ANSWERING: Final = (
    "BEGIN SAVEPOINT DELETE INSERT RELEASE SAVEPOINT SELECT INSERT UPDATE RELEASE COMMIT"
)


class Talk:
    """Anna and a session of theirs, in an application that has served requests before."""

    def __init__(self, application: Application) -> None:
        self.application, self.anna = application, application.signed_in()
        self.place = a_session(self.anna)
        self.asks()

    def asks(self) -> Answer:
        return self.anna.caller.post(f"{self.place}/interactions", MESSAGE)


def asking(talk: Talk) -> Act:
    return talk.asks


def asking_after_two_hundred_messages(talk: Talk) -> Act:
    """Five times as many as a tutor is shown, and more than a page."""
    repositories = talk.application.services.repositories
    session_id = AISessionId(talk.asks().json["session_id"])
    session = repositories.ai_sessions.get(session_id, scope=ALL_TENANTS)
    with talk.application.services.unit_of_work.atomic():
        for _ in range(200):
            interaction = an_interaction(session)
            repositories.ai_interactions.append(interaction, scope=ALL_TENANTS)
            session = replace(session, sequence=interaction.sequence, hash=interaction.hash)
        repositories.ai_sessions.save(session, scope=ALL_TENANTS)
    return talk.asks


def reading_a_page_of_two_hundred(talk: Talk) -> Act:
    asking_after_two_hundred_messages(talk)
    return lambda: talk.anna.caller.get(f"{talk.place}/interactions")


def starting(talk: Talk) -> Act:
    return lambda: talk.anna.caller.post("/v1/ai/sessions", TUTORING)


def starting_on_an_item(talk: Talk) -> Act:
    anna: Person = talk.anna
    course = talk.application.published(a_definition_of(required=1))
    outline = anna.caller.get(f"/v1/courses/{course.slug}").json
    anna.caller.post(f"/v1/courses/{course.slug}/enroll")
    body = {"course": course.slug, "item_id": outline["modules"][0]["items"][0]["id"]}
    return lambda: anna.caller.post("/v1/ai/sessions", TUTORING | body)


def listing(talk: Talk) -> Act:
    return lambda: talk.anna.caller.get("/v1/ai/sessions")


def asking_the_tutor(talk: Talk) -> Act:
    return lambda: talk.anna.caller.post(f"{talk.place}/messages", {"text": "How?"})


def asking_the_tutor_about_an_item(talk: Talk) -> Act:
    talk.place = f"/v1/ai/sessions/{starting_on_an_item(talk)().json['id']}"
    asking_the_tutor(talk)()
    return asking_the_tutor(talk)


def asking_the_tutor_after_two_hundred_messages(talk: Talk) -> Act:
    asking_after_two_hundred_messages(talk)
    return asking_the_tutor(talk)


COSTS: Final = [
    (asking_the_tutor, f"SELECT BEGIN {RECENT} {ASKING} {THE_POSITION} {ANSWERING}"),
    # The progress of the learner; the version of the course is cached.
    (
        asking_the_tutor_about_an_item,
        f"SELECT BEGIN SELECT {RECENT} {ASKING_ABOUT_AN_ITEM} {THE_POSITION} {ANSWERING}",
    ),
    (
        asking_the_tutor_after_two_hundred_messages,
        f"SELECT BEGIN {RECENT} {ASKING} {THE_POSITION} {ANSWERING}",
    ),
    (asking, f"SELECT {LOGGING} {THE_POSITION}"),
    (asking_after_two_hundred_messages, f"SELECT {LOGGING} {THE_POSITION}"),
    (reading_a_page_of_two_hundred, "SELECT SELECT SELECT"),
    (starting, f"SELECT BEGIN INSERT COMMIT {THE_POSITION}"),
    # The progress of the learner; the version of the course is cached.
    (starting_on_an_item, f"SELECT BEGIN SELECT INSERT COMMIT {THE_POSITION}"),
    (listing, "SELECT SELECT"),
]


@pytest.fixture
def talk(committing_application: Application) -> Talk:
    return Talk(committing_application)


@each_cost(COSTS)
def test_a_request_takes_these_statements_and_no_more(
    talk: Talk, prepare: Callable[[Talk], Act], statements: str
) -> None:
    answer, executed = statements_of(prepare(talk))

    assert answer.status < 300
    assert executed == statements.split()
