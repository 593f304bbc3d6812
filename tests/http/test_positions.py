"""Read your write: Position and Min-Position."""

from datetime import timedelta
from typing import Final

import pytest

from authsvc.events.services.positions import Positions
from authsvc.http.cors import REQUEST_HEADERS, RESPONSE_HEADERS
from tests.http.keyed import OPERATIONS as POSTS
from tests.http.keyed import Operation
from tests.http.keyed_changes import CHANGES
from tests.support.application import PASSWORD, Application
from tests.support.operations import routes

OPERATIONS: Final = {**POSTS, **CHANGES}


def last_position(application: Application) -> int:
    return application.services.positions.last()


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_every_change_states_its_position_and_a_replay_the_same(
    application: Application, operation: Operation
) -> None:
    request = operation(application)
    answer = request.sent()
    position = answer.headers["Position"]
    assert int(position) == last_position(application)

    enrol_somebody(application)
    replayed = request.sent_by_another_session(application)

    if replayed.status < 300:
        assert replayed.headers["Position"] == position


def enrol_somebody(application: Application) -> int:
    """Record one event more, and return its position."""
    course = application.published()
    person = application.signed_in(name="Ben")
    answer = person.caller.post(f"/v1/courses/{course.slug}/enroll")
    return int(answer.headers["Position"])


def test_a_change_that_records_an_event_states_the_position_of_the_event(
    application: Application,
) -> None:
    before = last_position(application)

    position = enrol_somebody(application)

    assert position == before + 1 == last_position(application)


def test_a_change_that_records_no_event_states_the_last_position(application: Application) -> None:
    anna, last = application.signed_in(), enrol_somebody(application)

    answer = application.stranger.post(
        "/v1/auth/login", {"email": anna.email, "password": PASSWORD}
    )

    assert answer.headers["Position"] == str(last)


def test_neither_a_problem_nor_a_read_states_a_position(application: Application) -> None:
    anna = application.signed_in()

    problem = anna.caller.post("/v1/courses/nowhere/enroll")
    keyed = anna.caller.post("/v1/courses/nowhere/enroll", Idempotency_Key="k")
    read = anna.caller.get("/v1/me")

    assert (problem.status, keyed.status, read.status) == (404, 404, 200)
    assert all("Position" not in answer.headers for answer in (problem, keyed, read))


def test_a_read_of_a_position_that_is_visible_is_answered(application: Application) -> None:
    anna, last = application.signed_in(), enrol_somebody(application)

    for position in (0, last - 1, last):
        assert anna.caller.get("/v1/me", Min_Position=str(position)).status == 200


def test_a_read_of_a_position_that_is_not_visible_in_time_is_to_be_sent_again(
    application: Application,
) -> None:
    hurried = Positions(
        events=application.services.repositories.outgoing_events,
        patience=timedelta(milliseconds=20),
    )
    application.services.__dict__["positions"] = hurried
    anna = application.signed_in()
    later = last_position(application) + 1

    answer = anna.caller.get("/v1/me", Min_Position=str(later))

    assert (answer.status, answer.code) == (503, "position-not-reached")
    assert answer.headers["Retry-After"] == "1"
    assert answer.json["min_position"] == later


@pytest.mark.parametrize("position", ["", "-1", "1.0", "one", "0x1", "1" * 19, "1, 2", "\u0661"])
def test_a_malformed_min_position_is_a_malformed_request(
    application: Application, position: str
) -> None:
    anna = application.signed_in()

    answer = anna.caller.get("/v1/me", Min_Position=position)

    assert (answer.status, answer.code) == (400, "malformed-request")


def test_an_address_that_has_an_account_does_not_show_in_positions(
    application: Application,
) -> None:
    """Otherwise whoever registers an address could tell by the next Position whether it was new."""
    before = last_position(application)
    account = {"email": "anna@school.example", "name": "Anna", "password": PASSWORD}

    application.stranger.post("/v1/auth/register", account)
    application.stranger.post("/v1/auth/register", account)

    assert last_position(application) == before


def test_pages_of_other_origins_can_read_and_send_positions() -> None:
    assert "Position" in RESPONSE_HEADERS.split(", ")
    assert "Min-Position" in REQUEST_HEADERS.split(", ")


def test_every_operation_describes_its_position(application: Application) -> None:
    paths = application.stranger.get("/v1/openapi.json").json["paths"]
    for route in routes().values():
        described = paths[route.path][route.method.lower()]
        if route.method == "GET":
            names = {parameter["name"] for parameter in described.get("parameters", ())}
            assert "Min-Position" in names
        else:
            status = str(int(route.operation.status))
            assert "Position" in described["responses"][status]["headers"]
