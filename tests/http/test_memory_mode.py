"""The application without a database."""

import re

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from tests.support.application import Application
from tests.support.memory_mode import MemoryMode
from tests.support.wire import WireCaller, at_once

pytestmark = pytest.mark.memory


@pytest.mark.parametrize(
    "place",
    [
        "/account",
        "/account/email",
        "/admin",
        "/admin/",
        "/admin/accounts/user/",
        "/email/verify/key",
        "/oauth",
        "/oauth/authorize?a=b",
        "/password/reset",
        "/signin",
        "/signin/passkey",
        "/signout",
        "/signup?next=/account",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_needs_a_database_names_the_variable(
    application: Application, method: str, place: str
) -> None:
    answer = application.stranger.send(method, place)

    assert answer.status == 503
    assert answer.code == "unavailable"
    assert "DATABASE_URL" in answer.json["detail"]


def test_similar_paths_are_not_served(application: Application) -> None:
    assert application.stranger.get("/administration").status == 404
    assert application.stranger.get("/signing").status == 404


def test_any_query_is_an_error() -> None:
    with pytest.raises(ImproperlyConfigured):
        connection.cursor()


def test_the_start_names_the_urls_and_warns_that_data_is_lost(memory_mode: MemoryMode) -> None:
    assert "http://localhost:8000/v1" in memory_mode.greeting
    assert "http://localhost:8000/docs" in memory_mode.greeting
    assert memory_mode.greeting.splitlines()[-1] == (
        "DATABASE_URL is not set: all data is lost when this process ends."
    )
    assert "/admin" not in memory_mode.greeting


@pytest.mark.parametrize(
    ("role", "roles"), [("admin", {"learner", "admin"}), ("learner", {"learner"})]
)
def test_the_logins_that_it_prints_work(
    memory_mode: MemoryMode, role: str, roles: set[str]
) -> None:
    email, password = re.findall(rf"{role} +(\S+@\S+)  (\S+)", memory_mode.greeting)[0]

    answer = WireCaller(memory_mode.server.port).post(
        "/v1/auth/login", {"email": email, "password": password}
    )

    assert answer.status == 200
    assert set(answer.json["user"]["roles"]) == roles


def test_the_main_job_goes_over_the_wire(memory_mode: MemoryMode) -> None:
    anna = WireCaller(memory_mode.server.port)
    body = {"email": "anna@wire.example", "password": "a long walk home", "name": "Anna"}
    anna.token = anna.post("/v1/auth/register", body).json["access_token"]

    place = "/v1/courses/intro-to-claude"
    enrolled = anna.post(f"{place}/enroll")
    modules = anna.get(place).json["modules"]
    for item in [item for module in modules for item in module["items"]]:
        assert anna.post(f"{place}/items/{item['id']}/complete").status == 200

    (issued,) = anna.get("/v1/me/credentials").json["items"]
    verified = WireCaller(memory_mode.server.port).get(f"/v1/issued/{issued['id']}/verify")
    assert enrolled.status == 201
    assert verified.json["valid"] is True


def test_twenty_enrolments_at_once_are_one_in_memory_too(memory_mode: MemoryMode) -> None:
    bo = WireCaller(memory_mode.server.port)
    body = {"email": "bo@wire.example", "password": "a long walk home"}
    registered = bo.post("/v1/auth/register", body)
    assert registered.status == 201, registered.text
    bo.token = registered.json["access_token"]

    answers = at_once(*[lambda: bo.post("/v1/courses/intro-to-claude/enroll")] * 20)

    assert sorted(answer.status for answer in answers) == [201] + [409] * 19
    events = bo.get("/v1/progress/intro-to-claude/events").json["items"]
    assert [event["type"] for event in events] == ["enrolled"]
