"""Words for background jobs on admin pages."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from accounts.admin.job_words import (
    KINDS,
    duration_words,
    kind_words,
    progress_words,
    remaining_words,
    span_words,
    state_words,
)
from authsvc.jobs.entities import JobStatus
from tests.support.worlds import World

NOON: Final = datetime(2026, 11, 29, 12, tzinfo=UTC)


@dataclass(kw_only=True)
class Row:
    """What the words are made of."""

    status: JobStatus = JobStatus.RUNNING
    done: int = 0
    total: int | None = None
    message: str = ""
    started_at: datetime | None = NOON
    ended_at: datetime | None = None


def test_every_kind_of_job_has_words(memory: World) -> None:
    assert set(KINDS) >= set(memory.services.job_engine.kinds)
    assert kind_words("of-another-version") == "of-another-version"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "under 1 s"),
        (5, "5 s"),
        (60, "1 min"),
        (125, "2 min 5 s"),
        (3605, "1 h"),
        (90061, "1 d 1 h"),
    ],
)
def test_spans_are_in_their_two_largest_units(seconds: float, words: str) -> None:
    assert span_words(timedelta(seconds=seconds)) == words


def test_progress_has_numbers_and_a_message() -> None:
    assert progress_words(Row(done=1240, total=5000, message="rows")) == "1,240 of 5,000: rows"
    assert progress_words(Row(done=7)) == "7"
    assert progress_words(Row(message="reading")) == "reading"
    assert progress_words(Row()) == ""


def test_a_running_job_says_how_long_it_still_takes() -> None:
    now = NOON + timedelta(minutes=1)

    assert remaining_words(Row(done=1, total=3), now=now) == "about 2 min left"
    assert remaining_words(Row(done=1), now=now) == ""
    assert remaining_words(Row(done=3, total=3), now=now) == ""
    assert remaining_words(Row(done=1, total=3, status=JobStatus.FAILED), now=now) == ""


def test_a_job_without_numbers_says_whether_it_waits() -> None:
    assert state_words(Row(status=JobStatus.QUEUED), now=NOON) == "Waiting for a worker"
    assert state_words(Row(), now=NOON) == "Working"


def test_a_job_that_waits_for_its_first_attempt_has_no_duration() -> None:
    ended = NOON + timedelta(seconds=3)

    assert duration_words(Row(ended_at=ended), now=NOON + timedelta(days=1)) == "3 s"
    assert duration_words(Row(), now=NOON + timedelta(minutes=2)) == "2 min"
    assert duration_words(Row(status=JobStatus.QUEUED), now=NOON) == ""
    assert duration_words(Row(started_at=None), now=NOON) == ""
