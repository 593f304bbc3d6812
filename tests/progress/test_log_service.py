"""EventLogVerifier: comparing and rebuilding the projection."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, Final
from uuid import uuid4

import pytest

from accounts.domain.access import OPERATOR, UserId
from authsvc.kernel.unit_of_work import UnitOfWork
from courses.domain.entities.courses import CourseId
from courses.domain.repositories.memory.courses import InMemoryCourseVersionRepository
from progress.domain.entities.events import GENESIS, EventType, Fact, StreamId
from progress.domain.entities.progress import ProgressStatus
from progress.domain.errors import LogNotVerified
from progress.domain.services.verification import EventLogVerifier, Flaw
from tests.support.builders import a_definition_of
from tests.support.learning import (
    a_learner,
    a_published_course,
    items_of,
    published_again,
    record_fact,
    revised,
)
from tests.support.tampering import (
    HOLE,
    Torn,
    a_begun_stream,
    a_passed_stream,
    change_event,
    change_projection,
    events_in,
    projections_in,
    remove_event,
)
from tests.support.worlds import World

UNREADABLE: Final = f"an event cannot be read: {HOLE}"
OTHER_PARTS: Final[dict[str, dict[str, Any]]] = {
    "the status": {"status": ProgressStatus.WITHDRAWN},
    "the version": {"course_version": 2},
    "the share": {"percent_complete": 50},
    "the completion": {"completed_at": None},
    "the items": {"completed_items": ()},
    "the modules": {"started_modules": (uuid4(),)},
    "the head": {"hash": GENESIS},
    "the slug": {"course_slug": "bends"},
}


@dataclass(frozen=True, kw_only=True)
class Interrupted:
    """A unit of work that runs something else before its first block."""

    unit_of_work: UnitOfWork
    happenings: list[Callable[[], object]]

    @contextmanager
    def atomic(self) -> Iterator[None]:
        if self.happenings:
            self.happenings.pop()()
        with self.unit_of_work.atomic():
            yield

    def single(self) -> AbstractContextManager[None]:
        return self.atomic()

    def snapshot(self) -> AbstractContextManager[None]:
        return self.unit_of_work.snapshot()

    def on_commit(self, callback: Callable[[], None]) -> None:
        self.unit_of_work.on_commit(callback)

    def require_outside(self) -> None:
        self.unit_of_work.require_outside()

    def release(self) -> None:
        self.unit_of_work.release()


def log_of(world: World) -> EventLogVerifier:
    """The verifier of a new process, with no course versions cached."""
    return replace(world.services).log_verifier


def test_an_empty_log_amounts_to_nothing(memory: World) -> None:
    report = memory.services.log_verifier.compare(by=OPERATOR)

    assert report.is_clean
    assert report.streams == 0
    assert report.checksum == report.stored_checksum == sha256().hexdigest()


def test_what_learners_did_is_what_is_kept(memory: World) -> None:
    a_passed_stream(memory)
    a_begun_stream(memory)

    report = memory.services.log_verifier.compare(by=OPERATOR)

    assert report.is_clean
    assert report.streams == 2
    assert report.checksum == report.stored_checksum != sha256().hexdigest()


def test_coming_back_to_another_version_is_folded_with_that_version(memory: World) -> None:
    definition = a_definition_of(required=4)
    course = a_published_course(memory.services, definition)
    anna = a_learner(memory)
    anna.enrols(course)
    anna.completes(course, items_of(memory.services, course)[0])
    anna.withdraws(course)
    anna.enrols(published_again(memory.services, revised(definition, keeping=2)))

    report = log_of(memory).compare(by=OPERATOR)

    assert anna.progress_on(course).percent_complete == 50
    assert report.is_clean


def test_an_event_of_another_app_has_its_place_in_the_fold(memory: World) -> None:
    stream = a_passed_stream(memory)
    named: dict[str, str | int] = {
        "credential_id": str(uuid4()),
        "credential_version": 1,
        "sha256": "f" * 64,
    }
    issued = Fact(type=EventType.CREDENTIAL_ISSUED, entity_id=uuid4(), payload=named)
    record_fact(memory, issued, stream=stream, by=None)

    assert memory.services.log_verifier.compare(by=OPERATOR).is_clean


@pytest.mark.parametrize("part", OTHER_PARTS)
def test_a_projection_that_was_changed_differs(memory: World, part: str) -> None:
    stream, _ = a_passed_stream(memory), a_begun_stream(memory)
    change_projection(memory, stream, **OTHER_PARTS[part])

    report = memory.services.log_verifier.compare(by=OPERATOR)

    assert not report.is_clean
    assert report.differing == (stream,)
    assert report.flaws == ()
    assert report.checksum != report.stored_checksum


def test_comparing_changes_nothing(memory: World) -> None:
    changed, lost = a_passed_stream(memory), a_begun_stream(memory)
    change_projection(memory, changed, percent_complete=50)
    del projections_in(memory)[lost]
    before = dict(projections_in(memory))

    report = memory.services.log_verifier.compare(by=OPERATOR)

    assert report.differing == (changed, lost)
    assert dict(projections_in(memory)) == before


def test_a_projection_is_repaired_to_what_it_was(memory: World) -> None:
    changed, lost = a_passed_stream(memory), a_begun_stream(memory)
    whole, before = dict(projections_in(memory)), memory.services.log_verifier.compare(by=OPERATOR)
    change_projection(memory, changed, completed_items=(), hash=GENESIS)
    del projections_in(memory)[lost]

    repaired = memory.services.log_verifier.rebuild(trusts_log=True, by=OPERATOR)

    assert repaired.differing == (changed, lost)
    assert repaired.flaws == ()
    assert repaired.checksum == before.checksum
    assert dict(projections_in(memory)) == whole
    assert memory.services.log_verifier.compare(by=OPERATOR) == before


def test_what_is_true_is_left_as_it_is(memory: World) -> None:
    a_passed_stream(memory)
    before = dict(projections_in(memory))

    report = memory.services.log_verifier.rebuild(by=OPERATOR)

    assert report.is_clean
    assert dict(projections_in(memory)) == before


def test_a_projection_that_cannot_be_read_is_as_good_as_none(memory: World) -> None:
    stream = a_passed_stream(memory)
    whole, before = dict(projections_in(memory)), memory.services.log_verifier.compare(by=OPERATOR)
    projections_in(memory)[stream] = Torn()

    compared = memory.services.log_verifier.compare(by=OPERATOR)
    memory.services.log_verifier.rebuild(trusts_log=True, by=OPERATOR)

    assert compared.differing == (stream,)
    assert dict(projections_in(memory)) == whole
    assert memory.services.log_verifier.compare(by=OPERATOR) == before


def test_each_stream_of_a_long_log_is_verified_once(memory: World) -> None:
    course = a_published_course(memory.services)
    streams = [a_learner(memory).enrols(course).stream for _ in range(101)]
    for stream in streams:
        change_projection(memory, stream, hash=GENESIS)

    report = memory.services.log_verifier.compare(by=OPERATOR)

    assert report.streams == 101
    assert report.differing == tuple(streams)


def test_progress_without_any_event_is_named_and_left_as_it_is(memory: World) -> None:
    stream, _ = a_begun_stream(memory), a_passed_stream(memory)
    remove_event(memory, stream, 1)
    stored = projections_in(memory)[stream]

    compared = memory.services.log_verifier.compare(by=OPERATOR)
    with pytest.raises(LogNotVerified):
        memory.services.log_verifier.rebuild(trusts_log=True, by=OPERATOR)

    assert not compared.is_clean
    assert compared.flaws == (Flaw(stream=stream, reason="event 1 is missing"),)
    assert (compared.streams, compared.differing) == (1, ())
    assert projections_in(memory)[stream] == stored


@pytest.mark.parametrize("act", [EventLogVerifier.compare, EventLogVerifier.rebuild])
def test_an_enrolment_in_the_meantime_is_no_flaw(memory: World, act: Callable[..., Any]) -> None:
    a_passed_stream(memory)
    course, ben = a_published_course(memory.services), a_learner(memory, "Ben")
    busy = Interrupted(unit_of_work=memory.unit_of_work, happenings=[lambda: ben.enrols(course)])

    report = act(replace(memory.services.log_verifier, unit_of_work=busy), by=OPERATOR)

    assert not busy.happenings
    assert ben.progress_on(course).sequence == 1
    assert report.flaws == ()


def test_an_event_that_cannot_be_read_is_a_flaw_and_hinders_nothing_else(memory: World) -> None:
    torn = a_passed_stream(memory)
    events_in(memory)[2] = Torn()
    stored = projections_in(memory)[torn]

    report = memory.services.log_verifier.compare(by=OPERATOR)

    assert report.flaws == (Flaw(stream=torn, reason=UNREADABLE),)
    assert (report.streams, report.differing) == (1, ())
    assert not report.is_clean
    assert projections_in(memory)[torn] == stored


@pytest.mark.parametrize("parts", [{"sequence": 9}, {"hash": GENESIS}])
def test_a_log_that_is_behind_the_stored_progress_is_not_rebuilt(
    memory: World, parts: dict[str, Any]
) -> None:
    stream = a_passed_stream(memory)
    change_projection(memory, stream, **parts)
    before = dict(projections_in(memory))

    with pytest.raises(LogNotVerified):
        memory.services.log_verifier.rebuild(by=OPERATOR)

    assert dict(projections_in(memory)) == before


def test_a_log_that_is_not_what_an_anchor_states_is_not_rebuilt(memory: World) -> None:
    stream = a_passed_stream(memory)
    memory.services.anchors.make(by=OPERATOR)
    remove_event(memory, stream, 4)
    head = events_in(memory)[3]
    change_projection(memory, stream, sequence=3, hash=head.hash)

    with pytest.raises(LogNotVerified) as error:
        memory.services.log_verifier.rebuild(by=OPERATOR)

    assert error.value.detail.startswith("anchor 1: the log has 1 fewer between the")


@pytest.mark.parametrize("trusts_log", [False, True])
def test_a_log_with_a_broken_chain_is_not_rebuilt(memory: World, *, trusts_log: bool) -> None:
    stream = a_passed_stream(memory)
    change_event(memory, stream, 2, idempotency_key="k")
    change_projection(memory, stream, percent_complete=9)
    before = dict(projections_in(memory))

    with pytest.raises(LogNotVerified) as error:
        memory.services.log_verifier.rebuild(trusts_log=trusts_log, by=OPERATOR)

    assert "event 2 was changed" in error.value.detail
    assert dict(projections_in(memory)) == before


def test_a_stream_on_a_version_that_is_gone_is_a_flaw(memory: World) -> None:
    stream = a_passed_stream(memory)
    versions = memory.repositories.course_versions
    assert isinstance(versions, InMemoryCourseVersionRepository)
    del versions.store[stream.course_id, 1]

    report = log_of(memory).compare(by=OPERATOR)

    assert report.flaws == (Flaw(stream=stream, reason="there is no such version of the course"),)


def test_a_stream_that_begins_with_another_event_is_a_flaw(memory: World) -> None:
    stream = a_passed_stream(memory)
    left = Fact(type=EventType.WITHDRAWN, entity_id=stream.course_id, payload={})
    change_event(memory, stream, 1, fact=left)

    report = memory.services.log_verifier.compare(by=OPERATOR)

    assert [flaw.stream for flaw in report.flaws] == [stream]


def test_a_stream_says_whose_it_is() -> None:
    learner, course = UserId(uuid4()), CourseId(uuid4())

    stream = StreamId(user_id=learner, course_id=course)

    assert str(stream) == f"user {learner} on course {course}"
