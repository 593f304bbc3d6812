"""The rebuild_progress command, after tampering with the database."""

from functools import partial
from typing import Any, Final

import pytest
from django.db import connection

from authsvc.kernel.tenancy import ALL_TENANTS
from progress.domain.entities.events import StreamId
from progress.models import ProgressEvent
from tests.support.builders import a_definition_of
from tests.support.commands import error_of, output_of
from tests.support.learning import a_learner, a_published_course
from tests.support.sql import change_row
from tests.support.worlds import World, orm_world

pytestmark = pytest.mark.database

EVENT: Final = "UPDATE progress_progressevent SET {} WHERE sequence = 2"
PROJECTION: Final = "UPDATE progress_courseprogress SET {} WHERE sequence = 1"
CHANGED_EVENTS: Final = {
    "its key": "idempotency_key = 'k'",
    "its type": "type = 'withdrawn'",
    "its moment": "occurred_at = '2020-01-01'",
    "its hash": "hash = previous_hash",
    "its payload": """payload = '{"module_id": "?"}'""",
}
CHANGED_PROJECTIONS: Final = {
    "its share": PROJECTION.format("percent_complete = 9"),
    "its head": PROJECTION.format("hash = 'f', sequence = 9"),
    "its status": PROJECTION.format("status = 'asleep'"),
    "its items": PROJECTION.format("""completed_items = '["?"]'"""),
    "all of it": "DELETE FROM progress_courseprogress WHERE sequence = 1",
}
ALL_OF_A_LEARNER: Final = "DELETE FROM progress_progressevent WHERE user_id = %s"


@pytest.fixture
def school() -> World:
    return orm_world()


@pytest.fixture
def passed(school: World) -> StreamId:
    """Anna's stream of four events, which ends with the completion of the course."""
    course = a_published_course(school.services, a_definition_of(required=2, slug="knots"))
    return a_learner(school).passes(course).stream


@pytest.fixture
def begun(school: World) -> StreamId:
    """Ben's stream of one event."""
    course = a_published_course(school.services, a_definition_of(required=2, slug="bends"))
    return a_learner(school, "Ben").enrols(course).stream


run = partial(change_row, ProgressEvent)


def id_of_learner(stream: StreamId) -> Any:
    """The SQL for this database."""
    return ProgressEvent._meta.get_field("user").get_db_prep_value(stream.user_id, connection)


def checksums_in(output: str) -> list[str]:
    return [line.split()[-1] for line in output.splitlines() if line.startswith("checksum")]


@pytest.mark.usefixtures("passed", "begun")
def test_a_true_projection_passes_the_check() -> None:
    output = output_of("rebuild_progress", "--check")

    of_log, of_kept = checksums_in(output)
    assert output.splitlines()[0] == "2 streams, 0 different"
    assert of_log == of_kept
    assert len(of_log) == 64


@pytest.mark.usefixtures("passed", "begun")
def test_there_is_nothing_to_repair_in_a_true_projection() -> None:
    output = output_of("rebuild_progress")

    assert output.splitlines()[0] == "2 streams, 0 repaired"
    assert checksums_in(output) == checksums_in(output_of("rebuild_progress", "--check"))[:1]


def test_an_empty_log_is_rebuilt() -> None:
    assert output_of("rebuild_progress").startswith("0 streams, 0 repaired\n")


@pytest.mark.usefixtures("passed")
@pytest.mark.parametrize("change", CHANGED_PROJECTIONS)
def test_a_projection_that_was_changed_fails_the_check(begun: StreamId, change: str) -> None:
    run(CHANGED_PROJECTIONS[change])

    error, output = error_of("rebuild_progress", "--check")

    assert error == "The stored progress differs from the log."
    assert output.splitlines()[:2] == [f"{begun}: different", "2 streams, 1 different"]
    of_log, of_kept = checksums_in(output)
    assert of_log != of_kept


@pytest.mark.usefixtures("passed")
@pytest.mark.parametrize("change", CHANGED_PROJECTIONS)
def test_a_projection_that_was_changed_is_repaired(
    school: World, begun: StreamId, change: str
) -> None:
    whole = school.repositories.progress.find(begun.user_id, "bends", scope=ALL_TENANTS)
    before = output_of("rebuild_progress", "--check")
    run(CHANGED_PROJECTIONS[change])

    output = output_of("rebuild_progress", "--trust-log")

    assert output.splitlines()[:2] == [f"{begun}: repaired", "2 streams, 1 repaired"]
    assert checksums_in(output) == checksums_in(before)[:1]
    assert output_of("rebuild_progress", "--check") == before
    assert school.repositories.progress.find(begun.user_id, "bends", scope=ALL_TENANTS) == whole


@pytest.mark.usefixtures("begun")
def test_a_check_repairs_nothing() -> None:
    run(CHANGED_PROJECTIONS["its share"])

    first = error_of("rebuild_progress", "--check")
    second = error_of("rebuild_progress", "--check")

    assert first == second


def test_a_log_that_does_not_verify_is_not_rebuilt(begun: StreamId, passed: StreamId) -> None:
    run(ALL_OF_A_LEARNER, id_of_learner(begun))
    run("UPDATE progress_courseprogress SET completed_items = '[]' WHERE sequence = 4")

    error, _ = error_of("rebuild_progress", "--trust-log")

    assert error.startswith(f"The event log does not verify. {begun}: ")
    _, output = error_of("rebuild_progress", "--check")
    assert output.startswith(f"{passed}: different\n{begun}: event 1 is missing\n")


@pytest.mark.usefixtures("begun", "passed")
@pytest.mark.parametrize("change", CHANGED_EVENTS)
def test_a_log_with_a_changed_event_is_not_rebuilt(change: str) -> None:
    run(EVENT.format(CHANGED_EVENTS[change]))

    error, _ = error_of("rebuild_progress", "--trust-log")

    assert error.startswith("The event log does not verify. ")


@pytest.mark.usefixtures("passed")
@pytest.mark.parametrize("payload", ["[]", "null", "5", '"text"', '{"course_version": "1"}'])
def test_an_event_whose_payload_has_no_shape_is_a_flaw(begun: StreamId, payload: str) -> None:
    statement = "UPDATE progress_progressevent SET payload = %s WHERE user_id = %s"
    run(statement, payload, id_of_learner(begun))

    _, output = error_of("rebuild_progress", "--check")

    reason = "an event cannot be read: the payload of enrolled does not have the shape of its type"
    assert output.startswith(f"{begun}: {reason}")
