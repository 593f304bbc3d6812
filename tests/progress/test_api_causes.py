"""Recorded causes of events: user and idempotency key, over HTTP."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, Final
from uuid import UUID

import pytest
from django.db import connection

from accounts.domain.access import UserId
from authsvc.http.idempotency.service import request_key_for
from authsvc.kernel.canonical import canonical_json
from authsvc.kernel.tenancy import ALL_TENANTS
from courses.domain.entities.courses import Course
from progress.domain.entities.events import EventType, ProgressEvent, StreamId
from tests.support.application import Application, Person
from tests.support.builders import a_definition_of, a_principal
from tests.support.documents import page
from tests.support.learning import items_of

SCHEMA: Final[dict[str, Any]] = json.loads(page("docs/openapi.json"))
EVENT_TYPES: Final = {type_.value for type_ in EventType}
FORGED: Final = {
    "type": "credential_issued",
    "entity_type": "credential",
    "events": [{"type": "course_completed", "payload": {"course_version": 1}}],
    "status": "completed",
    "percent_complete": 100,
    "course_version": 9,
}


@pytest.fixture
def course(application: Application) -> Course:
    """A course with two required items."""
    return application.published(a_definition_of(required=2))


def walk_through(
    application: Application, person: Person, course: Course, body: Any = None
) -> None:
    """Send each request that a learner can send about a course, with *body*."""
    address = f"/v1/courses/{course.slug}"
    first, second = items_of(application.services, course)
    acts = ["enroll", "withdraw", "enroll", f"items/{first}/start"]
    for act in [*acts, f"items/{first}/complete", f"items/{second}/complete"]:
        assert person.caller.post(f"{address}/{act}", body).status < 300


def log_of(application: Application, person: Person, course: Course) -> list[ProgressEvent]:
    stream = StreamId(user_id=UserId(UUID(person.id)), course_id=course.id)
    return application.services.repositories.events.stream(stream, scope=ALL_TENANTS)


def operations(tag: str | None = None) -> Iterator[dict[str, Any]]:
    """The OpenAPI operations, all or those with a tag."""
    for methods in SCHEMA["paths"].values():
        yield from (
            operation for operation in methods.values() if tag is None or tag in operation["tags"]
        )


def words_in(schema: Any) -> Iterator[str]:
    """All texts in a part of the OpenAPI description, references included."""
    if isinstance(schema, str):
        yield schema
    elif isinstance(schema, list):
        for inner in schema:
            yield from words_in(inner)
    elif isinstance(schema, dict):
        name = str(schema.get("$ref", "")).rpartition("/")[2]
        yield from words_in(SCHEMA["components"]["schemas"].get(name, []))
        for key, inner in schema.items():
            yield from (key, *words_in(inner))


def test_no_operation_on_progress_takes_a_body_but_those_on_attempts_pathways_and_ai() -> None:
    names = {operation["operationId"] for operation in operations("progress")}
    with_body = {
        operation["operationId"] for operation in operations() if "requestBody" in operation
    }

    assert {"enroll", "withdraw", "startItem", "completeItem"} <= names
    on_attempts = {"saveResponses", "gradeAttempt", "voidAttempt"}
    on_ai = {
        "startAISession",
        "askTutor",
        "getTutorAnswer",
        "logAIInteraction",
        "giveAIFeedback",
        "removeAITexts",
        "changeAISettingsOfCourse",
        "changeAISettingsOfOrganization",
    }
    assert names & with_body == on_attempts | on_ai | {"revisePathway", "rebuildProgress"}


def test_no_body_that_anybody_sends_has_a_place_for_an_event_type() -> None:
    bodies = set(
        words_in(
            [operation["requestBody"] for operation in operations() if "requestBody" in operation]
        )
    )
    answers = set(words_in([operation["responses"] for operation in operations("progress")]))

    assert answers >= EVENT_TYPES
    assert bodies >= {"email", "reason", "modules"}
    assert bodies & EVENT_TYPES == set()


def test_what_learners_do_is_recorded_as_four_types_and_as_what_follows(
    application: Application, course: Course
) -> None:
    application.earns(course)
    anna = application.signed_in()

    walk_through(application, anna, course, FORGED)

    assert [event.fact.type.value for event in log_of(application, anna, course)] == [
        "enrolled",
        "withdrawn",
        "enrolled",
        "module_started",
        "item_completed",
        "item_completed",
        "course_completed",
        "credential_issued",
    ]


def test_what_is_sent_along_finds_no_way_into_the_log(
    application: Application, course: Course
) -> None:
    anna, ben = application.signed_in(), application.signed_in(name="Ben")

    walk_through(application, anna, course, FORGED)
    walk_through(application, ben, course)

    facts = [
        [event.fact for event in log_of(application, learner, course)] for learner in (anna, ben)
    ]
    assert facts[0] == facts[1]


def test_the_caller_is_recorded_as_the_cause(application: Application, course: Course) -> None:
    anna, ben = application.signed_in(), application.signed_in(name="Ben")

    walk_through(application, anna, course, {"user_id": ben.id, "recorded_by": ben.id})

    recorded_by = {str(event.recorded_by) for event in log_of(application, anna, course)}
    assert recorded_by == {anna.id}
    assert log_of(application, ben, course) == []


def test_an_event_notes_the_key_of_its_request_and_not_as_it_was_sent(
    application: Application, course: Course
) -> None:
    anna = application.signed_in()
    principal = a_principal(application.services.repositories.users.get(UserId(UUID(anna.id))))
    place = f"/v1/courses/{course.slug}"
    first, second = items_of(application.services, course)
    for act in ("enroll", f"items/{first}/complete"):
        anna.caller.post(f"{place}/{act}")

    anna.caller.post(f"{place}/items/{second}/complete", Idempotency_Key="secret-of-anna")

    keys = [event.idempotency_key for event in log_of(application, anna, course)]
    request_key = request_key_for(principal, "secret-of-anna")
    assert keys == ["", "", request_key, request_key]
    assert len(request_key) == 64


def test_a_request_that_is_sent_again_is_recorded_once(
    application: Application, course: Course
) -> None:
    anna = application.signed_in()
    enroll = f"/v1/courses/{course.slug}/enroll"

    answers = [anna.caller.post(enroll, Idempotency_Key="k") for _ in range(3)]

    assert [answer.status for answer in answers] == [201] * 3
    assert {answer.text for answer in answers} == {answers[0].text}
    replayed = [answer.headers.get("Idempotent-Replayed") for answer in answers]
    assert replayed == [None, "true", "true"]
    assert len(log_of(application, anna, course)) == 1


def test_a_key_that_served_elsewhere_has_nothing_recorded(
    application: Application, course: Course
) -> None:
    anna = application.signed_in()
    place = f"/v1/courses/{course.slug}"
    anna.caller.post(f"{place}/enroll", Idempotency_Key="k")

    answer = anna.caller.post(f"{place}/withdraw", Idempotency_Key="k")

    assert (answer.status, answer.code) == (409, "idempotency-key-reused")
    assert len(log_of(application, anna, course)) == 1


def test_the_equal_keys_of_two_learners_have_nothing_to_do_with_each_other(
    application: Application, course: Course
) -> None:
    anna, ben = application.signed_in(), application.signed_in(name="Ben")
    enroll = f"/v1/courses/{course.slug}/enroll"
    anna.caller.post(enroll, Idempotency_Key="k")

    answer = ben.caller.post(enroll, Idempotency_Key="k")

    assert (answer.status, answer.json["user_id"]) == (201, ben.id)
    assert "Idempotent-Replayed" not in answer.headers
    keys = {log_of(application, learner, course)[0].idempotency_key for learner in (anna, ben)}
    assert len(keys) == 2


def test_the_log_holds_ids_and_no_word_about_a_person(
    application: Application, course: Course
) -> None:
    application.earns(course)
    anna = application.signed_in(name="Annabel")

    walk_through(application, anna, course)

    written = b"".join(canonical_json(asdict(event)) for event in log_of(application, anna, course))
    assert anna.id.encode() in written
    assert anna.email.encode() not in written
    assert b"annabel" not in written.lower()


@pytest.mark.database
@pytest.mark.parametrize("table", ["progress_progressevent", "progress_courseprogress"])
def test_the_rows_hold_ids_and_no_word_about_a_person(
    application: Application, course: Course, table: str
) -> None:
    anna = application.signed_in(name="Annabel")
    walk_through(application, anna, course)

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")  # noqa: S608  # the names stand above
        written = str(cursor.fetchall()).lower()

    assert anna.id in written or UUID(anna.id).hex in written
    assert "annabel" not in written
    assert "@" not in written
