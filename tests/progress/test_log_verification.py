"""EventLogCheck: detection of changed, missing and added events."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import pytest

from accounts.domain.access import OPERATOR
from accounts.domain.audit.services import verifier as verifier_module
from accounts.domain.audit.services.verifier import CheckResult, VerificationTask
from progress.domain.entities.events import GENESIS
from tests.support.tampering import (
    a_begun_stream,
    a_passed_stream,
    change_event,
    change_projection,
    forge_event,
    projections_in,
    remove_event,
)
from tests.support.worlds import World

OTHER_HEAD: Final = "the projection ends with another event"


def check(world: World) -> CheckResult:
    (result,) = world.services.verifier.verify(by=OPERATOR, only=["event-log"]).results
    return result


def flaws_in(world: World) -> list[tuple[str, str, str]]:
    """Kind, stream and detail of each finding."""
    return [(finding.kind, finding.id, finding.detail) for finding in check(world).findings]


def test_an_untouched_log_has_no_findings(memory: World) -> None:
    a_passed_stream(memory)
    a_begun_stream(memory)

    result = check(memory)

    assert result.findings == ()
    assert result.rows == {"progress_progressevent": 5, "progress_courseprogress": 2}


def test_parts_of_a_log_have_the_findings_of_the_whole_log(memory: World) -> None:
    streams = [a_passed_stream(memory) for _ in range(3)]
    whole = check(memory)
    for stream in streams:
        change_event(memory, stream, 2, idempotency_key="k")
    labels = list[str]()
    verifier = replace(memory.services.verifier, streams_at_once=1)

    def run(tasks: Sequence[VerificationTask]) -> list[CheckResult]:
        labels.extend(task.label for task in tasks)
        return [verifier.run(task, by=OPERATOR) for task in reversed(tasks)]

    (result,) = verifier.verify(by=OPERATOR, only=["event-log"], run=run).results

    assert sorted(finding.id for finding in result.findings) == sorted(map(str, streams))
    assert result.rows == whole.rows
    assert labels == [f"event-log, part {number} of 4" for number in (1, 2, 3, 4)]


def test_a_result_names_a_bounded_number_of_findings_of_all_parts(
    memory: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verifier_module, "MOST_FINDINGS", 2)
    for _ in range(3):
        change_event(memory, a_passed_stream(memory), 2, idempotency_key="k")
    verifier = replace(memory.services.verifier, streams_at_once=1)

    (result,) = verifier.verify(by=OPERATOR, only=["event-log"]).results

    assert (len(result.findings), result.omitted) == (2, 1)


@pytest.mark.parametrize("sequence", [1, 2, 4])
def test_an_event_that_was_changed_is_named(memory: World, sequence: int) -> None:
    stream, _ = a_passed_stream(memory), a_begun_stream(memory)
    change_event(memory, stream, sequence, idempotency_key="k")

    assert flaws_in(memory) == [("changed", str(stream), f"event {sequence} was changed")]


@pytest.mark.parametrize("sequence", [1, 3])
def test_an_event_that_was_forged_does_not_fit_the_next_one(memory: World, sequence: int) -> None:
    stream = a_passed_stream(memory)
    forge_event(memory, stream, sequence, idempotency_key="k")

    detail = f"event {sequence + 1} does not follow from the one before"
    assert flaws_in(memory) == [("unlinked", str(stream), detail)]


def test_a_last_event_that_was_forged_does_not_fit_the_projection(memory: World) -> None:
    stream = a_passed_stream(memory)
    forge_event(memory, stream, 4, idempotency_key="k")

    assert flaws_in(memory) == [("head-differs", str(stream), OTHER_HEAD)]


@pytest.mark.parametrize("sequence", [1, 2, 3])
def test_an_event_that_was_taken_out_is_missed(memory: World, sequence: int) -> None:
    stream = a_passed_stream(memory)
    remove_event(memory, stream, sequence)

    assert flaws_in(memory) == [("missing", str(stream), f"event {sequence} is missing")]


def test_a_last_event_that_was_taken_away_is_missed(memory: World) -> None:
    stream = a_passed_stream(memory)
    remove_event(memory, stream, 4)

    assert flaws_in(memory) == [("head-differs", str(stream), OTHER_HEAD)]


def test_an_only_event_that_was_taken_away_is_missed(memory: World) -> None:
    stream = a_begun_stream(memory)
    remove_event(memory, stream, 1)

    assert flaws_in(memory) == [("missing", str(stream), "event 1 is missing")]


@pytest.mark.parametrize("parts", [{"sequence": 9}, {"sequence": 0}, {"hash": GENESIS}])
def test_a_projection_with_another_head_is_named(memory: World, parts: dict[str, Any]) -> None:
    stream = a_passed_stream(memory)
    change_projection(memory, stream, **parts)

    assert flaws_in(memory) == [("head-differs", str(stream), OTHER_HEAD)]


@pytest.mark.parametrize("parts", [{"percent_complete": 9}, {"completed_items": ()}])
def test_a_projection_that_does_not_follow_from_the_log_is_named(
    memory: World, parts: dict[str, Any]
) -> None:
    stream = a_passed_stream(memory)
    change_projection(memory, stream, **parts)

    detail = "it does not follow from the events"
    assert flaws_in(memory) == [("projection-differs", str(stream), detail)]


def test_a_stream_without_a_projection_is_named(memory: World) -> None:
    stream = a_passed_stream(memory)
    del projections_in(memory)[stream]

    assert flaws_in(memory) == [("projection-differs", str(stream), "it is missing")]
