"""Log digests: what they cover, and that they can be continued."""

from typing import Final

import pytest

from authsvc.kernel.log_digest import NOTHING, LogState

LOG: Final = [(1, "a"), (3, "b"), (4, "c")]
WHOLE: Final = LogState().after(LOG)


def test_an_empty_log_has_no_digest() -> None:
    assert LogState().after([]) == LogState(position=0, count=0, digest=NOTHING)


def test_a_state_counts_entries_and_ends_with_the_last_position() -> None:
    assert (WHOLE.position, WHOLE.count) == (4, 3)


@pytest.mark.parametrize("place", range(4))
def test_a_digest_can_be_continued(place: int) -> None:
    assert LogState().after(LOG[:place]).after(LOG[place:]) == WHOLE


@pytest.mark.parametrize(
    "other",
    [
        [(1, "a"), (3, "b")],
        [(1, "a"), (4, "c")],
        [(1, "a"), (3, "c"), (4, "b")],
        [(1, "a"), (2, "b"), (4, "c")],
        [(1, "a"), (3, "b"), (4, "x")],
        [*LOG, (5, "d")],
    ],
)
def test_another_log_has_another_digest(other: list[tuple[int, str]]) -> None:
    assert LogState().after(other).digest != WHOLE.digest


def test_a_state_may_end_after_the_last_entry() -> None:
    assert LogState().after(LOG, up_to=9) == LogState(position=9, count=3, digest=WHOLE.digest)
