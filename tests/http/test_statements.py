"""Database statements of each request, with BEGIN and COMMIT and the look-up of the session."""

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.domain.access import OrgRole, Role
from authsvc.composition.container import services
from credentials.domain.entities.rules import AllOf, CompletedCourse, ScoredAtLeast
from tests.support.application import PASSWORD, Answer, Application, Person
from tests.support.attempts import on_paper
from tests.support.builders import a_definition_of
from tests.support.databases import connected_to, own_database
from tests.support.learning import assessment_in
from tests.support.members import founded, member_of
from tests.support.school import items_of

pytestmark = pytest.mark.postgres


class Desk:
    """Anna, and a course of two items that earns a credential, in an application that has served requests before."""

    def __init__(self, application: Application) -> None:
        self.stranger = application.stranger
        self.anna = application.signed_in()
        course = application.published(a_definition_of(required=2))
        self.credential = application.earns(course)
        self.application = application
        self.course = f"/v1/courses/{course.slug}"
        self.items = items_of(self.anna.caller.get(self.course).json)
        self.finish(application.signed_in(name="Bo"))

    def finish(self, learner: Person) -> None:
        learner.caller.post(f"{self.course}/enroll")
        for item in range(2):
            learner.caller.post(f"{self.course}/items/{self.items[item]}/complete")

    def enroll(self, **headers: str) -> Answer:
        return self.anna.caller.post(f"{self.course}/enroll", **headers)

    def complete(self, item: int) -> Answer:
        return self.anna.caller.post(f"{self.course}/items/{self.items[item]}/complete")

    def log_in(self) -> Answer:
        body = {"email": self.anna.email, "password": PASSWORD}
        return self.stranger.post("/v1/auth/login", body)


Act = Callable[[], Answer]


def enrolling(desk: Desk) -> Act:
    return desk.enroll


def enrolling_with_a_key(desk: Desk) -> Act:
    return lambda: desk.enroll(Idempotency_Key="k")


def enrolling_with_a_key_again(desk: Desk) -> Act:
    desk.enroll(Idempotency_Key="k")
    return lambda: desk.enroll(Idempotency_Key="k")


def completing_an_item(desk: Desk) -> Act:
    desk.enroll()
    return lambda: desk.complete(0)


def completing_it_again(desk: Desk) -> Act:
    desk.enroll()
    desk.complete(0)
    return lambda: desk.complete(0)


def completing_the_course(desk: Desk) -> Act:
    desk.enroll()
    desk.complete(0)
    return lambda: desk.complete(1)


def completing_what_a_rule_asks_for(desk: Desk) -> Act:
    """The second course of two that earn a credential together."""
    first, second = (desk.application.published(a_definition_of(required=1)) for _ in range(2))
    rule = AllOf((CompletedCourse(first.id), CompletedCourse(second.id)))
    desk.application.earns(first, rule=rule)
    places = []
    for course in (first, second):
        place = f"/v1/courses/{course.slug}"
        desk.anna.caller.post(f"{place}/enroll")
        (item,) = items_of(desk.anna.caller.get(place).json)
        places.append(f"{place}/items/{item}/complete")
    desk.anna.caller.post(places[0])
    return lambda: desk.anna.caller.post(places[1])


def listing_courses(desk: Desk) -> Act:
    return lambda: desk.anna.caller.get("/v1/courses")


def reading_a_course(desk: Desk) -> Act:
    return lambda: desk.anna.caller.get(desk.course)


def looking_at_progress(desk: Desk) -> Act:
    desk.enroll()
    return lambda: desk.anna.caller.get(desk.course.replace("courses", "progress"))


def asking_who_i_am(desk: Desk) -> Act:
    return lambda: desk.anna.caller.get("/v1/me")


def verifying(desk: Desk) -> Act:
    desk.finish(desk.anna)
    (issued,) = desk.anna.caller.get("/v1/me/credentials").json["items"]
    return lambda: desk.stranger.get(f"/v1/issued/{issued['id']}/verify")


def asking_what_is_missing(desk: Desk) -> Act:
    place = f"/v1/credentials/{desk.credential.id}/eligibility"
    return lambda: desk.anna.caller.get(place)


def asking_what_is_missing_of_many(desk: Desk) -> Act:
    """By a rule of five courses, and of a score in each of three papers."""
    courses = [desk.application.published(a_definition_of(required=1)) for _ in range(5)]
    exams = desk.application.published(on_paper(f"exams-{uuid4().hex[:8]}"))
    papers = [
        assessment_in(desk.application.services, exams, key) for key in ("quiz", "project", "exam")
    ]
    rule = AllOf(
        tuple(CompletedCourse(course.id) for course in courses)
        + tuple(ScoredAtLeast(paper.id, 80) for paper in papers)
    )
    credential = desk.application.earns(exams, rule=rule)
    return lambda: desk.anna.caller.get(f"/v1/credentials/{credential.id}/eligibility")


def listing_statements(desk: Desk) -> Act:
    desk.enroll()
    return lambda: desk.anna.caller.get("/v1/xapi/statements")


def listing_statements_of_an_organization(desk: Desk) -> Act:
    """By somebody who teaches there."""
    org = founded(desk.application, slug=f"harbour-{uuid4().hex[:8]}")
    bo = member_of(desk.application, org.id, OrgRole.INSTRUCTOR, "Bo")
    return lambda: bo.caller.get(f"/v1/xapi/statements?org={org.id}")


def listing_statements_of_an_organization_from_outside(desk: Desk) -> Act:
    """By somebody who has looked there before."""
    org = founded(desk.application, slug=f"harbour-{uuid4().hex[:8]}")
    root = desk.application.signed_in(Role.ADMIN, name="Root")
    place = f"/v1/xapi/statements?org={org.id}"
    root.caller.get(place)
    return lambda: root.caller.get(place)


def logging_in(desk: Desk) -> Act:
    return desk.log_in


def logging_in_again(desk: Desk) -> Act:
    desk.log_in()
    return desk.log_in


def refreshing(desk: Desk) -> Act:
    body = {"refresh_token": desk.log_in().json["refresh_token"]}
    return lambda: desk.stranger.post("/v1/auth/refresh", body)


def asking_whether_it_lives(desk: Desk) -> Act:
    return lambda: desk.stranger.get("/health")


# What the course earns, the copy, and its event in the stream.
ISSUING = "SELECT INSERT SELECT UPDATE INSERT"
# The head of the stream, to which subscribers may have added.
THE_HEAD = "SELECT"
# Whether there was a copy, whose turn it is, and the courses and scores of the learner.
ISSUING_BY_RULE = ISSUING.replace("SELECT INSERT", "SELECT SELECT SELECT SELECT SELECT INSERT", 1)
# The limits: log-ins of the address, guesses at the account, and what a right one takes back of both.
GUESSING = "INSERT SELECT INSERT SELECT BEGIN DELETE COMMIT UPDATE"
# Whether the course is on pathways.
ARRIVING = "SELECT"
COSTS = [
    (enrolling, "SELECT BEGIN SELECT INSERT INSERT COMMIT"),
    (
        enrolling_with_a_key,
        "SELECT BEGIN SELECT SELECT SAVEPOINT SELECT INSERT INSERT RELEASE INSERT COMMIT",
    ),
    (enrolling_with_a_key_again, "SELECT BEGIN SELECT SELECT COMMIT"),
    (completing_an_item, "SELECT BEGIN SELECT UPDATE INSERT COMMIT"),
    (completing_it_again, "SELECT BEGIN SELECT COMMIT"),
    (
        completing_the_course,
        f"SELECT BEGIN SELECT UPDATE INSERT {ISSUING} {ARRIVING} {THE_HEAD} COMMIT",
    ),
    (
        completing_what_a_rule_asks_for,
        f"SELECT BEGIN SELECT UPDATE INSERT {ISSUING_BY_RULE} {ARRIVING} {THE_HEAD} COMMIT",
    ),
    (listing_courses, "SELECT SELECT"),
    (reading_a_course, "SELECT SELECT"),
    (looking_at_progress, "SELECT SELECT"),
    (asking_who_i_am, "SELECT SELECT"),
    (verifying, "SELECT"),
    # Who asks, the credential, the courses and scores of the learner, whether there is a copy, and the titles.
    (asking_what_is_missing, "SELECT SELECT SELECT SELECT SELECT SELECT"),
    (asking_what_is_missing_of_many, "SELECT SELECT SELECT SELECT SELECT SELECT SELECT"),
    # Who asks, the last position, who is writing, and the events.
    (listing_statements, "SELECT SELECT SELECT SELECT"),
    # The organization, too, and what is recorded of a look from outside.
    (listing_statements_of_an_organization, "SELECT SELECT SELECT SELECT SELECT"),
    (
        listing_statements_of_an_organization_from_outside,
        "SELECT SELECT SELECT SELECT SELECT BEGIN SELECT INSERT UPDATE COMMIT",
    ),
    (logging_in, f"{GUESSING} INSERT BEGIN SELECT INSERT INSERT COMMIT"),
    (logging_in_again, f"{GUESSING} BEGIN SELECT INSERT INSERT COMMIT"),
    (refreshing, "BEGIN SELECT SELECT SELECT UPDATE INSERT COMMIT"),
    (asking_whether_it_lives, ""),
]


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with own_database(tmp_path_factory.mktemp("statements")) as url:
        yield url


@pytest.fixture
def desk(url: str) -> Iterator[Desk]:
    """On a connection that commits: inside the transaction of a test nothing would begin or end."""
    with connected_to(url):
        call_command("migrate", verbosity=0)
        services.cache_clear()
        yield Desk(Application(services()))
    services.cache_clear()


@pytest.mark.parametrize(
    ("prepare", "statements"), COSTS, ids=[prepare.__name__ for prepare, _ in COSTS]
)
def test_a_request_takes_these_statements_and_no_more(
    desk: Desk, prepare: Callable[[Desk], Act], statements: str
) -> None:
    """A completed course pays one for pathways: what a learner has done is kept without a look at the course."""
    act = prepare(desk)

    with CaptureQueriesContext(connection) as captured:
        answer = act()

    assert answer.status < 300
    assert [query["sql"].split()[0] for query in captured.captured_queries] == statements.split()
