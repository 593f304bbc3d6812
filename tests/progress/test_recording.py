"""EventRecorder: order, hash chain, and atomicity with everything that follows."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass, field, replace
from typing import Final
from uuid import UUID, uuid4

import pytest

from accounts.domain.access import OPERATOR, UserId
from authsvc.kernel.canonical import canonical_json
from authsvc.kernel.events import EventBus
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.tenancy import ALL_TENANTS, TenantScope
from authsvc.kernel.verification import ALL_USERS, Stored, UserRange
from courses.domain.entities.courses import Course
from courses.domain.entities.outlines import ItemId
from progress.domain.entities.events import (
    GENESIS,
    Cause,
    EntityType,
    EventId,
    EventSelection,
    EventType,
    Fact,
    ProgressEvent,
    StreamId,
)
from progress.domain.entities.progress import ProgressStatus
from progress.domain.errors import NotEnrolled
from progress.domain.events import CourseCompleted
from progress.domain.repositories.protocols.progress import EventRepository
from progress.domain.services.learning import LearningService
from tests.support.blocks import Oops
from tests.support.builders import a_definition_of, some_terms
from tests.support.learning import (
    Learner,
    a_learner,
    a_published_course,
    items_of,
    published_again,
    record_fact,
    revised,
)
from tests.support.streams import completed
from tests.support.worlds import World

REVOKED: Final = Fact(
    type=EventType.CREDENTIAL_REVOKED,
    entity_id=uuid4(),
    payload={"credential_id": str(uuid4()), "credential_version": 1, "sha256": "f" * 64},
)


def a_whole_story(world: World) -> tuple[Learner, Course]:
    """Enrolled, withdrawn, enrolled again, completed, and with a credential."""
    anna, course = a_learner(world), a_published_course(world.services)
    world.services.credentials.define(some_terms(course_id=course.id), by=OPERATOR)
    anna.enrols(course)
    anna.starts(course, items_of(world.services, course)[0])
    anna.withdraws(course)
    anna.passes(course)
    return anna, course


def before_the_last_item(world: World) -> tuple[Learner, Course, ItemId]:
    """A learner with one item left to complete."""
    definition = a_definition_of(required=1)
    anna, course = a_learner(world), a_published_course(world.services, definition)
    anna.enrols(course)
    return anna, course, items_of(world.services, course)[0]


@dataclass
class Appended:
    """An event repository that remembers each batch of appended events."""

    events: EventRepository
    batches: list[Sequence[ProgressEvent]] = field(default_factory=list)

    def append(self, events: Sequence[ProgressEvent], *, scope: TenantScope) -> None:
        self.batches.append(events)
        self.events.append(events, scope=scope)

    def page_of_stream(
        self, stream: StreamId, request: PageRequest, *, scope: TenantScope
    ) -> Page[ProgressEvent]:
        return self.events.page_of_stream(stream, request, scope=scope)

    def stream(self, stream: StreamId, *, scope: TenantScope) -> list[ProgressEvent]:
        return self.events.stream(stream, scope=scope)

    def of_types(
        self, stream: StreamId, types: AbstractSet[EventType], *, scope: TenantScope
    ) -> list[ProgressEvent]:
        return self.events.of_types(stream, types, scope=scope)

    def page(
        self,
        selection: EventSelection,
        request: PageRequest,
        *,
        latest_first: bool = False,
        scope: TenantScope,
    ) -> Page[ProgressEvent]:
        return self.events.page(selection, request, latest_first=latest_first, scope=scope)

    def find(
        self, event_id: EventId, selection: EventSelection, *, scope: TenantScope
    ) -> ProgressEvent | None:
        return self.events.find(event_id, selection, scope=scope)

    def course_versions(
        self, events: Sequence[ProgressEvent], *, scope: TenantScope
    ) -> Mapping[EventId, int]:
        return self.events.course_versions(events, scope=scope)

    def page_of_streams(
        self, request: PageRequest, *, users: UserRange = ALL_USERS, scope: TenantScope
    ) -> Page[StreamId]:
        return self.events.page_of_streams(request, users=users, scope=scope)

    def last_about(
        self, stream: StreamId, about: EntityType, entity_id: UUID, *, scope: TenantScope
    ) -> Stored[ProgressEvent] | None:
        return self.events.last_about(stream, about, entity_id, scope=scope)

    def in_streams(
        self,
        *,
        about: EntityType | None = None,
        users: UserRange = ALL_USERS,
        scope: TenantScope,
    ) -> Iterator[Stored[ProgressEvent]]:
        return self.events.in_streams(about=about, users=users, scope=scope)

    def settled_position(self) -> int:
        return self.events.settled_position()

    def hashes(self, *, after: int, up_to: int | None = None) -> Iterator[tuple[int, str]]:
        return self.events.hashes(after=after, up_to=up_to)

    def count(self) -> int:
        return self.events.count()


def listened_to_by(listener: Callable[[CourseCompleted], None], world: World) -> LearningService:
    """A LearningService with *listener* as the only subscriber."""
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


def test_events_happen_by_the_clock_of_the_application(memory: World) -> None:
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
    published_again(memory.services, revised(definition, keeping=1, adding=1))
    learning.upgrade(course.slug, by=asker, idempotency_key="k5")
    learning.complete_item(course.slug, item_id, by=asker, idempotency_key="k6")

    noted = [event.idempotency_key for event in anna.log_of(course)]
    assert noted == ["k1", "k2", "k3", "k4", "k5", "k6"]


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


def test_a_completion_is_published_once_with_its_version(memory: World) -> None:
    anna, course, item_id = before_the_last_item(memory)
    published: list[CourseCompleted] = []
    learning = listened_to_by(published.append, memory)

    for _ in range(2):
        learning.complete_item(course.slug, item_id, by=anna.principal)

    assert published == [
        CourseCompleted(
            user_id=anna.principal.person,
            course_id=course.id,
            org_id=None,
            course_version=1,
            completed_at=memory.clock.now(),
        )
    ]


def test_subscribers_find_the_completion_in_the_log(memory: World) -> None:
    anna, course, item_id = before_the_last_item(memory)
    result: list[EventType] = []
    learning = listened_to_by(lambda _: result.extend(anna.types_of(course)), memory)

    learning.complete_item(course.slug, item_id, by=anna.principal)

    assert result[-1] is EventType.COURSE_COMPLETED


def test_nothing_is_stored_when_a_subscriber_fails(memory: World) -> None:
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

    record_fact(memory, REVOKED, stream=before.stream, by=root)

    last = anna.log_of(course)[-1]
    assert (last.fact, last.recorded_by, last.sequence) == (REVOKED, root, before.sequence + 1)
    assert anna.progress_on(course) == replace(before, sequence=last.sequence, hash=last.hash)


def test_what_another_app_owns_is_recorded_of_those_who_left_too(memory: World) -> None:
    anna, course = a_learner(memory), a_published_course(memory.services)
    anna.enrols(course)
    left = anna.withdraws(course)

    record_fact(memory, REVOKED, stream=left.stream, by=None)

    assert anna.progress_on(course).status is ProgressStatus.WITHDRAWN
    assert anna.log_of(course)[-1].recorded_by is None


def test_nothing_is_recorded_in_a_stream_that_was_never_begun(memory: World) -> None:
    anna, course = a_learner(memory), a_published_course(memory.services)
    never_begun = StreamId(user_id=anna.principal.person, course_id=course.id)

    with pytest.raises(NotEnrolled):
        record_fact(memory, REVOKED, stream=never_begun, by=None)

    assert memory.repositories.events.stream(never_begun, scope=ALL_TENANTS) == []


def test_several_facts_are_recorded_together_in_their_order(memory: World) -> None:
    anna, course = a_learner(memory), a_published_course(memory.services)
    enrolled, recorder = anna.enrols(course), memory.services.learning.recorder
    facts = [completed(item_id) for item_id in items_of(memory.services, course)]
    log = Appended(memory.repositories.events)

    with memory.unit_of_work.atomic():
        head = replace(recorder, log=log).record(enrolled, *facts, cause=Cause(user_id=None))

    (batch,) = log.batches
    assert [event.fact for event in batch[:3]] == facts
    assert [event.fact.type for event in batch[3:]] == [EventType.COURSE_COMPLETED]
    assert [event.sequence for event in batch] == [2, 3, 4, 5]
    assert anna.progress_on(course) == head
    assert (head.sequence, head.hash) == (5, batch[-1].hash)


def test_the_recorder_returns_the_head_after_what_subscribers_have_recorded(memory: World) -> None:
    anna, course, item_id = before_the_last_item(memory)

    def revoke(event: CourseCompleted) -> None:
        stream = StreamId(user_id=event.user_id, course_id=event.course_id, org_id=event.org_id)
        record_fact(memory, REVOKED, stream=stream, by=None)

    head = listened_to_by(revoke, memory).complete_item(course.slug, item_id, by=anna.principal)

    last = anna.log_of(course)[-1]
    assert last.fact == REVOKED
    assert (head.sequence, head.hash) == (last.sequence, last.hash)
    assert anna.progress_on(course) == head
