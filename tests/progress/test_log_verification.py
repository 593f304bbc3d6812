"""EventLogVerifier: detection of changed, missing and added events."""

from typing import Any, Final

import pytest

from accounts.domain.access import OPERATOR
from progress.domain.entities.events import GENESIS
from progress.domain.services.verification import Flaw
from tests.support.tampering import (
    HOLE,
    Torn,
    a_begun_stream,
    a_passed_stream,
    change_event,
    change_projection,
    events_in,
    forge_event,
    projections_in,
    remove_event,
)
from tests.support.worlds import World

OTHER_HEAD: Final = "the projection ends with another event"


def test_an_untouched_log_has_no_flaws(memory: World) -> None:
    a_passed_stream(memory)
    a_begun_stream(memory)

    report = memory.services.log_verifier.verify(by=OPERATOR)

    assert (report.streams, report.events, report.flaws) == (2, 5, ())


@pytest.mark.parametrize("sequence", [1, 2, 4])
def test_an_event_that_was_changed_is_named(memory: World, sequence: int) -> None:
    stream, _ = a_passed_stream(memory), a_begun_stream(memory)
    change_event(memory, stream, sequence, idempotency_key="k")

    report = memory.services.log_verifier.verify(by=OPERATOR)

    assert report.flaws == (Flaw(stream=stream, reason=f"event {sequence} was changed"),)
    assert (report.streams, report.events) == (2, 5)


@pytest.mark.parametrize("sequence", [1, 3])
def test_an_event_that_was_forged_does_not_fit_the_next_one(memory: World, sequence: int) -> None:
    stream = a_passed_stream(memory)
    forge_event(memory, stream, sequence, idempotency_key="k")

    report = memory.services.log_verifier.verify(by=OPERATOR)

    reason = f"event {sequence + 1} does not follow from the one before"
    assert report.flaws == (Flaw(stream=stream, reason=reason),)


def test_a_last_event_that_was_forged_does_not_fit_the_projection(memory: World) -> None:
    stream = a_passed_stream(memory)
    forge_event(memory, stream, 4, idempotency_key="k")

    report = memory.services.log_verifier.verify(by=OPERATOR)

    assert report.flaws == (Flaw(stream=stream, reason=OTHER_HEAD),)


@pytest.mark.parametrize("sequence", [1, 2, 3])
def test_an_event_that_was_taken_out_is_missed(memory: World, sequence: int) -> None:
    stream = a_passed_stream(memory)
    remove_event(memory, stream, sequence)

    report = memory.services.log_verifier.verify(by=OPERATOR)

    assert report.flaws == (Flaw(stream=stream, reason=f"event {sequence} is missing"),)


def test_a_last_event_that_was_taken_away_is_missed(memory: World) -> None:
    stream = a_passed_stream(memory)
    remove_event(memory, stream, 4)

    report = memory.services.log_verifier.verify(by=OPERATOR)

    assert report.flaws == (Flaw(stream=stream, reason=OTHER_HEAD),)
    assert report.events == 3


def test_an_only_event_that_was_taken_away_is_missed(memory: World) -> None:
    stream = a_begun_stream(memory)
    remove_event(memory, stream, 1)

    report = memory.services.log_verifier.verify(by=OPERATOR)

    assert report.flaws == (Flaw(stream=stream, reason="event 1 is missing"),)
    assert (report.streams, report.events) == (0, 0)


@pytest.mark.parametrize("parts", [{"sequence": 3}, {"hash": GENESIS}])
def test_a_projection_with_another_head_is_a_flaw(memory: World, parts: dict[str, Any]) -> None:
    stream = a_passed_stream(memory)
    change_projection(memory, stream, **parts)

    report = memory.services.log_verifier.verify(by=OPERATOR)

    assert [flaw.stream for flaw in report.flaws] == [stream]


def test_a_stream_without_a_projection_is_a_flaw(memory: World) -> None:
    stream = a_passed_stream(memory)
    del projections_in(memory)[stream]

    report = memory.services.log_verifier.verify(by=OPERATOR)

    assert [flaw.stream for flaw in report.flaws] == [stream]


def test_an_event_that_cannot_be_read_is_not_believed(memory: World) -> None:
    stream = a_passed_stream(memory)
    events_in(memory)[2] = Torn()

    report = memory.services.log_verifier.verify(by=OPERATOR)

    assert report.flaws == (Flaw(stream=stream, reason=f"an event cannot be read: {HOLE}"),)
    assert (report.streams, report.events) == (1, 0)
