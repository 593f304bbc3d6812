"""How facts get into the log: in order, in a chain, and with all that follows from them or not at all."""

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Final
from uuid import uuid4

import pytest

from accounts.domain.entities import OPERATOR, UserId
from authsvc.kernel.canonical import canonical_json
from authsvc.kernel.events import EventBus
from authsvc.kernel.reach import EVERYWHERE
from courses.domain.entities import Course, ItemId
from progress.domain.entities import GENESIS, EventType, Fact, ProgressStatus, StreamId
from progress.domain.errors import NotEnrolled
from progress.domain.events import CourseCompleted
from progress.domain.services import LearningService
from tests.support.blocks import Oops
from tests.support.builders import a_definition_of, some_terms
from tests.support.learning import Learner, a_learner, a_published_course, items_of
from tests.support.worlds import World

REVOKED: Final = Fact(
    type=EventType.CREDENTIAL_REVOKED,
    entity_id=uuid4(),
    payload={"credential_id": str(uuid4()), "credential_version": 1},
)


def a_whole_story(world: World) -> tuple[Learner, Course]:
    """Enrolled, gone, back, completed, and with a credential."""
    anna, course = a_learner(world), a_published_course(world.services)
    world.services.credentials.define(some_terms(course_id=course.id), by=OPERATOR)
    anna.enrols(course)
    anna.starts(course, items_of(world.services, course)[0])
    anna.withdraws(course)
    anna.passes(course)
    return anna, course


def before_the_last_item(world: World) -> tuple[Learner, Course, ItemId]:
    """Somebody on a course that lacks one item to be completed."""
    definition = a_definition_of(required=1)
    anna, course = a_learner(world), a_published_course(world.services, definition)
    anna.enrols(course)
    return anna, course, items_of(world.services, course)[0]


def listened_to_by(listener: Callable[[CourseCompleted], None], world: World) -> LearningService:
    """What learners do, in a house where nobody else is told of completed courses."""
    bus = EventBus()
    bus.subscribe(CourseCompleted, listener)
    learning = world.services.learning
    return replace(learning, recorder=replace(learning.recorder, events=bus))


def test_the_events_of_a_stream_are_counted_from_one(memory: World) -> None:
    anna, course = a_whole_story(memory)

    log = anna.log_of(course)

    assert [event.sequence for event in log] == list(range(1, 10))
    assert [event.fact.type.value for event in log] == [
        "enrolled",
        "module_started",
        "withdrawn",
        "enrolled",
        "item_completed",
        "item_completed",
        "item_completed",
        "course_completed",
        "credential_issued",
    ]


def test_the_events_of_a_stream_are_a_chain(memory: World) -> None:
    anna, course = a_whole_story(memory)

    log = anna.log_of(course)

    assert [event.previous_hash for event in log] == [GENESIS, *(event.hash for event in log[:-1])]
    assert [event.hash for event in log] == [event.computed_hash() for event in log]
    assert len({event.id for event in log}) == len(log)


def test_the_projection_holds_the_head_of_the_chain(memory: World) -> None:
    anna, course = a_whole_story(memory)

    progress = anna.progress_on(course)

    last = anna.log_of(course)[-1]
    assert (progress.sequence, progress.hash) == (last.sequence, last.hash)


def test_streams_are_counted_each_for_itself(memory: World) -> None:
    anna, ben = a_learner(memory), a_learner(memory, name="Ben")
    course = a_published_course(memory.services)
    anna.enrols(course)
    ben.enrols(course)

    ben.withdraws(course)

    assert [event.sequence for event in anna.log_of(course)] == [1]
    assert [event.sequence for event in ben.log_of(course)] == [1, 2]


def test_events_happen_by_the_clock_of_the_house(memory: World) -> None:
    anna, course = a_learner(memory), a_published_course(memory.services)
    anna.enrols(course)
    memory.clock.go_on(hours=3)

    anna.withdraws(course)

    first, second = (event.occurred_at for event in anna.log_of(course))
    assert (second - first).total_seconds() == 3 * 60 * 60


def test_every_event_says_who_had_it_recorded(memory: World) -> None:
    anna, course = a_whole_story(memory)

    assert {event.recorded_by for event in anna.log_of(course)} == {anna.principal.user_id}


def test_every_event_of_an_act_notes_the_key_of_its_request(memory: World) -> None:
    definition = a_definition_of(required=1)
    anna, course = a_learner(memory), a_published_course(memory.services, definition)
    (item_id,) = items_of(memory.services, course)
    learning, asker = memory.services.learning, anna.principal

    learning.enroll(course.slug, by=asker, idempotency_key="k1")
    learning.start_item(course.slug, item_id, by=asker, idempotency_key="k2")
    learning.withdraw(course.slug, by=asker, idempotency_key="k3")
    learning.enroll(course.slug, by=asker, idempotency_key="k4")
    learning.complete_item(course.slug, item_id, by=asker, idempotency_key="k5")

    noted = [event.idempotency_key for event in anna.log_of(course)]
    assert noted == ["k1", "k2", "k3", "k4", "k5", "k5"]


def test_an_act_without_a_key_notes_none(memory: World) -> None:
    anna, course = a_whole_story(memory)

    assert {event.idempotency_key for event in anna.log_of(course)} == {""}


def test_the_log_holds_ids_and_no_word_about_a_person(memory: World) -> None:
    anna = a_learner(memory, name="Annabel Quill")
    course = a_published_course(memory.services)
    anna.passes(course)
    user = memory.repositories.users.get(anna.principal.person)

    written = b"".join(canonical_json(asdict(event)) for event in anna.log_of(course))

    assert str(user.id).encode() in written
    assert user.email.encode() not in written
    assert b"Annabel" not in written


def test_completing_a_course_is_told_once_and_with_its_version(memory: World) -> None:
    anna, course, item_id = before_the_last_item(memory)
    heard: list[CourseCompleted] = []
    learning = listened_to_by(heard.append, memory)

    for _ in range(2):
        learning.complete_item(course.slug, item_id, by=anna.principal)

    assert heard == [
        CourseCompleted(
            user_id=anna.principal.person,
            course_id=course.id,
            org_id=None,
            course_version=1,
            completed_at=memory.clock.now(),
        )
    ]


def test_whoever_is_told_finds_the_completion_in_the_log(memory: World) -> None:
    anna, course, item_id = before_the_last_item(memory)
    found: list[EventType] = []
    learning = listened_to_by(lambda _: found.extend(anna.types_of(course)), memory)

    learning.complete_item(course.slug, item_id, by=anna.principal)

    assert found[-1] is EventType.COURSE_COMPLETED


def test_when_one_who_is_told_fails_nothing_is_kept(memory: World) -> None:
    anna, course, item_id = before_the_last_item(memory)
    before = anna.progress_on(course)

    def fail(_: CourseCompleted) -> None:
        raise Oops

    with pytest.raises(Oops):
        listened_to_by(fail, memory).complete_item(course.slug, item_id, by=anna.principal)

    assert anna.progress_on(course) == before
    assert anna.types_of(course) == [EventType.ENROLLED]


def test_what_another_app_owns_goes_into_the_stream_that_it_is_about(memory: World) -> None:
    anna, course = a_learner(memory), a_published_course(memory.services)
    before, root = anna.passes(course), UserId(uuid4())

    memory.services.issuing.issuer.recording.record(REVOKED, stream=before.stream, by=root)

    last = anna.log_of(course)[-1]
    assert (last.fact, last.recorded_by, last.sequence) == (REVOKED, root, before.sequence + 1)
    assert anna.progress_on(course) == replace(before, sequence=last.sequence, hash=last.hash)


def test_what_another_app_owns_is_recorded_of_those_who_left_too(memory: World) -> None:
    anna, course = a_learner(memory), a_published_course(memory.services)
    anna.enrols(course)
    left = anna.withdraws(course)

    memory.services.issuing.issuer.recording.record(REVOKED, stream=left.stream, by=None)

    assert anna.progress_on(course).status is ProgressStatus.WITHDRAWN
    assert anna.log_of(course)[-1].recorded_by is None


def test_nothing_is_recorded_in_a_stream_that_was_never_begun(memory: World) -> None:
    anna, course = a_learner(memory), a_published_course(memory.services)
    never_begun = StreamId(user_id=anna.principal.person, course_id=course.id)

    with pytest.raises(NotEnrolled):
        memory.services.issuing.issuer.recording.record(REVOKED, stream=never_begun, by=None)

    assert memory.repositories.events.stream(never_begun, within=EVERYWHERE) == []
