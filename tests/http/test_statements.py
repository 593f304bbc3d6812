"""What a request costs the database: each statement, with BEGIN and COMMIT, and with the one that says who asks."""

from collections.abc import Callable, Iterator

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from authsvc.container import services
from tests.support.builders import a_definition_of
from tests.support.databases import connected_to, own_database
from tests.support.house import PASSWORD, Answer, House, Person
from tests.support.school import items_of

pytestmark = pytest.mark.postgres


class Desk:
    """Anna, and a course of two items that earns a credential, in a house that has served others before."""

    def __init__(self, house: House) -> None:
        self.stranger = house.stranger
        self.anna = house.signed_in()
        course = house.published(a_definition_of(required=2))
        house.earns(course)
        self.course = f"/v1/courses/{course.slug}"
        self.items = items_of(self.anna.caller.get(self.course).json)
        self.finish(house.signed_in(name="Bo"))

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


ISSUING = "SAVEPOINT SELECT INSERT SAVEPOINT SELECT UPDATE INSERT RELEASE RELEASE"
# The limits: log-ins of the address, guesses at the account, and what a right one takes back of both.
GUESSING = "INSERT SELECT INSERT SELECT BEGIN DELETE COMMIT UPDATE"
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
        f"SELECT BEGIN SELECT UPDATE INSERT {ISSUING} COMMIT",
    ),
    (listing_courses, "SELECT SELECT"),
    (reading_a_course, "SELECT SELECT"),
    (looking_at_progress, "SELECT SELECT"),
    (asking_who_i_am, "SELECT SELECT"),
    (verifying, "SELECT"),
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
        yield Desk(House(services()))
    services.cache_clear()


@pytest.mark.parametrize(
    ("prepare", "statements"), COSTS, ids=[prepare.__name__ for prepare, _ in COSTS]
)
def test_a_request_takes_these_statements_and_no_more(
    desk: Desk, prepare: Callable[[Desk], Act], statements: str
) -> None:
    act = prepare(desk)

    with CaptureQueriesContext(connection) as captured:
        answer = act()

    assert answer.status < 300
    assert [query["sql"].split()[0] for query in captured.captured_queries] == statements.split()
