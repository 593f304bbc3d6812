"""Reading sorted rows side by side, and counting them."""

from random import Random

import pytest

from authsvc.kernel.verification import REPORTED_EVERY, Tally, grouped, side_by_side


def groups(rows: list[int]) -> list[tuple[int, list[int]]]:
    return list(grouped(sorted(rows), lambda row: row // 10))


def test_rows_with_equal_keys_are_together() -> None:
    assert groups([31, 12, 11]) == [(1, [11, 12]), (3, [31])]


@pytest.mark.parametrize("seed", range(20))
def test_every_row_of_both_sides_is_joined_once(seed: int) -> None:
    chance = Random(seed)
    left, right = ([chance.randrange(80) for _ in range(chance.randrange(12))] for _ in range(2))

    joined = list(side_by_side(iter(groups(left)), iter(groups(right))))

    keys = [key for key, _, _ in joined]
    assert keys == sorted({row // 10 for row in [*left, *right]})
    assert [row for _, rows, _ in joined for row in rows] == sorted(left)
    assert [row for _, _, rows in joined for row in rows] == sorted(right)
    assert all({row // 10 for row in [*first, *second]} == {key} for key, first, second in joined)


def test_a_tally_reports_now_and_then() -> None:
    reports = list[int]()
    tally = Tally(report=lambda tally: reports.append(sum(tally.rows.values())))

    for _ in range(3):
        tally.count("events", REPORTED_EVERY // 2)
        tally.count("heads")

    assert len(reports) == 1
    assert tally.rows == {"events": 3 * REPORTED_EVERY // 2, "heads": 3}
